/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static io.github.camelsessions.internal.session.TestGates.COOLDOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.internal.session.RenewalGateTableTest.Scene.Start;
import io.github.camelsessions.internal.session.TestGates.Rules;
import io.github.camelsessions.internal.session.Verdict.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The table above {@link RenewalGate}, cell by cell, in its order. What is said here is all that an event does: what its
 * exchange is told, what others are told, and the state and generation that follow when they are others than before.
 */
class RenewalGateTableTest {

    private static final Throwable WRONG = new IllegalStateException("wrong password");

    /**
     * @param given what is so besides the state, empty for nothing
     * @param then  as {@link Scene#tell} words it
     */
    record Cell(
            String event,
            Start state,
            String given,
            Consumer<Scene> setUp,
            Function<Scene, Verdict> when,
            String then) {

        @Override
        public String toString() {
            return event + " | " + state + (given.isEmpty() ? "" : ", " + given) + " | " + then;
        }
    }

    /** One row of the table. */
    private record Row(String event, Function<Scene, Verdict> when, List<Cell> cells) {

        Row in(Start state, String then) {
            return in(state, "", scene -> {}, then);
        }

        Row in(Start state, String given, Consumer<Scene> setUp, String then) {
            cells.add(new Cell(event, state, given, setUp, when, then));
            return this;
        }

        /** The same everywhere but in CLOSED. */
        Row inAll(String then) {
            return in(Start.ACTIVE, then).in(Start.RENEWING, then).in(Start.FAILED, then);
        }
    }

    private static Row on(String event, Function<Scene, Verdict> when) {
        return new Row(event, when, new ArrayList<>());
    }

