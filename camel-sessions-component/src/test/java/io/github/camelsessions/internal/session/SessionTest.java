/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static io.github.camelsessions.internal.session.TestSessions.START;
import static io.github.camelsessions.internal.session.TestSessions.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.internal.session.TestSessions.Desk;
import io.github.camelsessions.internal.session.TestSessions.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Sessions as exchanges that renew nothing use them; see SessionRenewalTest for the others. */
class SessionTest {

    private final FakeClock clock = new FakeClock();
    private final Desk desk = new Desk();
    private final Session session = TestSessions.session(desk, clock);

    private Generation use() {
        try (Admission admission = Admission.admit(session, null)) {
            return admission.generation();
        }
    }

    @Nested
    class Open {

        private final Generation opened = use();

        @Test
        void admitUsesTheCurrentGeneration() {
            assertThat(use()).isSameAs(opened).isSameAs(session.current());
            assertThat(desk.taken()).containsExactly("p0");
        }

        @Test
        void fillGivesTheCurrentGenerationWithoutCountingAUse() {
            assertThat(Admission.fill(session, null)).isSameAs(opened);
            assertThat(session.stats().uses()).isEqualTo(1);
            assertThat(session.stats().inFlight()).isZero();
        }

        @Test
        void clearGivesTheProfileBackAndCountsTheGeneration() {
            assertThat(Admission.clear(session)).isTrue();

            assertThat(desk.givenBack()).containsExactly("p0");
            assertThat(session.current()).isNull();
            assertThat(session.stats().generation()).isEqualTo(1);
            assertThat(session.stats().profile()).isEmpty();
        }

        @Test
        void clearLeavesExchangesInFlightTheirGeneration() {
            Admission admission = Admission.admit(session, null);

            assertThat(Admission.clear(session)).isTrue();

            assertThat(admission.generation()).isSameAs(opened);
            assertThat(session.stats().inFlight()).isEqualTo(1);
            admission.close();
            assertThat(session.stats().inFlight()).isZero();
        }

        @Test
        void closeGivesTheProfileBack() {
            assertThat(session.close()).isTrue();

            assertThat(desk.givenBack()).containsExactly("p0");
            assertThat(Admission.admit(session, null)).isNull();
        }

        @Test
        void closeDoesNothingWithAnExchangeInFlight() {
            Admission admission = Admission.admit(session, null);

            assertThat(session.close()).isFalse();

            assertThat(desk.givenBack()).isEmpty();
            assertThat(session.current()).isSameAs(opened);
            admission.close();
            assertThat(session.close()).isTrue();
        }

        @Test
        void aProfileNamedLaterDoesNotCount() {
            assertThat(Admission.admit(session, "other").generation().profile().name())
                    .isEqualTo("p0");
            assertThat(desk.taken()).containsExactly("p0");
        }
    }

    @Nested
    class Cleared {

        private final Generation old = use();

        Cleared() {
            Admission.clear(session);
        }

        @Test
        void admitTakesAProfileAndANewJar() {
            Generation generation = use();

            assertThat(generation.number()).isEqualTo(1);
            assertThat(generation.profile().name()).isEqualTo("p1");
            assertThat(generation.jar()).isNotSameAs(old.jar());
        }

        @Test
        void fillTakesAProfileAndANewJar() {
            Generation generation = Admission.fill(session, null);

            assertThat(generation.number()).isEqualTo(1);
            assertThat(generation.profile().name()).isEqualTo("p1");
            assertThat(use()).isSameAs(generation);
        }

        @Test
        void clearDoesNothing() {
            assertThat(Admission.clear(session)).isFalse();
            assertThat(session.stats().generation()).isEqualTo(1);
            assertThat(desk.givenBack()).containsExactly("p0");
        }

        @Test
        void closeGivesNothingBackOnceMore() {
            assertThat(session.close()).isTrue();
            assertThat(desk.givenBack()).containsExactly("p0");
            assertThat(Admission.admit(session, null)).isNull();
        }

