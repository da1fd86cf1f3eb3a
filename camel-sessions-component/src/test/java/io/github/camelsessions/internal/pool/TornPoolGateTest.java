/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.PoolStats;
import io.github.camelsessions.internal.pool.Claim.State;
import org.junit.jupiter.api.Test;

/** What a pool does after an error has come between, in its gate or with those who act on what that says. */
class TornPoolGateTest {

    private final PoolGate gate = new TestPools().size(2).gate();
    private long arrivals;

    private Claim claim() {
        return new Claim(++arrivals, null, true, false, () -> {});
    }

    @Test
    void aLogInThatNobodyHasBegunIsAskedForAgain() {
        Claim claim = claim();
        Member lost = gate.ask(claim).created.get(0);

        assertThat(gate.mend().created).containsExactly(lost);

        gate.created(lost);
        assertThat(claim.state).isEqualTo(State.SERVED);
        assertThat(gate.stats().creating()).isZero();
    }

    @Test
    void aLogInThatIsUnderWayIsNotBegunTwice() {
        Member member = gate.ask(claim()).created.get(0);
        member.underWay = true;

        assertThat(gate.mend().created).isEmpty();
    }

    @Test
    void aLogInThatEndsTwiceCountsOnce() {
        Claim claim = claim();
        Member member = gate.ask(claim).created.get(0);
        gate.created(member);

        gate.created(member);

        assertThat(gate.stats()).satisfies(stats -> {
            assertThat(stats.creating()).isZero();
            assertThat(stats.size()).isEqualTo(1);
            assertThat(stats.busy()).isEqualTo(1);
        });
    }

    @Test
    void aMemberThatNobodyClosesIsSaidAgain() {
        Claim claim = claim();
        Member member = gate.ask(claim).created.get(0);
        gate.created(member);
        gate.sent(claim, "generation");
        gate.retire(member.number);
        assertThat(gate.done(claim, Outcome.GOOD, false, null).closing).containsExactly(member);

        assertThat(gate.mend().closing).containsExactly(member);
    }

    @Test
    void whatWasCountedWrongIsCountedAnewAndWhoeverWaitsIsServed() {
        Claim first = claim();
        gate.created(gate.ask(first).created.get(0));
        gate.done(first, Outcome.GOOD, false, null);
        PoolStats before = gate.stats();

        gate.mend();

        assertThat(gate.stats()).isEqualTo(before);
        Claim second = claim();
        gate.ask(second);
        assertThat(second.state).isEqualTo(State.SERVED);
    }
}
