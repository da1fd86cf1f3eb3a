/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.github.camelsessions.api.SessionStats;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Two events at one gate at the same time; what is not listed as acceptable is forbidden. */
public class RenewalGateStress {

    private static final Throwable WRONG = new IllegalStateException("log-in");

    /** A gate in whatever state the test brings it to. */
    public static class Gate {

        final RenewalGate gate = TestGates.gate(TestGates.rules().build(), SessionClock.system());

        final Passage sent() {
            Passage passage = TestGates.passage();
            gate.admit(passage, false, null);
            return passage;
        }

        final RenewalToken renewing() {
            return gate.renew(TestGates.passage(), null, null).renewal();
        }

        final String state() {
            return gate.stats().state();
        }
    }

    @JCStressTest
    @Outcome(id = "renews, waits, 1", expect = ACCEPTABLE)
    @Outcome(id = "waits, renews, 1", expect = ACCEPTABLE)
    @State
    public static class RefusedAndRefused extends Gate {
        final Passage one = sent();
        final Passage two = sent();

        @Actor
        public void one(LLL_Result result) {
            result.r1 = gate.refused(one).renewal() == null ? "waits" : "renews";
        }

        @Actor
        public void two(LLL_Result result) {
            result.r2 = gate.refused(two).renewal() == null ? "waits" : "renews";
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r3 = gate.stats().attempts();
        }
    }

    @JCStressTest
    @Outcome(id = "ADMIT_AGAIN, DELIVER, RENEWING", expect = ACCEPTABLE)
    @State
    public static class RefusedAndAccepted extends Gate {
        final Passage one = sent();
        final Passage two = sent();

        @Actor
        public void one(LLL_Result result) {
            result.r1 = gate.refused(one).action();
        }

        @Actor
        public void two(LLL_Result result) {
            result.r2 = gate.accepted(two, true).action();
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r3 = state();
        }
    }

    /** A repeat refusal and the acceptance that makes the session quiet: the suspect is told once. */
    @JCStressTest
    @Outcome(id = "DELIVER, 0, ACTIVE 0", expect = ACCEPTABLE)
    @Outcome(id = "PARK, 1, ACTIVE 0", expect = ACCEPTABLE)
    @State
    public static class RefusedAgainAndAccepted extends Gate {
        final Passage one = sent();
        final Passage two;

        public RefusedAgainAndAccepted() {
            gate.succeeded(gate.refused(one).renewal());
            gate.accepted(sent(), true); // it is tried by one exchange until then
            gate.admit(one, false, null);
            two = sent();
        }

        @Actor
        public void one(LLL_Result result) {
            result.r1 = gate.refused(one).action();
        }

        @Actor
        public void two(LLL_Result result) {
            Verdict verdict = gate.accepted(two, true);
            result.r2 = verdict.again().size() + verdict.standing().size();
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r3 = state() + " " + gate.memory().suspects.size();
        }
    }

    /** A hold that is made while the renewal ends is not forgotten. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE)
    @State
    public static class AdmittedAndSucceeded extends Gate {
        final RenewalToken token = renewing();
        final Passage passage = TestGates.passage();
        final AtomicReference<Passage> queue = new AtomicReference<>();
        final AtomicInteger sent = new AtomicInteger();

        @Actor
        public void admit() {
            if (gate.admit(passage, false, null).action() == Verdict.Action.SEND) {
                sent.incrementAndGet();
                return;
            }
            queue.set(passage);
            if (!gate.holding(TestGates.passage())) {
                release();
            }
        }

        @Actor
        public void succeed() {
            if (gate.succeeded(token).release()) {
                release();
            }
        }

        private void release() {
            Passage held = queue.getAndSet(null);
            if (held != null && gate.admit(held, true, null).action() == Verdict.Action.SEND) {
                sent.incrementAndGet();
            }
        }

        @Arbiter
        public void end(LL_Result result) {
            result.r1 = sent.get();
            result.r2 = gate.stats().held();
        }
    }

    @JCStressTest
    @Outcome(id = "true, false, FAILED 0", expect = ACCEPTABLE)
    @Outcome(id = "false, true, ACTIVE 1", expect = ACCEPTABLE)
    @State
    public static class TimedOutAndSucceeded extends Gate {
        final RenewalToken token = renewing();

        @Actor
        public void timeOut(LLL_Result result) {
            result.r1 = gate.failed(token, false, WRONG).release();
        }

        @Actor
        public void succeed(LLL_Result result) {
            result.r2 = gate.succeeded(token).release();
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r3 = state() + " " + gate.stats().generation();
        }
    }

    @JCStressTest
    @Outcome(id = "true, false, RENEWING 0", expect = ACCEPTABLE, desc = "the success was of the attempt before")
    @Outcome(id = "false, true, ACTIVE 1", expect = ACCEPTABLE)
    @State
    public static class FailedAndSucceeded extends Gate {
        final RenewalToken token = renewing();

        @Actor
        public void fail(LLL_Result result) {
            result.r1 = gate.failed(token, true, WRONG).renewal() != null;
        }

        @Actor
        public void succeed(LLL_Result result) {
            result.r2 = gate.succeeded(token).release();
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r3 = state() + " " + gate.stats().generation();
        }
    }

    /** Whoever claims the held exchange has it; the other touches it no more. */
    @JCStressTest
    @Outcome(id = "gave up, 0, 0", expect = ACCEPTABLE)
    @Outcome(id = "sent, 0, 1", expect = ACCEPTABLE)
    @State
    public static class LeftAndSucceeded extends Gate {
        final RenewalToken token = renewing();
        final AtomicReference<Passage> queue = new AtomicReference<>();
        final AtomicReference<String> outcome = new AtomicReference<>("none");

