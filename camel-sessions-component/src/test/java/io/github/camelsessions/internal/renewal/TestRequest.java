/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.OnRenewalFailure;
import io.github.camelsessions.api.ReplayStale;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.WhenFull;
import io.github.camelsessions.internal.session.GateRules;
import io.github.camelsessions.internal.session.Generation;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** A GET that nothing keeps from being sent again, in a session that renews itself; tests give its answers. */
abstract class TestRequest implements SessionRequest {

    private final SessionKey session;
    private final RenewalRules rules;

    TestRequest(SessionKey session, Duration drainTimeout, Duration renewalTimeout, Duration holdTimeout) {
        this.session = session;
        this.rules = new RenewalRules(
                "direct:login",
                null,
                false,
                new ExpiryRules("401", null, null, null, null),
                done -> true,
                null,
                false,
                1,
                ReplayStale.safe,
                drainTimeout,
                renewalTimeout,
                Duration.ofMillis(1),
                holdTimeout,
                WhenFull.wait,
                OnRenewalFailure.fail,
                null,
                false,
                GateRules.DEFAULT,
                false,
                "",
                null,
                null,
                KeepRules.parse(null, null),
                null,
                Duration.ofSeconds(1));
    }

    /** The status of the next answer. */
    abstract int status();

    @Override
    public final SessionKey session() {
        return session;
    }

    @Override
    public final RenewalRules rules() {
        return rules;
    }

    @Override
    public final boolean hasReachedSite() {
        return false;
    }

    @Override
    public final @Nullable String profile() {
        return null;
    }

    @Override
    public final boolean isSafe() {
        return true;
    }

    @Override
    public final boolean throwsOnFailure() {
        return true;
    }

    @Override
    public final int target() {
        return 1;
    }

    @Override
    public final String describe() {
        return "GET http://site.test/";
    }

    @Override
    public final Reply send(Exchange exchange, Generation generation, boolean priority, Runnable furtherRequest) {
        return new Reply(status(), URI.create("http://site.test/"), true, false, null, Map::of);
    }

    @Override
    public final void abort() {}

    @Override
    public final @Nullable String obstacle(Exchange exchange) {
        return null;
    }

    @Override
    public final void makeResendable(Exchange exchange) {}

    @Override
    public final void detach(Exchange exchange) {}
}
