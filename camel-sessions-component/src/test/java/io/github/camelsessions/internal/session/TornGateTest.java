/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static io.github.camelsessions.internal.session.TestGates.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.internal.session.Verdict.Action;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What a gate does after an error has come between, in it or with those who act on what it says. */
class TornGateTest extends GateTestSupport {

    private static final Error ERROR = new OutOfMemoryError("thrown by a test");

    private final AtomicBoolean fails = new AtomicBoolean();

    /** The next generation cannot be made. */
    private void tearingGate() {
        wishes = rules();
        gate = TestGates.gate(wishes.build(), clock, number -> {
            if (fails.getAndSet(false)) {
                throw ERROR;
            }
            return TestGates.generation(number);
        });
    }

    @Test
    void aRenewalThatNobodyBeginsIsGivenUpAndBegunAnewAtOnce() {
        RenewalToken lost = refuseAndHold(sent()); // and whoever was told does nothing
        Passage follower = held();

        assertThat(gate.mend().release()).isTrue();

        assertThat(lost.state()).isEqualTo(RenewalToken.State.REVOKED);
        Verdict again = resume(follower);
        assertThat(again.action()).isEqualTo(Action.HOLD);
        assertThat(again.renewal()).isNotNull().isNotSameAs(lost);
        assertThat(gate.stats().retryAt()).isNull();
        gate.succeeded(again.renewal());
        resend(follower);
    }

    @Test
    void aRenewalThatSomebodyMakesGoesOn() {
        RenewalToken token = refuseAndHold(sent());
        token.carry();

        gate.mend();

        assertThat(token.state()).isEqualTo(RenewalToken.State.LIVE);
        assertThat(gate.succeeded(token).release()).isTrue();
    }

    @Test
    void aRenewalThatAnOperatorHasAskedForAndNobodyBeginsLeavesTheSessionAsItIs() {
        Passage operator = passage();
        Generation before = gate.latest();
        assertThat(gate.renew(operator, null, null).renewal()).isNotNull();

        gate.mend();

        assertThat(gate.latest()).isSameAs(before);
        Passage next = sent();
        assertThat(next.generation()).isSameAs(before);
    }

    @Test
    void anErrorWhileAGenerationIsMadeFailsTheRenewalAndNoMore() {
        tearingGate();
        Passage first = sent();
        fails.set(true);

        gate.refused(first);

        assertThat(gate.stats().state()).isEqualTo("FAILED");
        clock.advance(TestGates.COOLDOWN.plus(Duration.ofSeconds(1)));
        assertThat(arrive(passage()).renewal()).isNotNull();
    }

    @Test
    void anErrorInADecisionTearsTheGateUntilItIsMended() {
        tearingGate();
        Passage first = sent();
        fails.set(true);

        assertThatThrownBy(() -> gate.clear(null)).isSameAs(ERROR);

        assertThat(gate.isTorn()).isTrue();
        gate.mend();
        assertThat(gate.isTorn()).isFalse();
        accept(first);
        accept(sent());
    }

    /** Refused by a generation that a log-in has filled and that has accepted something, while an answer is awaited. */
    private Passage suspect() {
        gate.succeeded(refuse(sent()));
        accept(sent());
        clock.advance(Duration.ofSeconds(1));
        sent();
        Passage suspect = sent();
        assertThat(gate.refused(suspect).action()).isEqualTo(Action.PARK);
        return suspect;
    }

    @Test
    void suspectsAreAdmittedAgain() {
        Passage suspect = suspect();

        assertThat(gate.mend().again()).containsExactly(suspect);

        resend(suspect);
    }

    @Test
    void oneThatWasJudgedAndNotToldIsToldNothing() {
        Passage suspect = suspect();
        assertThat(gate.isToldNothing(suspect)).isFalse();

        gate.clear(null); // and whoever was to tell it does nothing

        assertThat(gate.isToldNothing(suspect)).isTrue();
    }

    @Test
    void anExchangeThatAnErrorHasEndedIsAwaitedNoMore() {
        Passage gone = sent();

        gate.left(gone);
        gate.left(gone);

        assertThat(gate.isEmpty()).isTrue();
    }
}
