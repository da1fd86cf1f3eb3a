/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static io.github.camelsessions.internal.session.TestSessions.SITE;
import static io.github.camelsessions.internal.session.TestSessions.key;
import static io.github.camelsessions.internal.session.TestSessions.profile;
import static io.github.camelsessions.internal.session.TestSessions.profiles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.camelsessions.api.ProfileOrder;
import io.github.camelsessions.api.ProfileStats;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.internal.session.TestSessions.FakeClock;
import io.github.camelsessions.profile.ProfilesAsideException;
import io.github.camelsessions.profile.ProxyFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SessionRegistryTest {

    private final FakeClock clock = new FakeClock();
    private final SessionRegistry registry = new SessionRegistry(host -> host, clock, 3);

    /** One exchange, a millisecond long and a millisecond after the one before. */
    private Generation use(String id) {
        return use(id, null);
    }

    private Generation use(String id, String profile) {
        clock.tick();
        try (Admission admission = Admission.admit(registry, key(id), profile)) {
            clock.tick();
            return admission.generation();
        }
    }

    private void useAll(String... ids) {
        Stream.of(ids).forEach(this::use);
    }

    private Set<String> ids() {
        return registry.stats().map(stats -> stats.key().id()).collect(Collectors.toSet());
    }

    private String profileOf(String id) {
        return use(id).profile().name();
    }

    @Test
    void removedSessionsTakeNoRoomAndAreNotEvicted() {
        List<String> evicted = new ArrayList<>();
        registry.onEviction(session -> evicted.add(session.key().id()));
        for (int i = 0; i < 50; i++) {
            useAll("x" + i, "y" + i);
            assertThat(registry.remove(key("x" + i))).isNotNull();
            assertThat(registry.remove(key("x" + i))).isNull();
            assertThat(registry.remove(key("y" + i))).isNotNull();
        }

        useAll("anna", "ben", "carl", "dora");

        assertThat(evicted).containsExactly("anna");
        assertThat(ids()).containsExactlyInAnyOrder("ben", "carl", "dora");
        assertThat(registry.page(null, 0, 10)).hasSize(3);
    }

    @Test
    void aSessionThatWasRemovedAndMadeAgainIsInTheOrderOnce() {
        List<String> evicted = new ArrayList<>();
        registry.onEviction(session -> evicted.add(session.key().id()));
        useAll("anna", "ben", "carl");
        registry.remove(key("anna"));
        useAll("anna", "dora", "emil");

        assertThat(evicted).containsExactly("ben", "carl");
        assertThat(ids()).containsExactlyInAnyOrder("anna", "dora", "emil");
    }

    @Test
    void aSessionIsCreatedByItsFirstUseAndFoundByTheNext() {
        Generation generation = use("anna");

        assertThat(use("anna")).isSameAs(generation).isSameAs(registry.find(key("anna")));
        assertThat(registry.size()).isEqualTo(1);
        assertThat(registry.stats(key("anna")).uses()).isEqualTo(2);
    }

    @Test
    void theSameIdOnTwoSitesIsTwoSessions() {
        Admission.fill(registry, new SessionKey("portal", "anna")).receive(SITE, "a=portal");

        assertThat(Admission.fill(registry, new SessionKey("shop", "anna")).size())
                .isZero();
        assertThat(registry.size()).isEqualTo(2);
    }

    @Test
    void readingAndClearingCreateNothing() {
        assertThat(registry.find(key("anna"))).isNull();
        assertThat(registry.stats(key("anna"))).isNull();
        assertThat(registry.stats()).isEmpty();
        assertThat(Admission.clear(registry, key("anna"))).isFalse();
        registry.closeAll();

        assertThat(registry.size()).isZero();
    }

    @Test
    void fillCreatesASessionThatTheNextExchangeUses() {
        Admission.fill(registry, key("anna")).receive(SITE, "a=1");

        assertThat(use("anna").jar().header(SITE)).isEqualTo("a=1");
        assertThat(registry.stats(key("anna")).cookies()).isEqualTo(1);
    }

    @Nested
    class Pages {

        private final SessionRegistry many = new SessionRegistry(host -> host, clock, 100);
        private final Random random = new Random(1);

        private List<String> page(String site, long from, int limit) {
            return many.page(site, from, limit).stream()
                    .map(stats -> stats.key().toString())
                    .toList();
        }

        private void create(String... ids) {
            Stream.of(ids).forEach(id -> many.session(key(id)));
        }

        @Test
        void showTheSessionsAsTheyWereCreated() {
            create("c", "a", "b");

            assertThat(page(null, 0, 2)).containsExactly("c", "a");
            assertThat(page(null, 2, 2)).containsExactly("b");
            assertThat(page(null, 3, 2)).isEmpty();
        }

        @Test
        void ofOneSiteAreFullThoughOtherSitesHaveMore() {
            for (int i = 0; i < 99; i++) {
                many.session(new SessionKey(i % 33 == 32 ? "portal" : "shop", "s" + i));
            }

            assertThat(page("portal", 0, 2)).containsExactly("portal/s32", "portal/s65");
            assertThat(page("portal", 66, 2)).containsExactly("portal/s98");
            assertThat(page("none", 0, 2)).isEmpty();
        }

        @Test
        void showEachSessionOnceThatIsThereAllTheTimeWhileOthersComeAndGo() {
            // in use, so that they stay; the others are evicted in their turn
            List<String> staying = new ArrayList<>();
            List<Admission> uses = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                clock.tick();
                if (random.nextBoolean()) {
                    staying.add("stays" + i);
                    uses.add(Admission.admit(many, key("stays" + i), null));
                } else {
                    create("goes" + i);
                }
            }
            List<String> seen = new ArrayList<>();
            List<SessionStats> page = many.page(null, 0, 7);
            for (int round = 0; !page.isEmpty(); round++) {
                page.forEach(stats -> seen.add(stats.key().id()));
                clock.tick();
                if (round < 50) {
                    create("comes" + 3 * round, "comes" + (3 * round + 1), "comes" + (3 * round + 2));
                }
                page = many.page(null, page.get(page.size() - 1).number() + 1, 7);
            }

            assertThat(seen).doesNotHaveDuplicates();
            assertThat(seen.stream().filter(id -> id.startsWith("stays"))).containsExactlyElementsOf(staying);
            uses.forEach(Admission::close);
        }

        @Test
        void ofNothingAreEmptyAfterAllWereClosed() {
            create("a", "b");
            many.closeAll();

            assertThat(page(null, 0, 10)).isEmpty();
            create("c");
            assertThat(many.page(null, 0, 10))
                    .singleElement()
                    .satisfies(only -> assertThat(only.number()).isEqualTo(2));
        }
    }

    @Nested
    class Clearing {

        @Test
        void aLateResponseOfTheOldGenerationDoesNotReachTheNewJar() {
            Admission late = Admission.admit(registry, key("anna"), null);
            assertThat(Admission.clear(registry, key("anna"))).isTrue();
            Generation now = use("anna");

            late.generation().jar().receive(SITE, "sid=late");
            late.close();

            assertThat(now.jar().header(SITE)).isNull();
            assertThat(registry.find(key("anna"))).isSameAs(now);
            assertThat(now.number()).isEqualTo(1);
            assertThat(late.generation().number()).isZero();
        }

        @Test
        void theNumberCountsClearsThatHadSomethingToEmpty() {
            use("anna");
            assertThat(Admission.clear(registry, key("anna"))).isTrue();
            assertThat(Admission.clear(registry, key("anna"))).isFalse();
            assertThat(registry.stats(key("anna")).generation()).isEqualTo(1);
            use("anna");
            Admission.clear(registry, key("anna"));

            assertThat(use("anna").number()).isEqualTo(2);
        }

        @Test
        void aClearedSessionHasNoGenerationAndNoProfileUntilItIsUsed() {
            registry.setProfiles(profiles("a", "b"));
            use("anna");
            Admission.clear(registry, key("anna"));

            assertThat(registry.find(key("anna"))).isNull();
            assertThat(registry.stats(key("anna")).profile()).isEmpty();
            assertThat(registry.size()).isEqualTo(1);
            assertThat(profileOf("anna")).isEqualTo("b");
        }
    }

    @Nested
    class Evicting {

        @Test
        void theSessionIdleLongestMakesRoom() {
            useAll("a", "b", "c", "d");
            assertThat(ids()).containsExactlyInAnyOrder("b", "c", "d");

            use("e");
            assertThat(ids()).containsExactlyInAnyOrder("c", "d", "e");
        }

        @Test
        void aSessionUsedAgainIsEvictedInItsNewPlace() {
            useAll("a", "b", "c", "a", "b");

            use("d");
            assertThat(ids()).containsExactlyInAnyOrder("a", "b", "d");
            use("e");
            assertThat(ids()).containsExactlyInAnyOrder("b", "d", "e");
        }

        @Test
        void fillingIsAUse() {
            useAll("a", "b", "c");
            clock.tick();
            Admission.fill(registry, key("a"));

            use("d");
            assertThat(ids()).containsExactlyInAnyOrder("a", "c", "d");
        }

        @Test
        void theEndOfAnExchangeIsAUse() {
            clock.tick();
            Admission slow = Admission.admit(registry, key("a"), null);
            useAll("b", "c");
            clock.tick();
            slow.close();

            use("d");
            assertThat(ids()).containsExactlyInAnyOrder("a", "c", "d");
        }

        @Test
        void aSessionWithAnExchangeInFlightIsNeverEvicted() {
            Admission slow = Admission.admit(registry, key("a"), null);
            useAll("b", "c", "d", "e", "f");

            assertThat(ids()).containsExactlyInAnyOrder("a", "e", "f");
            slow.close();
            useAll("g", "h", "i");
            assertThat(ids()).containsExactlyInAnyOrder("g", "h", "i");
        }

        @Test
        void aNewSessionIsRefusedWhenAllOthersHaveExchangesInFlight() {
            List<Admission> admissions = Stream.of("a", "b", "c")
                    .map(id -> Admission.admit(registry, key(id), null))
                    .toList();

            assertThatThrownBy(() -> Admission.admit(registry, new SessionKey("portal", "d"), null))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("session 'portal/d': no room, each of the 3 sessions has an exchange in flight or held,"
                            + " or is in a cool-down; raise the component option maxSessions (now 3)");
            assertThatThrownBy(() -> Admission.fill(registry, key("d"))).isInstanceOf(IllegalStateException.class);

            assertThat(ids()).containsExactlyInAnyOrder("a", "b", "c");
            admissions.get(1).close();
            use("d");
            assertThat(ids()).containsExactlyInAnyOrder("a", "c", "d");
        }

        @Test
        void sessionsThatExistNeedNoRoom() {
            List<Admission> admissions = Stream.of("a", "b", "c", "a")
                    .map(id -> Admission.admit(registry, key(id), null))
                    .toList();

            assertThat(admissions.get(3).generation())
                    .isSameAs(admissions.get(0).generation());
        }

        @Test
        void anEvictedSessionStartsAnew() {
            Generation first = use("a");
            first.jar().receive(SITE, "sid=1");
            Admission.clear(registry, key("a"));
            use("a").jar().receive(SITE, "sid=2");
            useAll("b", "c", "d");
            assertThat(registry.find(key("a"))).isNull();

            Generation again = use("a");
            assertThat(again.number()).isZero();
            assertThat(again.jar().size()).isZero();
            assertThat(again).isNotSameAs(first);
        }

        @Test
        void aLoweredLimitHoldsFromTheNextNewSession() {
            useAll("a", "b", "c");
            registry.setMaxSessions(2);
            use("a");
            assertThat(ids()).containsExactlyInAnyOrder("a", "b", "c");

            use("d");
            assertThat(ids()).containsExactlyInAnyOrder("a", "d");
        }

        @Test
        void aLoweredLimitDoesNotEvictSessionsInFlight() {
            Admission a = Admission.admit(registry, key("a"), null);
            Admission b = Admission.admit(registry, key("b"), null);
            use("c");
            registry.setMaxSessions(2);

            assertThatThrownBy(() -> use("d"))
                    .hasMessageContaining("each of the 2 sessions")
                    .hasMessageContaining("maxSessions (now 2)");

            assertThat(ids()).containsExactlyInAnyOrder("a", "b");
            a.close();
            b.close();
        }

        @Test
        void aRaisedLimitMakesRoom() {
            useAll("a", "b", "c");
            registry.setMaxSessions(4);
            use("d");

            assertThat(ids()).containsExactlyInAnyOrder("a", "b", "c", "d");
        }

        @Test
        void aLimitBelowOneIsRefused() {
            assertThatThrownBy(() -> registry.setMaxSessions(0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("maxSessions=0: must be at least 1");
            useAll("a", "b", "c");
            assertThat(registry.size()).isEqualTo(3);
        }

        private RenewalToken renewing(String id) {
            clock.tick();
            return registry.session(key(id))
                    .renew(TestGates.passage(), null, null)
                    .renewal();
        }

        private void renew(String id) {
            RenewalToken token = renewing(id);
            registry.session(key(id)).succeeded(token);
        }

        private void failToRenew(String id) {
            RenewalToken token = renewing(id);
            registry.session(key(id)).failed(token, false, new IllegalStateException("log-in"));
        }

        @Test
        void sessionsThatWereNeverRenewedMakeRoomFirst() {
            renew("a");
            useAll("b", "c", "d");
            assertThat(ids()).containsExactlyInAnyOrder("a", "c", "d");
            renew("c");
            useAll("d", "e");
            assertThat(ids()).containsExactlyInAnyOrder("a", "c", "e");
        }

        @Test
        void ofThoseThatWereRenewedTheOneIdleLongestMakesRoom() {
            renew("a");
            renew("b");
            renew("c");
            use("a");
            use("d");
            assertThat(ids()).containsExactlyInAnyOrder("a", "c", "d");
            renew("d");
            use("e");
            assertThat(ids()).containsExactlyInAnyOrder("a", "d", "e");
        }

        @Test
        void aRenewalThatFailedDoesNotCount() {
            failToRenew("a");
            registry.session(key("a")).endCooldown();
            renew("b");
            useAll("c", "d");
            assertThat(ids()).containsExactlyInAnyOrder("b", "c", "d");
        }

        @Test
        void aSessionThatIsRenewedOrHoldsOrCoolsDownIsNeverEvicted() {
            renewing("renewing");
            failToRenew("cooling");
            RenewalToken token = renewing("holding");
            Session holding = registry.session(key("holding"));
            Passage held = TestGates.passage();
            holding.admit(held, false, null);
            holding.succeeded(token);

            assertThatThrownBy(() -> use("d")).isInstanceOf(IllegalStateException.class);

            holding.left(held);
            use("d");
            assertThat(ids()).containsExactlyInAnyOrder("renewing", "cooling", "d");
        }

        private @Nullable Instant retryAt(String id) {
            return registry.session(key(id)).stats().retryAt();
        }

        @Test
        void aSessionThatIsRemovedAndComesAgainCoolsDownOn() {
            failToRenew("a");
            Instant retryAt = retryAt("a");
            assertThat(retryAt).isNotNull();

            registry.remove(key("a"));
            assertThat(retryAt("a")).isEqualTo(retryAt);
            registry.remove(key("a"));
            assertThat(retryAt("a")).as("however often").isEqualTo(retryAt);

            use("b");
            assertThat(retryAt("b")).as("that of another name").isNull();
        }

        @Test
        void aCooldownThatIsOverOrEndedIsNotKept() {
            failToRenew("a");
            registry.session(key("a")).endCooldown();
            registry.remove(key("a"));
            assertThat(retryAt("a")).as("ended before").isNull();

            failToRenew("b");
            registry.remove(key("b"));
            registry.endCooldown(key("b"));
            assertThat(retryAt("b")).as("ended while there was no session").isNull();

            failToRenew("c");
            registry.remove(key("c"));
            clock.advance(TestGates.COOLDOWN);
            assertThat(renewing("c")).as("it is over").isNotNull();
        }

        @Test
        void aSessionIsNamedOnceAndLookingForItMakesNone() {
            assertThat(registry.existing(key("a"))).isNull();
            assertThat(registry.size()).isZero();
            Session session = registry.session(key("a"));
            assertThat(registry.session(key("a"))).isSameAs(session).isSameAs(registry.existing(key("a")));
            assertThat(session.key()).isEqualTo(key("a"));
        }

        @Test
        void theOrderIsExactHoweverSessionsAreUsed() {
            for (long seed = 1; seed <= 50; seed++) {
                new Model(seed).compare(300);
            }
        }
    }

    /** A registry beside a list of ids in the order of their last use, which is what eviction must follow. */
    private static final class Model {

        private static final int LIMIT = 5;

        private final long seed;
        private final Random random;
        private final FakeClock clock = new FakeClock();
        private final SessionRegistry registry = new SessionRegistry(host -> host, clock, LIMIT);
        private final Set<String> byLastUse = new LinkedHashSet<>();
        private final List<Admission> open = new ArrayList<>();

        Model(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void compare(int steps) {
            for (int step = 0; step < steps; step++) {
                clock.tick();
                if (!open.isEmpty() && random.nextInt(3) > 0) {
                    Admission done = open.remove(random.nextInt(open.size()));
                    done.close();
                    used(done.generation().session().id());
                } else {
                    admit("s" + random.nextInt(10));
                }
                assertThat(registry.stats().map(stats -> stats.key().id()))
                        .as("seed %d, step %d", seed, step)
                        .containsExactlyInAnyOrderElementsOf(byLastUse);
            }
        }

        private void admit(String id) {
            if (!byLastUse.contains(id) && byLastUse.size() == LIMIT) {
                String evicted =
                        byLastUse.stream().filter(this::isIdle).findFirst().orElse(null);
                if (evicted == null) {
                    assertThatThrownBy(() -> Admission.admit(registry, key(id), null))
                            .isInstanceOf(IllegalStateException.class);
                    return;
                }
                byLastUse.remove(evicted);
            }
            open.add(Admission.admit(registry, key(id), null));
            used(id);
        }

        private boolean isIdle(String id) {
            return open.stream()
                    .noneMatch(
                            admission -> admission.generation().session().id().equals(id));
        }

        private void used(String id) {
            byLastUse.remove(id);
            byLastUse.add(id);
        }
    }

    @Nested
    class Profiles {

        @Test
        void sessionsTakeThemInTurn() {
            registry.setProfiles(profiles("a", "b"));

            assertThat(List.of(profileOf("1"), profileOf("2"), profileOf("1"), profileOf("3")))
                    .containsExactly("a", "b", "a", "a");
        }

        @Test
        void withoutProfilesASessionHasNone() {
            assertThat(profileOf("1")).isEmpty();
            assertThat(registry.stats(key("1")).profile()).isEmpty();
        }

        @Test
        void aSessionTakesTheOneThatIsNamed() {
            registry.setProfiles(profiles("a", "b", "c"));

            assertThat(use("1", "b").profile().name()).isEqualTo("b");
            assertThat(profileOf("2")).isEqualTo("a");
            assertThat(profileOf("3")).isEqualTo("c");
            assertThat(registry.stats(key("1")).profile()).isEqualTo("b");
        }

        @Test
        void anUnknownNameIsRefusedWithTheNearest() {
            registry.setProfiles(profiles("berlin", "paris"));

            assertThatThrownBy(() -> use("1", "berlim"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("profile 'berlim' is unknown: did you mean berlin?");
            assertThatThrownBy(() -> registry.requireProfile("pariss"))
                    .hasMessage("profile 'pariss' is unknown: did you mean paris?");
            assertThatThrownBy(() -> registry.requireProfile("tokyo-2"))
                    .hasMessage("profile 'tokyo-2' is unknown: must be one of [berlin, paris]");
            registry.requireProfile("paris");
        }

        @Test
        void aNameWithoutProfilesIsRefusedWithTheOptionToSet() {
            assertThatThrownBy(() -> registry.requireProfile("berlin"))
                    .hasMessage("profile 'berlin' is unknown: no profiles are loaded,"
                            + " set the component option profiles");
        }

        @Test
        void afterAnUnknownNameTheSessionTakesARightOne() {
            registry.setProfiles(profiles("berlin", "paris"));
            assertThatThrownBy(() -> use("1", "berlim")).isInstanceOf(IllegalArgumentException.class);

            assertThat(profileOf("1")).isEqualTo("berlin");
            assertThat(registry.stats(key("1")).inFlight()).isZero();
            assertThat(use("2", "paris").profile().name()).isEqualTo("paris");
        }

        @Test
        void aClearedSessionGivesItsOwnBackAndTakesTheNext() {
            registry.setProfiles(profiles("a", "b", "c"));
            use("1");
            Admission.clear(registry, key("1"));

            assertThat(profileOf("1")).isEqualTo("b");
            assertThat(profileOf("2")).isEqualTo("c");
            assertThat(profileOf("3")).isEqualTo("a");
        }

        @Test
        void anEvictedSessionGivesItsOwnBack() {
            registry.setProfiles(profiles("a", "b", "c", "d"));
            useAll("1", "2", "3"); // a, b, c
            assertThat(profileOf("4")).isEqualTo("d"); // evicts 1: a is free

            assertThat(profileOf("5")).isEqualTo("a"); // evicts 2: b is free
            assertThat(profileOf("6")).isEqualTo("b");
            assertThat(registry.size()).isEqualTo(3);
        }

        @Test
        void anUnchangedListKeepsTheRotation() {
            registry.setProfiles(profiles("a", "b", "c"));
            use("1");
            registry.setProfiles(profiles("a", "b", "c"));

            assertThat(profileOf("2")).isEqualTo("b");
        }

        /** A renewal that takes a profile before anything else happens to it. */
        private String renew(String id, String profile) {
            Session session = registry.session(key(id));
            RenewalToken token = session.renew(TestGates.passage(), null, null).renewal();
            session.equip(token.pending(), token, profile, false);
            session.succeeded(token);
            return session.current().profile().name();
        }

        @Test
        void aRenewalTakesTheNextInExchange() {
            registry.setProfiles(profiles("a", "b", "c"));
            use("1");
            assertThat(renew("1", null)).isEqualTo("b");
            assertThat(renew("1", null)).isEqualTo("c");
            assertThat(renew("1", null)).isEqualTo("a");
            assertThat(List.of(profileOf("2"), profileOf("3"))).containsExactly("b", "c");
        }

        @Test
        void aRenewalThatTakesANamedOneGivesItsOwnBack() {
            registry.setProfiles(profiles("a", "b", "c"));
            use("1");
            assertThat(renew("1", "c")).isEqualTo("c");
            assertThat(List.of(profileOf("2"), profileOf("3"))).containsExactly("b", "a");
        }

        @Test
        void aRenewalTakesTheNextOfAChangedList() {
            registry.setProfiles(profiles("a", "b"));
            use("1");
            registry.setProfiles(profiles("a", "x"));
            assertThat(renew("1", null)).as("a is in use").isEqualTo("x");
            assertThat(renew("1", null)).isEqualTo("a");
            assertThat(profileOf("2")).isEqualTo("x");
        }

        @Test
        void aRenewalWithAnUnknownNameKeepsWhatTheSessionHas() {
            registry.setProfiles(profiles("a", "b"));
            use("1");
            Session session = registry.session(key("1"));
            RenewalToken token = session.renew(TestGates.passage(), null, null).renewal();
            assertThatThrownBy(() -> session.equip(token.pending(), token, "c", false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'c' is unknown");
            assertThat(List.of(profileOf("2"), profileOf("3")))
                    .as("a is in use")
                    .containsExactly("b", "a");
        }

        @Test
        void aNamedOneThatIsStillInTheListIsTakenAgainAfterAClear() {
            registry.setProfiles(profiles("a", "b", "c"));
            use("1", "b");
            Admission.clear(registry, key("1"));
            assertThat(profileOf("1")).isEqualTo("b");
            registry.setProfiles(profiles("x", "y"));
            Admission.clear(registry, key("1"));
            assertThat(profileOf("1")).isEqualTo("x");
        }

        @Test
        void aChangedListHoldsForSessionsThatTakeOneFromNowOn() {
            registry.setProfiles(profiles("a", "b"));
            use("1");
            registry.setProfiles(profiles("x", "y"));

            assertThat(profileOf("1")).isEqualTo("a");
            assertThat(profileOf("2")).isEqualTo("x");
            Admission.clear(registry, key("1"));
            assertThat(profileOf("1")).isEqualTo("y");
        }

        @Test
        void aProfileThatIsInTheNewListTooKeepsItsUsers() {
            registry.setMaxSessions(10);
            registry.setProfiles(profiles("a", "b"));
            use("old"); // a
            registry.setProfiles(profiles("c", "a"));
            assertThat(profileOf("1")).isEqualTo("c");
            assertThat(profileOf("2")).as("assigned longest ago").isEqualTo("a");

            Admission.clear(registry, key("old"));

            // session 2 still uses a: the next one to share is c, assigned longest ago
            assertThat(profileOf("3")).isEqualTo("c");
        }

        @Test
        void aProfileThatIsPutAsideIsTakenNoMoreUntilItsTimeIsOver() {
            registry.setMaxSessions(10);
            registry.setProfiles(profiles("a", "b"));
            registry.setRotation(ProfileOrder.sequential, Duration.ofMinutes(1));
            ProxyFailedException failure = new ProxyFailedException(profile("a"), "cannot be reached", null, false);
            Instant until = registry.putAside(failure);
            assertThat(until).isEqualTo(clock.instant().plus(Duration.ofMinutes(1)));
            assertThat(registry.putAside(failure)).as("told once").isNull();
            assertThat(List.of(profileOf("1"), profileOf("2"))).containsExactly("b", "b");
            use("3", "a");
            assertThat(registry.find(key("3")).profile().name()).as("named").isEqualTo("a");
            assertThat(registry.profiles())
                    .containsExactly(new ProfileStats("a", 1, 1, until), new ProfileStats("b", 2, 2, null));

            clock.back(-Duration.ofMinutes(1).toMillis());
            assertThat(List.of(profileOf("4"), profileOf("5"))).containsExactly("b", "a");
            assertThat(registry.profiles().get(0).asideUntil()).isNull();
        }

        @Test
        void aSessionThatFindsAllPutAsideFailsUntilTheFirstReturns() {
            registry.setProfiles(profiles("a"));
            use("1");
            Instant until = registry.putAside(new ProxyFailedException(profile("a"), "cannot be reached", null, false));
            Session session = registry.session(key("1"));
            RenewalToken token = session.renew(TestGates.passage(), null, null).renewal();
            Throwable none = catchThrowable(() -> session.equip(token.pending(), token, null, false));
            assertThat(none).isInstanceOf(ProfilesAsideException.class);
            assertThat(registry.profiles()).as("kept").containsExactly(new ProfileStats("a", 1, 1, until));

            session.failed(token, false, new IllegalStateException("log-in", none));

            assertThat(session.stats().retryAt()).isEqualTo(until);
            clock.back(-Duration.ofMinutes(5).toMillis());
            assertThat(renew("1", null)).isEqualTo("a");
        }

        @Test
        void emptyingTheListLeavesNewSessionsWithout() {
            registry.setProfiles(profiles("a"));
            registry.setProfiles(List.of());

            assertThat(profileOf("1")).isEmpty();
        }
    }

    @Nested
    class Closing {

        @Test
        void allSessionsGoAndTheirProfilesAreFree() {
            registry.setProfiles(profiles("a", "b", "c"));
            useAll("1", "2");
            Admission.clear(registry, key("2"));
            use("3");

            registry.closeAll();

            assertThat(registry.size()).isZero();
            assertThat(registry.find(key("1"))).isNull();
            assertEveryProfileIsFree(registry, 3);
        }

        @Test
        void anExchangeInFlightKeepsItsGenerationAndEndsInPeace() {
            registry.setProfiles(profiles("a", "b"));
            use("idle");
            Admission slow = Admission.admit(registry, key("slow"), null);
            Session stopped = registry.existing(key("slow"));

            registry.closeAll();

            assertThat(registry.size()).isZero();
            assertThat(slow.generation().profile().name()).isEqualTo("b");
            assertThat(stopped.stats().inFlight()).isEqualTo(1);
            slow.close();
            assertThat(stopped.stats().inFlight()).isZero();
            assertThat(stopped.stats().state()).isEqualTo("CLOSED");
            assertEveryProfileIsFree(registry, 2);
        }

        @Test
        void whoWaitsInASessionIsReleased() {
            use("idle");
            Session session = registry.session(key("a"));
            RenewalToken token = session.renew(TestGates.passage(), null, null).renewal();
            Passage held = TestGates.passage();
            session.admit(held, false, null);

            assertThat(registry.closeAll()).hasSize(2).allMatch(Verdict::release);

            assertThat(token.state()).isEqualTo(RenewalToken.State.REVOKED);
            assertThat(session.admit(held, true, null).action()).isEqualTo(Verdict.Action.LOOK_UP);
        }

        @Test
        void theRegistryIsUsableAfterwards() {
            use("a");
            registry.closeAll();

            assertThat(use("a").number()).isZero();
            assertThat(registry.stats(key("a")).uses()).isEqualTo(1);
        }

        @Test
        void anAdmissionClosedTwiceDoesNotEndAnother() {
            Admission first = Admission.admit(registry, key("a"), null);
            Admission second = Admission.admit(registry, key("a"), null);
            first.close();
            first.close();

            assertThat(registry.stats(key("a")).inFlight()).isEqualTo(1);
            second.close();
        }
    }

    /**
     * Takes all profiles and gives them back in the opposite order, in which they must come again. One that a session
     * still held would stay behind those that are free.
     */
    static void assertEveryProfileIsFree(SessionRegistry registry, int count) {
        registry.setMaxSessions(2 * count);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            try (Admission admission = Admission.admit(registry, key("taking-" + i), null)) {
                names.add(admission.generation().profile().name());
            }
        }
        assertThat(names).doesNotHaveDuplicates();
        for (int i = count - 1; i >= 0; i--) {
            Admission.clear(registry, key("taking-" + i));
        }
        for (int i = count - 1; i >= 0; i--) {
            try (Admission admission = Admission.admit(registry, key("again-" + i), null)) {
                assertThat(admission.generation().profile().name()).isEqualTo(names.get(i));
            }
        }
    }
}
