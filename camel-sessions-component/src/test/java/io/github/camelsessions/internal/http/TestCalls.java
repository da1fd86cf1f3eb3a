/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.api.CookiesDebug;
import io.github.camelsessions.api.Isolation;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.session.Admission;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.internal.session.SessionClock;
import io.github.camelsessions.internal.session.SessionRegistry;
import io.github.camelsessions.profile.NoProxy;
import java.time.Duration;

/** Calls in a session that a test has for itself. */
public final class TestCalls {

    static final CallRules RULES =
            new CallRules(true, true, 20, true, CookiesDebug.OFF, Isolation.profile, NoProxy.NONE, Duration.ZERO, 0);

    private TestCalls() {}

    static Generation newGeneration() {
        SessionKey key = new SessionKey("", "test");
        SessionRegistry sessions = new SessionRegistry(new PublicSuffixList(), SessionClock.system(), 1);
        Admission.fill(sessions, key);
        return sessions.find(key);
    }

    public static SessionCall newCall() {
        return SessionCall.in(newGeneration(), RULES);
    }
}