        public LeftAndSucceeded() {
            queue.set(sent());
        }

        @Actor
        public void leave() {
            Passage passage = queue.getAndSet(null);
            if (passage != null) {
                gate.left(passage);
                outcome.set("gave up");
            }
        }

        @Actor
        public void succeed() {
            if (gate.succeeded(token).release()) {
                Passage passage = queue.getAndSet(null);
                if (passage != null && gate.admit(passage, true, null).action() == Verdict.Action.SEND) {
                    outcome.set("sent");
                }
            }
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r1 = outcome.get();
            result.r2 = gate.stats().held();
            result.r3 = gate.stats().inFlight();
        }
    }

    @JCStressTest
    @Outcome(id = "renews, RENEWING 0", expect = ACCEPTABLE, desc = "refused first: the clear finds a renewal")
    @Outcome(id = "waits, ACTIVE 1", expect = ACCEPTABLE, desc = "cleared first: the refusal is an old one")
    @State
    public static class ClearedAndRefused extends Gate {
        final Passage passage = sent();

        @Actor
        public void clear() {
            gate.clear(null);
        }

        @Actor
        public void refuse(LL_Result result) {
            result.r1 = gate.refused(passage).renewal() == null ? "waits" : "renews";
        }

        @Arbiter
        public void end(LL_Result result) {
            result.r2 = state() + " " + gate.stats().generation();
        }
    }

    @JCStressTest
    @Outcome(id = "SEND, HOLD", expect = ACCEPTABLE)
    @Outcome(id = "HOLD, SEND", expect = ACCEPTABLE)
    @State
    public static class RenewAndRenew extends Gate {

        @Actor
        public void one(LL_Result result) {
            result.r1 = gate.renew(TestGates.passage(), null, null).action();
        }

        @Actor
        public void two(LL_Result result) {
            result.r2 = gate.renew(TestGates.passage(), null, null).action();
        }
    }

    @JCStressTest
    @Outcome(id = "true, LOOK_UP", expect = ACCEPTABLE)
    @Outcome(id = "false, SEND", expect = ACCEPTABLE)
    @State
    public static class ClosedAndAdmitted extends Gate {

        @Actor
        public void close(LL_Result result) {
            result.r1 = gate.close();
        }

        @Actor
        public void admit(LL_Result result) {
            result.r2 = gate.admit(TestGates.passage(), false, null).action();
        }
    }

    /** A request that enters while its token is revoked is refused or aborted, and nothing is left behind. */
    @JCStressTest
    @Outcome(id = "true, 1", expect = ACCEPTABLE)
    @Outcome(id = "false, 0", expect = ACCEPTABLE)
    @State
    public static class EnteredAndFailed extends Gate {
        final RenewalToken token = renewing();
        final AtomicInteger aborted = new AtomicInteger();

        @Actor
        public void enter(LL_Result result) {
            result.r1 = token.enter(aborted::incrementAndGet);
        }

        @Actor
        public void fail() {
            gate.failed(token, false, WRONG);
            token.abort();
        }

        @Arbiter
        public void end(LL_Result result) {
            result.r2 = aborted.get();
        }
    }

