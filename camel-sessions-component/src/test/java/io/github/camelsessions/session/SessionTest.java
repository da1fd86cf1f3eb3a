/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import static io.github.camelsessions.session.TestSessions.START;
import static io.github.camelsessions.session.TestSessions.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.cookie.CookieJar;
import io.github.camelsessions.cookie.CookieLimits;
import io.github.camelsessions.session.TestSessions.Desk;
import io.github.camelsessions.session.TestSessions.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Sessions as exchanges that renew nothing use them; see SessionRenewalTest for the others. */
class SessionTest {

    private final FakeClock clock = new FakeClock();
    private final Desk desk = new Desk();
    private final Session session =
            new Session(key("anna"), desk, () -> new CookieJar(host -> host, clock, CookieLimits.DEFAULT), clock);

    private Generation use() {
        try (Admission admission = session.admit(null)) {
            return admission.generation();
        }
    }

    @Nested
    class Open {

        private final Generation opened = use();

        @Test
        void admitUsesTheCurrentGeneration() {
            assertThat(use()).isSameAs(opened).isSameAs(session.current());
            assertThat(desk.taken).containsExactly("p0");
        }

        @Test
        void fillGivesTheCurrentGenerationWithoutCountingAUse() {
            assertThat(session.fill(null)).isSameAs(opened);
            assertThat(session.stats().uses()).isEqualTo(1);
            assertThat(session.stats().inFlight()).isZero();
        }

        @Test
        void clearGivesTheProfileBackAndCountsTheGeneration() {
            assertThat(session.clear()).isTrue();

            assertThat(desk.givenBack).containsExactly("p0");
            assertThat(session.current()).isNull();
            assertThat(session.stats().generation()).isEqualTo(1);
            assertThat(session.stats().profile()).isEmpty();
        }

        @Test
        void clearLeavesExchangesInFlightTheirGeneration() {
            Admission admission = session.admit(null);

            assertThat(session.clear()).isTrue();

            assertThat(admission.generation()).isSameAs(opened);
            assertThat(session.stats().inFlight()).isEqualTo(1);
            admission.close();
            assertThat(session.stats().inFlight()).isZero();
        }

        @Test
        void closeGivesTheProfileBack() {
            assertThat(session.close()).isTrue();

            assertThat(desk.givenBack).containsExactly("p0");
            assertThat(session.admit(null)).isNull();
        }

        @Test
        void closeDoesNothingWithAnExchangeInFlight() {
            Admission admission = session.admit(null);

            assertThat(session.close()).isFalse();

            assertThat(desk.givenBack).isEmpty();
            assertThat(session.current()).isSameAs(opened);
            admission.close();
            assertThat(session.close()).isTrue();
        }

        @Test
        void aProfileNamedLaterDoesNotCount() {
            assertThat(session.admit("other").generation().profile().name()).isEqualTo("p0");
            assertThat(desk.taken).containsExactly("p0");
        }
    }

    @Nested
    class Cleared {

        private final Generation old = use();

        Cleared() {
            session.clear();
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
            Generation generation = session.fill(null);

            assertThat(generation.number()).isEqualTo(1);
            assertThat(generation.profile().name()).isEqualTo("p1");
            assertThat(use()).isSameAs(generation);
        }

        @Test
        void clearDoesNothing() {
            assertThat(session.clear()).isFalse();
            assertThat(session.stats().generation()).isEqualTo(1);
            assertThat(desk.givenBack).containsExactly("p0");
        }

        @Test
        void closeGivesNothingBackOnceMore() {
            assertThat(session.close()).isTrue();
            assertThat(desk.givenBack).containsExactly("p0");
            assertThat(session.admit(null)).isNull();
        }

        @Test
        void closeDoesNothingWithAnExchangeInFlight() {
            Admission admission = session.admit(null);
            session.clear();

            assertThat(session.close()).isFalse();

            assertThat(session.fill(null)).isNotNull();
            admission.close();
        }

        @Test
        void aProfileNamedNowIsTaken() {
            assertThat(session.admit("other").generation().profile().name()).isEqualTo("other");
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
            assertThat(session.admit(null)).isNull();
            assertThat(session.admit("other")).isNull();
            assertThat(session.fill(null)).isNull();
            assertThat(desk.taken).containsExactly("p0");
            assertThat(session.stats().inFlight()).isZero();
        }

        @Test
        void clearAndCloseDoNothing() {
            assertThat(session.clear()).isFalse();
            assertThat(session.close()).isTrue();
            assertThat(session.current()).isNull();
            assertThat(desk.givenBack).containsExactly("p0");
        }
    }

    @Test
    void aNewSessionHasNoGenerationAndNoProfile() {
        assertThat(session.current()).isNull();
        assertThat(session.stats())
                .isEqualTo(new SessionStats(
                        key("anna"),
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
                        null,
                        START,
                        START));
        assertThat(desk.taken).isEmpty();
    }

    @Test
    void aNamedProfileStaysWithTheSessionWhenItWasCleared() {
        session.admit("fixed").close();
        session.clear();

        assertThat(use().profile().name()).isEqualTo("fixed");
    }

    @Test
    void aProfileThatWasTakenOutOfTheFileIsForgotten() {
        session.admit("gone").close();
        session.clear();

        assertThat(use().profile().name()).isEqualTo("p1");
    }

    @Test
    void anUnknownProfileLeavesTheSessionAsItWas() {
        assertThatThrownBy(() -> session.admit("unknown")).isInstanceOf(IllegalArgumentException.class);

        assertThat(session.stats().inFlight()).isZero();
        assertThat(session.stats().uses()).isZero();
        assertThat(session.admit("right").generation().profile().name()).isEqualTo("right");
    }

    @Test
    void anAdmissionEndsOnceHoweverOftenItIsClosed() {
        Admission first = session.admit(null);
        Admission second = session.admit(null);

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
        Admission admission = session.admit(null);
        assertThat(session.lastUsed()).isEqualTo(START.toEpochMilli() + 1);
        clock.tick();
        admission.close();
        assertThat(session.lastUsed()).isEqualTo(START.toEpochMilli() + 2);
        clock.tick();
        session.fill(null);
        assertThat(session.lastUsed()).isEqualTo(START.toEpochMilli() + 3);

        clock.tick();
        session.current();
        session.stats();
        session.clear();
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
        session.clear();

        assertThat(use()).hasToString("anna#1");
        assertThat(use().session()).isEqualTo(key("anna"));
    }
}