        @Test
        void closeDoesNothingWithAnExchangeInFlight() {
            Admission admission = Admission.admit(session, null);
            Admission.clear(session);

            assertThat(session.close()).isFalse();

            assertThat(Admission.fill(session, null)).isNotNull();
            admission.close();
        }

        @Test
        void aProfileNamedNowIsTaken() {
            assertThat(Admission.admit(session, "other").generation().profile().name())
                    .isEqualTo("other");
        }
    }

    @Nested
    class Closed {

        Closed() {
            use();
            session.close();
        }

        @Test
        void admitAndFillAreRefused() {
            assertThat(Admission.admit(session, null)).isNull();
            assertThat(Admission.admit(session, "other")).isNull();
            assertThat(Admission.fill(session, null)).isNull();
            assertThat(desk.taken()).containsExactly("p0");
            assertThat(session.stats().inFlight()).isZero();
        }

        @Test
        void clearAndCloseDoNothing() {
            assertThat(Admission.clear(session)).isFalse();
            assertThat(session.close()).isTrue();
            assertThat(session.current()).isNull();
            assertThat(desk.givenBack()).containsExactly("p0");
        }
    }

    @Test
    void aNewSessionHasNoGenerationAndNoProfile() {
        assertThat(session.current()).isNull();
        assertThat(session.stats())
                .isEqualTo(new SessionStats(
                        key("anna"),
                        0,
                        "ACTIVE",
                        0,
                        0,
                        "",
                        0,
                        0,
                        0,
                        0,
                        0,
                        Duration.ZERO,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        null,
                        null,
                        START,
                        START));
        assertThat(desk.taken()).isEmpty();
    }

    @Test
    void aNamedProfileStaysWithTheSessionWhenItWasCleared() {
        Admission.admit(session, "fixed").close();
        Admission.clear(session);

        assertThat(use().profile().name()).isEqualTo("fixed");
    }

    @Test
    void aProfileThatWasTakenOutOfTheFileIsForgotten() {
        Admission.admit(session, "other").close();
        Admission.clear(session);
        desk.rotation.replace(TestSessions.profiles("p0", "p1"));

        assertThat(use().profile().name()).isEqualTo("p0");
    }

    @Test
    void anUnknownProfileLeavesTheSessionAsItWas() {
        assertThatThrownBy(() -> Admission.admit(session, "unknown")).isInstanceOf(IllegalArgumentException.class);

        assertThat(session.stats().inFlight()).isZero();
        assertThat(Admission.admit(session, "other").generation().profile().name())
                .isEqualTo("other");
    }

    @Test
    void anAdmissionEndsOnceHoweverOftenItIsClosed() {
        Admission first = Admission.admit(session, null);
        Admission second = Admission.admit(session, null);

        first.close();
        first.close();

        assertThat(session.stats().inFlight()).isEqualTo(1);
        assertThat(session.stats().uses()).isEqualTo(2);
        second.close();
        assertThat(session.stats().inFlight()).isZero();
    }

    @Test
    void admissionItsEndAndFillAreUsesAndReadingIsNone() {
        clock.tick();
        Admission admission = Admission.admit(session, null);
        assertThat(session.lastUsed()).isEqualTo(START.toEpochMilli() + 1);
        clock.tick();
        admission.close();
        assertThat(session.lastUsed()).isEqualTo(START.toEpochMilli() + 2);
        clock.tick();
        Admission.fill(session, null);
        assertThat(session.lastUsed()).isEqualTo(START.toEpochMilli() + 3);

        clock.tick();
        session.current();
        session.stats();
        Admission.clear(session);
        assertThat(session.lastUsed()).isEqualTo(START.toEpochMilli() + 3);
        assertThat(session.stats().created()).isEqualTo(START);
    }

    @Test
    void aClockSetBackDoesNotMakeASessionIdleLonger() {
        clock.tick();
        use();
        clock.back(1000);
        use();

        assertThat(session.lastUsed()).isEqualTo(START.toEpochMilli() + 1);
    }

    @Test
    void aGenerationIsShownAsSessionAndNumber() {
        use();
        Admission.clear(session);

        assertThat(use()).hasToString("anna#1");
        assertThat(use().session()).isEqualTo(key("anna"));
    }
}