    /** The renewal that waits for the last answer is started once, by whoever comes last. */
    @JCStressTest
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "answered first")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "asked first")
    @State
    public static class DrainedAndAccepted extends Gate {
        final Passage last = sent();
        final RenewalToken token = renewing();

        @Actor
        public void ask(LL_Result result) {
            result.r1 = gate.drained(token);
        }

        @Actor
        public void accept(LL_Result result) {
            result.r2 = gate.accepted(last, true).renewal() == token;
        }
    }

    /** Two places configure one session at once: one of them is told about the other. */
    @JCStressTest
    @Outcome(id = "null, one", expect = ACCEPTABLE)
    @Outcome(id = "two, null", expect = ACCEPTABLE)
    @State
    public static class ConfiguredAndConfigured {
        final RenewalGate gate = new RenewalGate(TestGates.KEY, 0, SessionClock.system(), TestGates::generation, null);

        @Actor
        public void one(LL_Result result) {
            result.r1 = gate.configure(TestGates.rules().maxUses(1).build(), "one");
        }

        @Actor
        public void two(LL_Result result) {
            result.r2 = gate.configure(TestGates.rules().maxUses(2).build(), "two");
        }
    }

    /** Two exchanges lose their proxy at once, and ask again: one renewal, one attempt. */
    @JCStressTest
    @Outcome(id = "renews, waits, 1", expect = ACCEPTABLE)
    @Outcome(id = "waits, renews, 1", expect = ACCEPTABLE)
    @State
    public static class LostAndLost extends Gate {
        final Passage one = sent();
        final Passage two = sent();

        @Actor
        public void one(LLL_Result result) {
            gate.lost(one, true);
            result.r1 = gate.admit(one, false, null).renewal() == null ? "waits" : "renews";
        }

        @Actor
        public void two(LLL_Result result) {
            gate.lost(two, true);
            result.r2 = gate.admit(two, false, null).renewal() == null ? "waits" : "renews";
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r3 = gate.stats().attempts();
        }
    }

    /** The same in a session that cannot renew: both are sent in the one generation that follows. */
    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE)
    @State
    public static class LostAndLostWithoutRenewal extends Gate {
        final Passage one = plain();
        final Passage two = plain();

        private Passage plain() {
            Passage passage = TestGates.rules().renews(false).passage();
            gate.admit(passage, false, null);
            return passage;
        }

        @Actor
        public void one(LLL_Result result) {
            gate.lost(one, true);
            result.r1 = gate.admit(one, false, null).generation().number();
        }

        @Actor
        public void two(LLL_Result result) {
            gate.lost(two, true);
            result.r2 = gate.admit(two, false, null).generation().number();
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r3 = gate.stats().generation();
        }
    }

    /** Whichever comes first, there is one renewal, and neither is left out. */
    @JCStressTest
    @Outcome(id = "HOLD, ADMIT_AGAIN, RENEWING 1", expect = ACCEPTABLE)
    @State
    public static class LostAndRefused extends Gate {
        final Passage one = sent();
        final Passage two = sent();

        @Actor
        public void lose(LLL_Result result) {
            gate.lost(one, true);
            result.r1 = gate.admit(one, false, null).action();
        }

        @Actor
        public void refuse(LLL_Result result) {
            result.r2 = gate.refused(two).action();
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r3 = state() + " " + gate.stats().attempts();
        }
    }

    /** A loss reported while the renewal ends has nothing renewed again. */
    @JCStressTest
    @Outcome(id = "ADMIT_AGAIN, true, SEND 1", expect = ACCEPTABLE)
    @State
    public static class LostAndSucceeded extends Gate {
        final Passage late = sent();
        final RenewalToken token = renewing();

        @Actor
        public void lose(LLL_Result result) {
            result.r1 = gate.lost(late, true).action();
        }

        @Actor
        public void succeed(LLL_Result result) {
            result.r2 = gate.succeeded(token).release();
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r3 =
                    gate.admit(late, false, null).action() + " " + gate.stats().attempts();
        }
    }

    /** An attempt is lost while its time is up: it ends once. */
    @JCStressTest
    @Outcome(id = "true, false, RENEWING 2", expect = ACCEPTABLE, desc = "the time-out was of the attempt before")
    @Outcome(id = "false, true, FAILED 1", expect = ACCEPTABLE)
    @State
    public static class AttemptLostAndTimedOut extends Gate {
        final RenewalToken token = renewing();

        @Actor
        public void lose(LLL_Result result) {
            result.r1 = gate.lost(token, true, WRONG).renewal() != null;
        }

        @Actor
        public void timeOut(LLL_Result result) {
            result.r2 = gate.failed(token, false, WRONG).release();
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r3 = state() + " " + gate.stats().attempts();
        }
    }

    @JCStressTest
    @Outcome(id = "SEND, true", expect = ACCEPTABLE, desc = "admitted first: the next one renews")
    @Outcome(id = "HOLD, false", expect = ACCEPTABLE, desc = "expired first")
    @State
    public static class ExpiredAndAdmitted extends Gate {

        @Actor
        public void expire() {
            gate.expire();
        }

        @Actor
        public void admit(LL_Result result) {
            result.r1 = gate.admit(TestGates.passage(), false, null).action();
        }

        @Arbiter
        public void end(LL_Result result) {
            result.r2 = gate.admit(TestGates.passage(), false, null).renewal() != null;
        }
    }

    /** A suspect and a check under way. */
    public static class Checked {
        final RenewalGate gate = TestGates.gate(TestGates.rules().checks(true).build(), SessionClock.system());
        final Passage other = TestGates.passage();
        final Passage check = TestGates.passage();
        final AtomicInteger told = new AtomicInteger();

        Checked() {
            Passage suspect = TestGates.passage();
            gate.admit(suspect, false, null);
            gate.admit(other, false, null);
            gate.refused(suspect);
            gate.check(check);
        }

        final Verdict.Action tell(Verdict verdict) {
            told.addAndGet(verdict.standing().size() + verdict.again().size());
            return verdict.action();
        }

        final String end() {
            SessionStats stats = gate.stats();
            return told + " " + gate.memory().suspects.size() + " " + stats.state() + " " + stats.attempts();
        }
    }

    /** The check tells that the session lives, and so does an answer: the suspect is told once. */
    @JCStressTest
    @Outcome(id = "DELIVER, DELIVER, 1 0 ACTIVE 0", expect = ACCEPTABLE)
    @State
    public static class CheckedAndAccepted extends Checked {

        @Actor
        public void check(LLL_Result result) {
            result.r1 = tell(gate.checked(check, true));
        }

        @Actor
        public void accept(LLL_Result result) {
            result.r2 = tell(gate.accepted(other, true));
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r3 = end();
        }
    }

    /** The check tells that the session has ended while somebody renews it: there is one log-in. */
    @JCStressTest
    @Outcome(id = "DELIVER, HOLD, 1 0 RENEWING 1", expect = ACCEPTABLE, desc = "the check renews")
    @Outcome(id = "DELIVER, SEND, 1 0 RENEWING 1", expect = ACCEPTABLE, desc = "the other one renews")
    @State
    public static class CheckedAndRenewed extends Checked {

        @Actor
        public void check(LLL_Result result) {
            result.r1 = tell(gate.checked(check, false));
        }

        @Actor
        public void renew(LLL_Result result) {
            result.r2 = tell(gate.renew(TestGates.passage(), null, null));
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r3 = end();
        }
    }

    /** Who is admitted while the site asks for a pause is sent before it begins, or waits. */
    @JCStressTest
    @Outcome(id = "ADMIT_AGAIN, SEND, 0 1", expect = ACCEPTABLE)
    @Outcome(id = "ADMIT_AGAIN, HOLD, 1 0", expect = ACCEPTABLE)
    @State
    public static class BlockedAndAdmitted extends Gate {
        final Passage one = sent();

        @Actor
        public void block(LLL_Result result) {
            result.r1 = gate.blocked(one, Duration.ofMillis(60_000)).action();
        }

        @Actor
        public void admit(LLL_Result result) {
            result.r2 = gate.admit(TestGates.passage(), false, null).action();
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r3 = gate.stats().held() + " " + gate.stats().inFlight();
        }
    }

    /** The end of a pause wakes whoever waits, and who comes at that time is not forgotten. */
    @JCStressTest
    @Outcome(id = "2, 0 0", expect = ACCEPTABLE)
    @State
    public static class WokenAndAdmitted {
        final TestGates.Clock clock = new TestGates.Clock();
        final RenewalGate gate = TestGates.gate(TestGates.rules().build(), clock);
        final Queue<Passage> queue = new ConcurrentLinkedQueue<>();
        final AtomicInteger sent = new AtomicInteger();

        public WokenAndAdmitted() {
            gate.pause(Duration.ofMillis(1_000));
            ask(TestGates.passage(), false);
            clock.advanceMillis(1_000);
        }

        private void ask(Passage passage, boolean released) {
            if (gate.admit(passage, released, null).action() == Verdict.Action.SEND) {
                sent.incrementAndGet();
                release(gate.accepted(passage, true));
                return;
            }
            queue.add(passage);
            if (!gate.holding(TestGates.passage())) {
                release();
            }
        }

        private void release(Verdict verdict) {
            if (verdict.release()) {
                release();
            }
        }

        /** Those that wait now: who is held again waits for what comes next. */
        private void release() {
            for (int waiting = queue.size(); waiting > 0; waiting--) {
                Passage held = queue.poll();
                if (held != null) {
                    ask(held, true);
                }
            }
        }

        @Actor
        public void wake() {
            release(gate.wake());
        }

        @Actor
        public void admit() {
            ask(TestGates.passage(), false);
        }

        @Arbiter
        public void end(LL_Result result) {
            result.r1 = sent.get();
            result.r2 = gate.stats().held() + " " + gate.stats().inFlight();
        }
    }

    /** The calls of one block at two gates, which share nothing but its pin: it pins one session. */
    @JCStressTest
    @Outcome(id = "SEND, SKIP", expect = ACCEPTABLE)
    @Outcome(id = "SKIP, SEND", expect = ACCEPTABLE)
    @State
    public static class PinnedAndPinned {
        final Pin pin = new Pin(null, null);
        final Gate one = new Gate();
        final Gate two = new Gate();

        @Actor
        public void one(LL_Result result) {
            result.r1 = admit(one.gate, pin);
        }

        @Actor
        public void two(LL_Result result) {
            result.r2 = admit(two.gate, pin);
        }

        static Verdict.Action admit(RenewalGate gate, Pin pin) {
            Passage call = TestGates.passage();
            call.bind(pin);
            return gate.admit(call, false, null).action();
        }
    }

    /** Whoever of a block is sent after the session was begun anew breaks its pin, and is not sent. */
    @JCStressTest
    @Outcome(id = "SEND, false", expect = ACCEPTABLE)
    @Outcome(id = "SKIP, true", expect = ACCEPTABLE)
    @State
    public static class PinnedAndCleared extends Gate {
        final Pin pin = new Pin(null, null);

        public PinnedAndCleared() {
            PinnedAndPinned.admit(gate, pin);
        }

        @Actor
        public void admit(LL_Result result) {
            result.r1 = PinnedAndPinned.admit(gate, pin);
        }

        @Actor
        public void clear() {
            gate.clear(null);
        }

        @Arbiter
        public void end(LL_Result result) {
            result.r2 = pin.isBroken();
        }
    }

    /** A block that wants the session while the last of the others has its answer is told once that it has it. */
    @JCStressTest
    @Outcome(id = "PARK, 1", expect = ACCEPTABLE)
    @Outcome(id = "ADMIT_AGAIN, 0", expect = ACCEPTABLE)
    @State
    public static class BlockAndLastAnswer extends Gate {
        final Passage other = sent();

        @Actor
        public void enter(LL_Result result) {
            result.r1 = gate.enter(TestGates.passage()).action();
        }

        @Actor
        public void accept(LL_Result result) {
            result.r2 = gate.accepted(other, true).again().size();
        }
    }

    /** A block that leaves while the next one comes: that is told once that it has the session. */
    @JCStressTest
    @Outcome(id = "PARK, 1", expect = ACCEPTABLE)
    @Outcome(id = "ADMIT_AGAIN, 0", expect = ACCEPTABLE)
    @State
    public static class BlockAndBlock extends Gate {
        final Passage first = TestGates.passage();

        public BlockAndBlock() {
            gate.enter(first);
        }

        @Actor
        public void enter(LL_Result result) {
            result.r1 = gate.enter(TestGates.passage()).action();
        }

        @Actor
        public void leave(LL_Result result) {
            result.r2 = gate.left(first).again().size();
        }
    }

    /** Who is held while the last block leaves is not forgotten. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE)
    @State
    public static class BlockLeavesAndAdmitted extends Gate {
        final Passage block = TestGates.passage();
        final Passage passage = TestGates.passage();
        final AtomicReference<Passage> queue = new AtomicReference<>();
        final AtomicInteger sent = new AtomicInteger();

        public BlockLeavesAndAdmitted() {
            gate.enter(block);
        }

        @Actor
        public void admit() {
            if (gate.admit(passage, false, null).action() == Verdict.Action.SEND) {
                sent.incrementAndGet();
                return;
            }
            queue.set(passage);
            if (!gate.holding(passage)) {
                release();
            }
        }

        @Actor
        public void leave() {
            if (gate.left(block).release()) {
                release();
            }
        }

        private void release() {
            Passage held = queue.getAndSet(null);
            if (held != null && gate.admit(held, true, null).action() == Verdict.Action.SEND) {
                sent.incrementAndGet();
            }
        }

        @Arbiter
        public void end(LL_Result result) {
            result.r1 = sent.get();
            result.r2 = gate.stats().held();
        }
    }
}