    static Stream<Cell> table() {
        return Stream.of(exchanges(), answers(), losses(), checks(), renewals(), endsOfRenewals(), operators())
                .flatMap(List::stream)
                .flatMap(row -> row.cells().stream());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void table(Cell cell) {
        Scene scene = new Scene(cell.state());
        cell.setUp().accept(scene);
        assertThat(scene.tell(cell.when())).isEqualTo(cell.then());
    }

    private static List<Row> exchanges() {
        return List.of(
                on("admit", scene -> scene.admit(scene.newcomer()))
                        .in(Start.ACTIVE, "SEND in n")
                        .in(Start.ACTIVE, "others are held", Scene::others, "HOLD")
                        .in(Start.ACTIVE, "n is tried by one", Scene::tried, "HOLD, wake")
                        .in(Start.ACTIVE, "the site wants a pause", Scene::pause, "HOLD, wake")
                        .in(Start.ACTIVE, "limit due", scene -> scene.gate.expire(), "HOLD, start t -> RENEWING")
                        .in(Start.ACTIVE, "limit due, cannot renew", Scene::limitOfPlain, "SEND in n+1 -> ACTIVE(n+1)")
                        .in(
                                Start.ACTIVE,
                                "empty and to be renewed first",
                                scene -> {
                                    scene.gate.clear(null);
                                    scene.wishes.renewFirst();
                                },
                                "HOLD, start t -> RENEWING")
                        .in(
                                Start.ACTIVE,
                                "limit due in a cool-down",
                                scene -> {
                                    scene.cool();
                                    scene.gate.expire();
                                },
                                "FAIL RENEWAL_FAILED, release -> FAILED")
                        .in(Start.ACTIVE, "frozen", Scene::freeze, "HOLD")
                        .in(Start.RENEWING, "HOLD")
                        .in(Start.RENEWING, "as many wait as may", Scene::fill, "FAIL FULL")
                        .in(
                                Start.RENEWING,
                                "as many wait as may, it presses back",
                                Scene::fillPressing,
                                "HOLD, crowded")
                        .in(Start.FAILED, "FAIL RENEWAL_FAILED")
                        .in(Start.FAILED, "it endures", scene -> scene.wishes.endures(true), "HOLD, wake")
                        .in(Start.FAILED, "after until", Scene::waitUntil, "HOLD, start t -> RENEWING")
                        .in(
                                Start.FAILED,
                                "after until, cannot renew",
                                scene -> {
                                    scene.waitUntil();
                                    scene.wishes.renews(false);
                                },
                                "SEND in n -> ACTIVE(n)")
                        .in(Start.FAILED, "frozen", Scene::freeze, "HOLD, wake")
                        .in(Start.CLOSED, "LOOK_UP"),
                on("admit, in a block", scene -> scene.admit(scene.asked))
                        .in(Start.ACTIVE, "pinned to n", scene -> scene.pinned(0, false), "SEND in n")
                        .in(Start.ACTIVE, "pinned to g < n", scene -> scene.pinned(1, false), "SKIP")
                        .in(Start.ACTIVE, "pinned to g < n, alone there", scene -> scene.pinned(1, true), "SEND in n")
                        .in(
                                Start.ACTIVE,
                                "pinned to n, a limit of it due, cannot renew",
                                scene -> {
                                    scene.limitOfPlain();
                                    scene.pinned(0, false);
                                },
                                "SKIP -> ACTIVE(n+1)")
                        .in(Start.RENEWING, "pinned to g < n", scene -> scene.pinned(1, false), "HOLD")
                        .in(Start.FAILED, "pinned to g < n", scene -> scene.pinned(1, false), "FAIL RENEWAL_FAILED")
                        .in(Start.CLOSED, "pinned to g < n", scene -> scene.pinned(1, false), "LOOK_UP"),
                on("admit, others have the session", scene -> scene.admit(scene.newcomer()))
                        .in(Start.ACTIVE, "", Scene::exclusive, "HOLD")
                        .in(Start.ACTIVE, "it is not drained", Scene::blockWaits, "HOLD")
                        .in(Start.RENEWING, "", Scene::exclusive, "HOLD")
                        .in(Start.FAILED, "", Scene::exclusive, "HOLD, wake"),
                on("admit, its own block has the session", scene -> scene.admit(scene.ofBlock()))
                        .in(Start.ACTIVE, "", Scene::exclusive, "SEND in n")
                        .in(
                                Start.ACTIVE,
                                "others are held",
                                scene -> {
                                    scene.exclusive();
                                    scene.hold();
                                },
                                "SEND in n")
                        .in(Start.RENEWING, "", Scene::exclusive, "HOLD")
                        .in(Start.FAILED, "", Scene::exclusive, "FAIL RENEWAL_FAILED"),
                on("enter", scene -> scene.gate.enter(scene.newcomer()))
                        .inAll("PARK")
                        .in(Start.ACTIVE, "none in flight", Scene::landAll, "ADMIT_AGAIN")
                        .in(Start.RENEWING, "none ordinary in flight", Scene::lastAnswer, "ADMIT_AGAIN")
                        .in(Start.ACTIVE, "another block has it", Scene::exclusive, "PARK")
                        .in(Start.CLOSED, "LOOK_UP"),
                on("enter, again", scene -> scene.gate.enter(scene.block))
                        .in(Start.ACTIVE, "it has the session", Scene::exclusive, "SKIP"),
                on("left, by a block", scene -> scene.gate.left(scene.block))
                        .in(Start.ACTIVE, "the only one", Scene::exclusive, "NOTHING, release")
                        .in(Start.ACTIVE, "before it had the session", Scene::blockWaits, "NOTHING, release")
                        .in(Start.RENEWING, "the only one", Scene::exclusive, "NOTHING")
                        .in(Start.FAILED, "the only one", Scene::exclusive, "NOTHING, release")
                        .in(Start.ACTIVE, "another waits", Scene::twoBlocks, "NOTHING, s again"),
                on("last ordinary answer, a block waits", Scene::lastAnswer)
                        .in(Start.ACTIVE, "", Scene::blockToBeTold, "DELIVER, s again")
                        .in(Start.RENEWING, "", Scene::blockToBeTold, "DELIVER, s again"),
                on("renew, a block has the session", scene -> scene.gate.renew(scene.newcomer(), null, null))
                        .in(Start.ACTIVE, "", Scene::exclusive, "HOLD"),
                on("admit, live token", scene -> scene.gate.admit(scene.newcomer(), false, scene.token))
                        .in(Start.RENEWING, "SEND in pending")
                        .in(Start.RENEWING, "frozen", Scene::freeze, "SEND in pending"),
                on("admit, revoked token", scene -> scene.gate.admit(scene.newcomer(), false, scene.revoked))
                        .inAll("FAIL REVOKED")
                        .in(Start.CLOSED, "FAIL REVOKED"),
                on("renew, revoked token", scene -> scene.gate.renew(scene.newcomer(), null, scene.revoked))
                        .inAll("FAIL REVOKED")
                        .in(Start.CLOSED, "FAIL REVOKED"),
                on("clear, revoked token", scene -> scene.gate.clear(scene.revoked))
                        .inAll("FAIL REVOKED")
                        .in(Start.CLOSED, "FAIL REVOKED"),
                on("open, revoked token", scene -> scene.gate.open(scene.revoked))
                        .inAll("FAIL REVOKED")
                        .in(Start.CLOSED, "FAIL REVOKED"));
    }

    private static List<Row> answers() {
        return List.of(
                on("refused(g < n)", scene -> scene.gate.refused(scene.old))
                        .inAll("ADMIT_AGAIN")
                        .in(Start.CLOSED, "ADMIT_AGAIN"),
                on("refused(n)", scene -> scene.gate.refused(scene.mine))
                        .in(Start.ACTIVE, "PARK, wake")
                        .in(Start.ACTIVE, "it cannot renew", Scene::plain, "DELIVER")
                        .in(Start.ACTIVE, "known to be forbidden", Scene::forbidden, "DELIVER")
                        .in(Start.ACTIVE, "n was tried by it", Scene::tried, "DELIVER")
                        .in(
                                Start.ACTIVE,
                                "accepted before",
                                Scene::acceptedBefore,
                                "ADMIT_AGAIN, start t, release -> RENEWING")
                        .in(
                                Start.ACTIVE,
                                "accepted before, and a cool-down",
                                scene -> {
                                    scene.cool();
                                    scene.acceptedBefore();
                                },
                                "ADMIT_AGAIN, release -> FAILED")
                        .in(Start.ACTIVE, "log-ins are worthless", Scene::worthless, "ADMIT_AGAIN, release -> FAILED")
                        .in(Start.ACTIVE, "quiet", Scene::lastIsMine, "DELIVER")
                        .in(Start.ACTIVE, "with a check, not quiet", Scene::checks, "PARK, wake")
                        .in(Start.ACTIVE, "frozen", Scene::freeze, "ADMIT_AGAIN")
                        .in(Start.RENEWING, "ADMIT_AGAIN")
                        .in(Start.FAILED, "ADMIT_AGAIN")
                        .in(Start.CLOSED, "ADMIT_AGAIN"),
                on("accepted(n)", scene -> scene.gate.accepted(scene.mine, true))
                        .inAll("DELIVER")
                        .in(
                                Start.ACTIVE,
                                "a suspect was refused before it was sent",
                                Scene::outlived,
                                "DELIVER, s stands")
                        .in(Start.ACTIVE, "a suspect was refused after it was sent", Scene::suspect, "DELIVER")
                        .in(Start.CLOSED, "DELIVER"),
                on("accepted(g < n)", scene -> scene.gate.accepted(scene.old, true))
                        .in(Start.ACTIVE, "REPLAY_STALE")
                        .in(Start.ACTIVE, "a limit ended g", Scene::endedByLimit, "DELIVER")
                        .in(Start.RENEWING, "DELIVER")
                        .in(Start.FAILED, "DELIVER")
                        .in(Start.CLOSED, "DELIVER"),
                on("refused, of a renewal", scene -> scene.gate.refused(scene.ofRenewal))
                        .inAll("DELIVER")
                        .in(Start.CLOSED, "DELIVER"),
                on("accepted, of a renewal", scene -> scene.gate.accepted(scene.ofRenewal, true))
                        .inAll("DELIVER")
                        .in(Start.CLOSED, "DELIVER"),
                on("no answer", scene -> scene.gate.unanswered(scene.mine))
                        .inAll("DELIVER")
                        .in(
                                Start.ACTIVE,
                                "the last that a suspect waits for",
                                Scene::lastBesideSuspect,
                                "DELIVER, s stands")
                        .in(Start.CLOSED, "DELIVER"),
                on("blocked", scene -> scene.gate.blocked(scene.mine, Duration.ofMillis(5_000)))
                        .inAll("ADMIT_AGAIN, pause")
                        .in(Start.CLOSED, "ADMIT_AGAIN, pause"),
                on("pause", scene -> scene.gate.pause(Duration.ofMillis(5_000)))
                        .inAll("NOTHING, pause")
                        .in(Start.CLOSED, "NOTHING"));
    }

    private static List<Row> losses() {
        return List.of(
                on("lost(n)", scene -> scene.lost(scene.mine, true))
                        .in(Start.ACTIVE, "ADMIT_AGAIN, limit due")
                        .in(Start.ACTIVE, "a suspect", Scene::suspect, "ADMIT_AGAIN, s again, limit due")
                        .in(Start.RENEWING, "ADMIT_AGAIN")
                        .in(Start.FAILED, "ADMIT_AGAIN, limit due")
                        .in(Start.CLOSED, "ADMIT_AGAIN"),
                on("lost(n), not to be sent again", scene -> scene.lost(scene.mine, false))
                        .in(Start.ACTIVE, "DELIVER, limit due")
                        .in(Start.RENEWING, "DELIVER")
                        .in(Start.FAILED, "DELIVER, limit due"),
                on("lost(g < n)", scene -> scene.lost(scene.old, true)).inAll("ADMIT_AGAIN"),
                on("lost, of a renewal", scene -> scene.lost(scene.ofRenewal, true))
                        .inAll("DELIVER"),
                on("last ordinary answer", Scene::lastAnswer)
                        .in(Start.RENEWING, "DELIVER")
                        .in(
                                Start.RENEWING,
                                "t waits for that",
                                scene -> assertThat(scene.gate.drained(scene.token))
                                        .isFalse(),
                                "DELIVER, start t"));
    }

    private static List<Row> checks() {
        return List.of(
                on("check", scene -> scene.gate.check(scene.newcomer()))
                        .in(Start.ACTIVE, "SEND in n")
                        .in(Start.ACTIVE, "the site wants a pause", Scene::pause, "SKIP")
                        .in(Start.ACTIVE, "frozen", Scene::freeze, "SKIP")
                        .in(Start.RENEWING, "SKIP")
                        .in(Start.FAILED, "SKIP")
                        .in(Start.CLOSED, "LOOK_UP"),
                on("checked(n, alive)", scene -> scene.gate.checked(scene.check, true))
                        .in(Start.ACTIVE, "DELIVER")
                        .in(
                                Start.ACTIVE,
                                "a suspect was refused before it was sent",
                                Scene::checkOfSuspect,
                                "DELIVER, s stands")
                        .in(Start.RENEWING, "DELIVER")
                        .in(Start.FAILED, "DELIVER")
                        .in(Start.CLOSED, "DELIVER"),
                on("checked(n, ended)", scene -> scene.gate.checked(scene.check, false))
                        .in(Start.ACTIVE, "DELIVER, start t -> RENEWING")
                        .in(Start.ACTIVE, "a suspect", Scene::checkOfSuspect, "DELIVER, s again, start t -> RENEWING")
                        .in(
                                Start.ACTIVE,
                                "log-ins are worthless",
                                scene -> {
                                    scene.worthless();
                                    scene.suspectOfAnotherPage();
                                    scene.sendCheck();
                                },
                                "DELIVER, s again, release -> FAILED")
                        .in(Start.RENEWING, "DELIVER")
                        .in(Start.FAILED, "DELIVER")
                        .in(Start.CLOSED, "DELIVER"),
                on("checked, no answer", scene -> scene.gate.checked(scene.check, null))
                        .inAll("DELIVER")
                        .in(
                                Start.ACTIVE,
                                "the last that a suspect waits for",
                                scene -> {
                                    scene.checks();
                                    scene.suspect();
                                    scene.sendCheck();
                                    scene.gate.unanswered(scene.slow);
                                    scene.gate.unanswered(scene.mine);
                                },
                                "DELIVER, s stands")
                        .in(Start.CLOSED, "DELIVER"));
    }

    private static List<Row> renewals() {
        return List.of(
                on("wake", scene -> scene.gate.wake())
                        .inAll("NOTHING")
                        .in(
                                Start.ACTIVE,
                                "a pause is over",
                                scene -> {
                                    scene.pause();
                                    scene.hold();
                                    scene.landAll();
                                    scene.clock.advance(Scene.PAUSE);
                                },
                                "NOTHING, release")
                        .in(
                                Start.ACTIVE,
                                "a suspect has waited for a second",
                                scene -> {
                                    scene.suspect();
                                    scene.clock.advanceMillis(GateRules.PATIENCE_MILLIS);
                                },
                                "NOTHING, s stands")
                        .in(
                                Start.FAILED,
                                "after until",
                                scene -> {
                                    scene.wishes.endures(true);
                                    scene.hold();
                                    scene.waitUntil();
                                },
                                "NOTHING, release")
                        .in(Start.CLOSED, "NOTHING"),
                on("renew(observed < n)", scene -> scene.gate.renew(scene.newcomer(), scene.old.generation(), null))
                        .inAll("SKIP")
                        .in(Start.CLOSED, "LOOK_UP"),
                on("renew", scene -> scene.gate.renew(scene.newcomer(), null, null))
                        .in(Start.ACTIVE, "SEND in pending, start t -> RENEWING")
                        .in(Start.ACTIVE, "a suspect", Scene::suspect, "SEND in pending, s again, start t -> RENEWING")
                        .in(Start.ACTIVE, "a cool-down", Scene::cool, "FAIL RENEWAL_FAILED")
                        .in(Start.ACTIVE, "frozen", Scene::freeze, "HOLD")
                        .in(Start.RENEWING, "HOLD")
                        .in(Start.FAILED, "FAIL RENEWAL_FAILED")
                        .in(Start.FAILED, "after until", Scene::waitUntil, "SEND in pending, start t -> RENEWING")
                        .in(Start.CLOSED, "LOOK_UP"),
                on("renew, live token", scene -> scene.gate.renew(scene.newcomer(), null, scene.token))
                        .in(Start.RENEWING, "SEND in pending"),
                on("drained(t)", scene -> scene.drained())
                        .in(Start.RENEWING, "no")
                        .in(Start.RENEWING, "none ordinary on the wire", Scene::lastAnswer, "yes"),
                on("drained(late t)", scene -> scene.drained())
                        .in(Start.ACTIVE, "no")
                        .in(Start.FAILED, "no"));
    }

    private static List<Row> endsOfRenewals() {
        return List.of(
                on("succeeded(t)", scene -> scene.gate.succeeded(scene.token))
                        .in(Start.ACTIVE, "NOTHING, late")
                        .in(Start.RENEWING, "NOTHING, release -> ACTIVE(n+1)")
                        .in(Start.FAILED, "NOTHING, late")
                        .in(Start.CLOSED, "NOTHING, late"),
                on("failed(t), transient", scene -> scene.gate.failed(scene.token, true, WRONG))
                        .in(Start.ACTIVE, "NOTHING, late")
                        .in(Start.RENEWING, "NOTHING, start t'")
                        .in(Start.RENEWING, "no attempts left", Scene::lastAttempt, "NOTHING, release -> FAILED")
                        .in(Start.FAILED, "NOTHING, late")
                        .in(Start.CLOSED, "NOTHING, late"),
                on("failed(t), final; timeout(t)", scene -> scene.gate.failed(scene.token, false, WRONG))
                        .in(Start.RENEWING, "NOTHING, release -> FAILED"),
                on("lost(t)", scene -> scene.gate.lost(scene.token, true, WRONG))
                        .in(Start.ACTIVE, "NOTHING, late")
                        .in(Start.RENEWING, "NOTHING, start t'")
                        .in(
                                Start.RENEWING,
                                "no attempts left, the site has seen none of it",
                                Scene::lastAttempt,
                                "NOTHING, start t'")
                        .in(
                                Start.RENEWING,
                                "no attempts left",
                                scene -> {
                                    scene.lastAttempt();
                                    scene.step();
                                },
                                "NOTHING, release -> FAILED")
                        .in(Start.FAILED, "NOTHING, late")
                        .in(Start.CLOSED, "NOTHING, late"));
    }

    private static List<Row> operators() {
        return List.of(
                on("clear", scene -> scene.gate.clear(null))
                        .in(Start.ACTIVE, "NOTHING, release -> ACTIVE(n+1)")
                        .in(Start.ACTIVE, "a suspect", Scene::suspect, "NOTHING, s again, release -> ACTIVE(n+1)")
                        .in(Start.RENEWING, "NOTHING")
                        .in(Start.FAILED, "NOTHING, release -> ACTIVE(n+1)")
                        .in(Start.CLOSED, "LOOK_UP"),
                on("clear, live token", scene -> scene.gate.clear(scene.token)).in(Start.RENEWING, "NOTHING"),
                on("expire", Scene::expire)
                        .in(Start.ACTIVE, "limit due")
                        .in(Start.RENEWING, "nothing")
                        .in(Start.FAILED, "limit due")
                        .in(Start.CLOSED, "nothing"),
                on("end the cool-down", scene -> scene.gate.endCooldown())
                        .in(Start.FAILED, "NOTHING, release")
                        .in(
                                Start.FAILED,
                                "somebody endures",
                                scene -> {
                                    scene.wishes.endures(true);
                                    scene.hold();
                                },
                                "NOTHING, release"),
                on("freeze", scene -> scene.gate.freeze()).inAll("NOTHING").in(Start.CLOSED, "LOOK_UP"),
                on("unfreeze", scene -> scene.gate.unfreeze())
                        .in(Start.ACTIVE, "NOTHING, release")
                        .in(Start.RENEWING, "NOTHING")
                        .in(Start.FAILED, "NOTHING, release"),
                on("open", scene -> scene.gate.open(null)).inAll("SEND in n").in(Start.CLOSED, "LOOK_UP"),
                on("open, live token", scene -> scene.gate.open(scene.token)).in(Start.RENEWING, "SEND in pending"),
                on("close", Scene::close)
                        .in(Start.ACTIVE, "some in flight", scene -> {}, "no")
                        .in(Start.ACTIVE, "none in flight", Scene::landAll, "yes -> CLOSED")
                        .in(
                                Start.ACTIVE,
                                "none in flight, frozen",
                                scene -> {
                                    scene.landAll();
                                    scene.freeze();
                                },
                                "no")
                        .in(
                                Start.ACTIVE,
                                "none in flight, a block has it",
                                scene -> {
                                    scene.landAll();
                                    scene.blockWaits();
                                },
                                "no")
                        .in(
                                Start.ACTIVE,
                                "none in flight, some held",
                                scene -> {
                                    scene.landAll();
                                    scene.others();
                                },
                                "no")
                        .in(
                                Start.ACTIVE,
                                "none in flight, a cool-down",
                                scene -> {
                                    scene.landAll();
                                    scene.cool();
                                },
                                "no")
                        .in(Start.RENEWING, "none in flight", Scene::landAll, "no")
                        .in(Start.FAILED, "none in flight", Scene::landAll, "no")
                        .in(
                                Start.FAILED,
                                "none in flight, after until",
                                scene -> {
                                    scene.landAll();
                                    scene.waitUntil();
                                },
                                "yes -> CLOSED")
                        .in(Start.CLOSED, "yes"),
                on("stop", scene -> scene.gate.stop())
                        .in(Start.ACTIVE, "NOTHING, release -> CLOSED")
                        .in(Start.ACTIVE, "a suspect", Scene::suspect, "NOTHING, s again, release -> CLOSED")
                        .in(
                                Start.ACTIVE,
                                "a block waits to have it to itself",
                                Scene::blockToBeTold,
                                "NOTHING, s again, release -> CLOSED")
                        .in(Start.ACTIVE, "none in flight", Scene::landAll, "NOTHING, release, emptied -> CLOSED")
                        .in(Start.RENEWING, "NOTHING, revoke t, release -> CLOSED")
                        .in(Start.FAILED, "NOTHING, release -> CLOSED"));
    }

    /**
     * A gate whose generation n came of a refusal, has accepted something and helped nobody: so that one refusal is in doubt.
     * In each state one request of an earlier generation g is on the wire, two of n, and one of a renewal.
     */
    static final class Scene {

        enum Start {
            ACTIVE,
            RENEWING,
            FAILED,
            CLOSED;

            @Override
            public String toString() {
                return switch (this) {
                    case ACTIVE -> "ACTIVE(n)";
                    case RENEWING -> "RENEWING(n,t)";
                    case FAILED -> "FAILED(n,cause,until)";
                    case CLOSED -> "CLOSED";
                };
            }
        }

        static final Duration PAUSE = Duration.ofSeconds(5);

        private static final int PAGE = 7;

        final TestGates.Clock clock = new TestGates.Clock();
        Rules wishes = TestGates.rules().maxHeld(2);
        RenewalGate gate;
        Passage old;
        Passage mine;
        Passage slow;
        Passage ofRenewal;
        Passage check;
        Passage suspect;
        Passage block;
        Passage asked;
        RenewalToken token;
        RenewalToken revoked;

        private final Start start;

        Scene(Start start) {
            this.start = start;
            build();
        }

        private void build() {
            gate = TestGates.gate(wishes.build(), clock);
            revoked = gate.renew(passage(), null, null).renewal();
            gate.failed(revoked, false, WRONG);
            gate.endCooldown();
            gate.clear(null);
            old = sent();
            doubt();
            mine = sent();
            slow = sent();
            check = passage();
            gate.check(check);
            bring();
        }

        /** -> ACTIVE(n), in which one refusal is in doubt. */
        private void doubt() {
            token = ended();
            ofRenewal = passage();
            gate.admit(ofRenewal, false, token);
            gate.succeeded(token);
            gate.accepted(sent(), true);
            clock.advanceMillis(GateRules.PATIENCE_MILLIS);
            gate.wake(); // what was to be woken for is over
        }

        private void bring() {
            switch (start) {
                case ACTIVE -> {}
                case RENEWING -> renewing();
                case FAILED -> gate.failed(renewing(), false, WRONG);
                case CLOSED -> {
                    renewing();
                    gate.stop();
                }
            }
        }

        private RenewalToken renewing() {
            gate.accepted(ofRenewal, true);
            token = gate.renew(passage(), null, null).renewal();
            ofRenewal = passage();
            gate.admit(ofRenewal, false, token);
            return token;
        }

        private Passage passage() {
            return wishes.passage();
        }

        private Passage sent() {
            return sent(passage());
        }

        private Passage sent(Passage passage) {
            assertThat(admit(passage).action()).isEqualTo(Action.SEND);
            return passage;
        }

        Passage newcomer() {
            asked = passage();
            return asked;
        }

        Verdict admit(Passage passage) {
            return gate.admit(passage, false, null);
        }

        // ---- what may be so besides

        void hold() {
            assertThat(admit(passage()).action()).isEqualTo(Action.HOLD);
        }

        void others() {
            RenewalToken renewal = gate.renew(passage(), null, null).renewal();
            hold();
            gate.succeeded(renewal);
        }

        /** A refusal that is the end of the current generation. */
        private RenewalToken ended() {
            gate.accepted(sent(wishes.passage(PAGE)), true);
            Verdict refused = gate.refused(sent(wishes.passage(PAGE)));
            return refused.check() ? gate.checked(sentCheck(), false).renewal() : refused.renewal();
        }

        /** n is tried by {@link #mine}. */
        void tried() {
            token = ended();
            gate.succeeded(token);
            mine = sent();
        }

        void pause() {
            gate.pause(PAUSE);
        }

        void freeze() {
            gate.freeze();
        }

        /** The next to be asked is a call of a block that was sent in n, or in another generation so many before. */
        void pinned(int before, boolean alone) {
            asked = passage();
            Pin pin = new Pin(null, null);
            Generation to = before == 0 ? gate.latest() : TestGates.generation(-before);
            pin.admits(asked, to);
            if (!alone) {
                pin.admits(passage(), to);
            }
            asked.bind(pin);
        }

        /** A block has the session to itself. */
        void exclusive() {
            lastAnswer();
            blockWaits();
            assertThat(gate.enter(block).action()).isEqualTo(Action.SKIP);
        }

        void blockWaits() {
            block = passage();
            gate.enter(block);
        }

        void blockToBeTold() {
            blockWaits();
            suspect = block;
        }

        void twoBlocks() {
            exclusive();
            suspect = passage();
            assertThat(gate.enter(suspect).action()).isEqualTo(Action.PARK);
        }

        Passage ofBlock() {
            Passage call = passage();
            call.bind(new Pin(null, block));
            return call;
        }

        void limitOfPlain() {
            wishes.renews(false);
            gate.expire();
        }

        void plain() {
            wishes.renews(false);
            mine = sent();
        }

        /** ACTIVE in a cool-down, with a suspicion as before. */
        void cool() {
            gate.failed(gate.renew(passage(), null, null).renewal(), false, WRONG);
            gate.clear(null);
        }

        void fill() {
            hold();
            hold();
        }

        void fillPressing() {
            fill();
            wishes.pressesBack();
        }

        void waitUntil() {
            clock.advance(COOLDOWN);
        }

        /** Refused by a session that lived. */
        void forbidden() {
            gate.refused(sent(wishes.passage(PAGE + 3)));
            gate.accepted(sent(), true);
            mine = sent(wishes.passage(PAGE + 3));
        }

        void acceptedBefore() {
            gate.accepted(sent(wishes.passage(PAGE)), true);
            mine = sent(wishes.passage(PAGE));
        }

        /** Two log-ins have helped nobody, each of a page of its own; the page of {@link #mine}, accepted before, is the third. */
        void worthless() {
            gate.accepted(sent(wishes.passage(PAGE)), true);
            gate.succeeded(gate.renew(passage(), null, null).renewal());
            gate.succeeded(gate.refused(sent(wishes.passage(PAGE + 1))).renewal());
            gate.refused(sent(wishes.passage(PAGE + 2)));
            gate.succeeded(gate.renew(passage(), null, null).renewal());
            mine = sent(wishes.passage(PAGE));
        }

        /** The third log-in in vain, that too few pages tell of. */
        void suspectOfAnotherPage() {
            suspect = sent(wishes.passage(PAGE + 1));
            assertThat(gate.refused(suspect).action()).isEqualTo(Action.PARK);
        }

        void checks() {
            wishes.checks(true);
            build();
            gate.checked(check, null);
        }

        void suspect() {
            suspect = sent();
            assertThat(gate.refused(suspect).action()).isEqualTo(Action.PARK);
        }

        void outlived() {
            suspect();
            mine = sent();
        }

        /** No answer is awaited that was admitted later than that of {@link #mine}. */
        void lastIsMine() {
            gate.unanswered(slow);
            if (check.place == Passage.Place.SENT) {
                gate.checked(check, null);
            }
        }

        void lastBesideSuspect() {
            suspect();
            lastIsMine();
        }

        void endedByLimit() {
            old = mine;
            gate.expire();
            gate.succeeded(gate.renew(passage(), null, null).renewal());
        }

        private Passage sentCheck() {
            Passage sent = passage();
            assertThat(gate.check(sent).action()).isEqualTo(Action.SEND);
            return sent;
        }

        void sendCheck() {
            check = sentCheck();
        }

        void checkOfSuspect() {
            suspect();
            sendCheck();
        }

        void lastAttempt() {
            token = gate.failed(token, true, WRONG).renewal();
            token = gate.failed(token, true, WRONG).renewal();
        }

        /** The site answers a request of the attempt. */
        void step() {
            Passage step = passage();
            gate.admit(step, false, token);
            gate.accepted(step, true);
        }

        void landAll() {
            lastAnswer();
            gate.unanswered(ofRenewal);
        }

        // ---- events that give no verdict, or that take more than one call

        private String told;
        private boolean tellsLimit;

        Verdict lastAnswer() {
            gate.unanswered(old);
            gate.unanswered(mine);
            gate.checked(check, null);
            return gate.unanswered(slow);
        }

        Verdict drained() {
            told = gate.drained(token) ? "yes" : "no";
            return Verdict.of(Action.NOTHING);
        }

        Verdict close() {
            told = gate.close() ? "yes" : "no";
            return Verdict.of(Action.NOTHING);
        }

        Verdict expire() {
            gate.expire();
            told = "";
            tellsLimit = true;
            return Verdict.of(Action.NOTHING);
        }

        Verdict lost(Passage passage, boolean again) {
            tellsLimit = true;
            return gate.lost(passage, again);
        }

        /** Whether one who cannot renew gets the next generation; this is the last that is asked of the gate. */
        private boolean isLimitDue() {
            clock.advance(COOLDOWN);
            Generation latest = gate.latest();
            Verdict verdict = admit(wishes.renews(false).passage());
            return verdict.action() == Action.SEND && verdict.generation() != latest;
        }

        // ---- what has happened

        String tell(Function<Scene, Verdict> event) {
            String before = gate.stats().state();
            long late = gate.memory().late;
            Generation n = gate.latest();
            boolean paused = !gate.pauseLeft().isZero();
            boolean live = token.state() == RenewalToken.State.LIVE;
            Verdict verdict = event.apply(this);
            String after = gate.stats().state();
            List<String> parts = new ArrayList<>();
            add(parts, told == null, action(verdict, n));
            add(parts, told != null && !told.isEmpty(), told);
            add(parts, asked != null && asked.isCrowded() && verdict.action() == Action.HOLD, "crowded");
            add(parts, !verdict.standing().isEmpty(), "s stands");
            add(parts, !verdict.again().isEmpty(), "s again");
            assertThat(Stream.concat(verdict.standing().stream(), verdict.again().stream()))
                    .allMatch(other -> other == suspect);
            add(parts, verdict.renewal() != null, live && verdict.renewal() != token ? "start t'" : "start t");
            boolean revokes = live && token.state() == RenewalToken.State.REVOKED && verdict.renewal() == null;
            add(parts, revokes && after.equals("CLOSED"), "revoke t");
            add(parts, verdict.check(), "check");
            add(parts, verdict.release(), "release");
            add(parts, verdict.emptied(), "emptied");
            add(parts, verdict.wakeAfter() > 0, "wake");
            add(parts, gate.memory().late > late, "late");
            add(parts, !paused && !gate.pauseLeft().isZero(), "pause");
            boolean installed = gate.latest() != n;
            add(parts, tellsLimit && isLimitDue(), "limit due");
            String text = parts.isEmpty() ? "nothing" : String.join(", ", parts);
            if (after.equals(before) && !installed) {
                return text;
            }
            String generation = after.equals("ACTIVE") ? installed ? "(n+1)" : "(n)" : "";
            return text + " -> " + after + generation;
        }

        private String action(Verdict verdict, Generation n) {
            return switch (verdict.action()) {
                case FAIL -> "FAIL " + verdict.failure().kind();
                case SEND -> "SEND in " + generation(verdict, n);
                default -> verdict.action().name();
            };
        }

        private String generation(Verdict verdict, Generation n) {
            if (verdict.generation() == n) {
                return "n";
            }
            RenewalToken latest = gate.latestAttempt();
            boolean pending = latest != null
                    && latest.state() == RenewalToken.State.LIVE
                    && latest.pending() == verdict.generation();
            return pending ? "pending" : verdict.generation() == gate.latest() ? "n+1" : "?";
        }

        private static void add(List<String> parts, boolean is, String part) {
            if (is) {
                parts.add(part);
            }
        }
    }
}
