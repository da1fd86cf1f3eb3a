/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static io.github.camelsessions.internal.session.TestGates.rules;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.internal.session.GateFailure.Kind;
import io.github.camelsessions.internal.session.TestGates.Rules;
import io.github.camelsessions.internal.session.Verdict.Action;

/** One gate, and what the tests of it tell it in a word. */
abstract class GateTestSupport {

    static final Throwable WRONG = new IllegalStateException("wrong password");

    final TestGates.Clock clock = new TestGates.Clock();
    Rules wishes;
    RenewalGate gate = gate(rules());
    RuntimeException noGeneration;

    RenewalGate gate(Rules rules) {
        wishes = rules;
        gate = TestGates.gate(rules.build(), clock, number -> {
            if (noGeneration != null) {
                throw noGeneration;
            }
            return TestGates.generation(number);
        });
        return gate;
    }

    /** An exchange with the wishes of the latest rules. */
    Passage passage() {
        return wishes.passage();
    }

    // ---- what the tests tell the gate

    Verdict arrive(Passage passage) {
        return gate.admit(passage, false, null);
    }

    Verdict resume(Passage passage) {
        return gate.admit(passage, true, null);
    }

    Passage sent() {
        Passage passage = passage();
        assertThat(arrive(passage).action()).isEqualTo(Action.SEND);
        return passage;
    }

    Passage held() {
        Passage passage = passage();
        assertThat(arrive(passage).action()).isEqualTo(Action.HOLD);
        return passage;
    }

    void resend(Passage passage) {
        assertThat(resume(passage).action()).isEqualTo(Action.SEND);
    }

    /** Refuses an exchange for the first time, which starts a renewal. */
    RenewalToken refuse(Passage passage) {
        Verdict verdict = gate.refused(passage);
        assertThat(verdict.action()).isEqualTo(Action.ADMIT_AGAIN);
        assertThat(verdict.renewal()).isNotNull();
        return verdict.renewal();
    }

    /** An exchange is refused and waits for the renewal that this starts. */
    RenewalToken refuseAndHold(Passage passage) {
        RenewalToken token = refuse(passage);
        assertThat(arrive(passage).action()).isEqualTo(Action.HOLD);
        return token;
    }

    void accept(Passage passage) {
        assertThat(gate.accepted(passage, true).action()).isEqualTo(Action.DELIVER);
    }

    /** -> RENEWING(0, t). */
    RenewalToken renewing() {
        return gate.renew(passage(), null, null).renewal();
    }

    /** -> FAILED(0, wrong password, in 30 s). */
    void failed() {
        gate.failed(renewing(), false, WRONG);
    }

    Generation current() {
        return gate.open(null).generation();
    }

    String state() {
        return gate.stats().state();
    }

    static void assertFails(Verdict verdict, Kind kind) {
        assertThat(verdict.action()).isEqualTo(Action.FAIL);
        assertThat(verdict.failure().kind()).isEqualTo(kind);
    }
}
