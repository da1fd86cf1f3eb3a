/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.session.Passage;
import io.github.camelsessions.internal.session.RenewalToken;
import org.jspecify.annotations.Nullable;

/** What gates know of an exchange, and by what those who act on their verdicts find it again. */
final class Pass extends Passage {

    private final Initiator bearer;

    /** As {@link Passage#Passage(boolean, boolean, int, boolean)}. */
    Pass(Initiator bearer, RenewalRules rules, boolean renewFirst, int maxReplays, boolean failsWhenFull) {
        super(rules.renews(), renewFirst, maxReplays, failsWhenFull);
        this.bearer = bearer;
    }

    /** Whose pass it is. Gates are asked with no others. */
    static Initiator bearer(Passage pass) {
        return ((Pass) pass).bearer;
    }

    /** Whoever has begun the renewal that is under way by this token, null when there is none, or it has ended. */
    static @Nullable Initiator initiator(@Nullable RenewalToken token) {
        Passage pass = token == null ? null : token.initiator();
        return pass == null ? null : bearer(pass);
    }

    @Override
    protected boolean endures() {
        return bearer.rules().endures();
    }

    @Override
    protected int target() {
        int target = bearer.target();
        return target == Initiator.NO_TARGET ? UNKNOWN : target;
    }
}
