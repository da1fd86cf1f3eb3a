/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.camelsessions.api.ProfileOrder;
import io.github.camelsessions.api.ProfileStats;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ProfileRotationTest {

    private static final ClientProfile A = profile("a");
    private static final ClientProfile B = profile("b");
    private static final ClientProfile C = profile("c");

    private final ProfileRotation rotation = rotation(List.of(A, B, C));

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration COOLDOWN = Duration.ofMinutes(5);
    private static final Instant RETURN = START.plus(COOLDOWN);
    private static final Throwable FAILURE = new IOException("refused");

    private Instant now = START;
    private Duration shift = Duration.ZERO; // of the wall clock
    private IntUnaryOperator chance = bound -> 0;
    private final ProfileRotation timed =
            new ProfileRotation(() -> now.plus(shift), () -> now.toEpochMilli(), bound -> chance.applyAsInt(bound));

    @BeforeEach
    void fill() {
        timed.replace(List.of(A, B, C));
    }

    @Test
    void everyProfileIsUsedBeforeAnyRepeats() {
        assertThat(take(3)).containsExactly("a", "b", "c");
    }

    @Test
    void everyProfileIsUsedBeforeOneGivenBackRepeats() {
        rotation.giveBack(rotation.next(ClientProfile.NONE));

        assertThat(take(3)).containsExactly("b", "c", "a");
    }

    @Test
    void profilesAreTakenInTheOrderInWhichTheyWereGivenBack() {
        take(3);
        rotation.giveBack(C);
        rotation.giveBack(A);
        rotation.giveBack(B);

        assertThat(take(3)).containsExactly("c", "a", "b");
    }

    @Test
    void withoutFreeProfilesTheOneAssignedLongestAgoIsShared() {
        assertThat(take(7)).containsExactly("a", "b", "c", "a", "b", "c", "a");
    }

    @Test
    void aFreeProfileIsPreferredToASharedOne() {
        take(3);
        rotation.giveBack(C);

        assertThat(take(2)).containsExactly("c", "a");
    }

    @Test
    void aNewAssignmentCountsForTheOrderOfSharing() {
        take(3);
        rotation.giveBack(A);

        assertThat(take(4)).containsExactly("a", "b", "c", "a");
    }

    @Test
    void aSharedProfileIsFreeOnlyWhenItsLastUserGaveItBack() {
        take(4);
        rotation.giveBack(A);
        assertThat(rotation).hasToString("ProfileRotation[b=1, c=1, a=1]");

        rotation.giveBack(A);
        assertThat(rotation).hasToString("ProfileRotation[a=0, b=1, c=1]");
        assertThat(take(2)).containsExactly("a", "b");
    }

    @Test
    void givingBackMoreOftenThanTakingChangesNothing() {
        take(1);
        rotation.giveBack(A);
        rotation.giveBack(A);
        rotation.giveBack(B);
        rotation.giveBack(B);

        assertThat(rotation).hasToString("ProfileRotation[b=0, c=0, a=0]");
        assertThat(take(4)).containsExactly("b", "c", "a", "b");
    }

    @Test
    void givingBackNoneOrAnUnknownProfileChangesNothing() {
        take(1);
        rotation.giveBack(ClientProfile.NONE);
        rotation.giveBack(profile("d"));
        rotation.giveBack(new ClientProfile("a", null, "another of this name", Map.of(), Map.of()));

        assertThat(rotation).hasToString("ProfileRotation[b=0, c=0, a=1]");
    }

    @Test
    void withoutProfilesEverySessionGetsNone() {
        ProfileRotation empty = rotation(List.of());

        assertThat(empty.next(ClientProfile.NONE)).isSameAs(ClientProfile.NONE);
        assertThat(empty.next(ClientProfile.NONE)).isSameAs(ClientProfile.NONE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> empty.take("a"))
                .withMessageContaining("no profiles are loaded");
        empty.giveBack(ClientProfile.NONE);
        assertThat(empty.profiles()).isEmpty();
    }

    @Test
    void aProfileIsFoundByItsNameWithoutBeingTaken() {
        assertThat(rotation.byName("b")).isSameAs(B);
        assertThat(rotation.byName("")).isNull();
        assertThat(rotation.byName("d")).isNull();
        assertThat(rotation).hasToString("ProfileRotation[a=0, b=0, c=0]");
    }

    @Test
    void aProfileTakenByItsNameLeavesTheOrder() {
        assertThat(rotation.take("b")).isSameAs(B);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rotation.take("d"))
                .withMessageContaining("must be one of");

        assertThat(take(3)).containsExactly("a", "c", "b");
        rotation.giveBack(B);
        assertThat(rotation).hasToString("ProfileRotation[a=1, c=1, b=1]");
    }

    @Test
    void aRenewalTakesTheNextProfile() {
        ClientProfile first = rotation.next(ClientProfile.NONE);
        ClientProfile second = rotation.next(first);
        ClientProfile third = rotation.next(second);

        assertThat(List.of(first, second, third, rotation.next(third))).containsExactly(A, B, C, A);
        assertThat(rotation).hasToString("ProfileRotation[b=0, c=0, a=1]");
    }

    @Test
    void aRenewalDoesNotGetTheSharedProfileThatItGaveBack() {
        take(6);

        assertThat(rotation.next(A)).isEqualTo(B);
        assertThat(rotation).hasToString("ProfileRotation[a=1, c=2, b=3]");
        assertThat(rotation.next(C)).isEqualTo(A);
    }

    @Test
    void aRenewalKeepsItsProfileRatherThanSharingAnother() {
        take(3);

        assertThat(rotation.next(B)).isEqualTo(B);
        assertThat(rotation).hasToString("ProfileRotation[a=1, c=1, b=1]");
    }

    @Test
    void aRenewalKeepsTheOnlyProfileThereIs() {
        ProfileRotation single = rotation(List.of(A));
        single.next(ClientProfile.NONE);
        single.next(ClientProfile.NONE);

        assertThat(single.next(A)).isEqualTo(A);
        assertThat(single).hasToString("ProfileRotation[a=2]");
    }

    @Test
    void aRenewalOfASessionWithoutProfileTakesOne() {
        assertThat(rotation.next(ClientProfile.NONE)).isEqualTo(A);
    }

    @Test
    void theProfilesAreListedInTheirOrderAndCannotBeChanged() {
        assertThat(rotation.profiles()).containsExactly(A, B, C);
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> rotation.profiles().clear());
    }

    @Test
    void aProfilePutAsideIsNotTakenUntilItsTimeIsOver() {
        assertThat(timed.putAside(A, FAILURE)).isEqualTo(RETURN);
        assertThat(timed.isAside(A)).isTrue();
        assertThat(takeOf(timed, 3)).containsExactly("b", "c", "b");

        now = RETURN;
        assertThat(timed.isAside(A)).isFalse();
        assertThat(takeOf(timed, 2)).as("free").containsExactly("a", "c");
    }

    @Test
    void aWallClockThatIsSetEndsNothing() {
        assertThat(timed.putAside(A, FAILURE)).isEqualTo(RETURN);
        shift = COOLDOWN.multipliedBy(2);
        assertThat(timed.isAside(A)).isTrue();

        shift = COOLDOWN.negated();
        now = RETURN;
        assertThat(timed.isAside(A)).isFalse();
    }

    @Test
    void itIsPutAsideOnceForAllThatSeeTheFailure() {
        timed.putAside(A, FAILURE);
        now = now.plusSeconds(1);
        assertThat(timed.putAside(A, FAILURE)).isNull();
        assertThat(timed.putAside(profile("d"), FAILURE)).as("unknown").isNull();
        assertThat(timed.stats())
                .containsExactly(
                        new ProfileStats("a", 0, 0, RETURN),
                        new ProfileStats("b", 0, 0, null),
                        new ProfileStats("c", 0, 0, null));
        now = RETURN;
        assertThat(timed.putAside(A, FAILURE)).as("again").isEqualTo(now.plus(COOLDOWN));
    }

    @Test
    void oneInUseGoesBackBehindThoseInUse() {
        takeOf(timed, 3);
        timed.putAside(A, FAILURE);
        assertThat(takeOf(timed, 2)).containsExactly("b", "c");
        assertThat(timed).hasToString("ProfileRotation[b=2, c=2, a=1 until " + RETURN + "]");
        now = RETURN;
        assertThat(timed).hasToString("ProfileRotation[b=2, c=2, a=1]");
    }

    @Test
    void oneThatIsGivenBackWhileItIsAsideIsFreeAfterwards() {
        takeOf(timed, 3);
        timed.putAside(A, FAILURE);
        assertThat(timed.next(A)).as("the next is shared").isEqualTo(B);
        assertThat(timed).hasToString("ProfileRotation[c=1, b=2, a=0 until " + RETURN + "]");
        now = RETURN;
        assertThat(takeOf(timed, 1)).containsExactly("a");
    }

    @Test
    void oneThatIsAsideCanBeTakenByItsNameAndStaysThere() {
        timed.putAside(A, FAILURE);
        assertThat(timed.take("a")).isSameAs(A);
        assertThat(takeOf(timed, 3)).containsExactly("b", "c", "b");
        timed.giveBack(A);
        assertThat(timed.stats().get(0)).isEqualTo(new ProfileStats("a", 0, 1, RETURN));
    }

    @Test
    void whenAllArePutAsideNothingIsTakenAndItSaysUntilWhen() {
        takeOf(timed, 1);
        timed.putAside(B, FAILURE);
        now = now.plusSeconds(1);
        timed.putAside(A, FAILURE);
        timed.putAside(C, FAILURE);
        assertThatExceptionOfType(ProfilesAsideException.class)
                .isThrownBy(() -> timed.next(A))
                .withMessage("all 3 client profiles are put aside, because their proxies have failed; the first is free"
                        + " again at 2026-01-01T00:05:00Z: mend the proxies, or add profiles that have others"
                        + " (latest failure: refused)")
                .withCause(FAILURE)
                .satisfies(e -> assertThat(e.freeAt()).isEqualTo(RETURN))
                .satisfies(e -> assertThat(ProfilesAsideException.freeAt(new IllegalStateException(e)))
                        .isEqualTo(RETURN));
        assertThatExceptionOfType(ProfilesAsideException.class).isThrownBy(() -> timed.next(ClientProfile.NONE));
        assertThat(timed.stats().get(0).users()).as("kept").isEqualTo(1);
        assertThat(ProfilesAsideException.freeAt(FAILURE)).isNull();

        now = RETURN;
        assertThat(timed.next(A)).isEqualTo(B);
    }

    @Test
    void theOnlyOneIsNotTakenWhenItIsPutAside() {
        timed.replace(List.of(A));
        timed.putAside(A, FAILURE);
        assertThatExceptionOfType(ProfilesAsideException.class)
                .isThrownBy(() -> timed.next(ClientProfile.NONE))
                .withMessageStartingWith("the only client profile is put aside");
    }

    @Test
    void atRandomAnyFreeOneIsTaken() {
        timed.configure(ProfileOrder.random, COOLDOWN);
        chance = bound -> bound - 1;
        assertThat(takeOf(timed, 2)).containsExactly("c", "b");
        timed.giveBack(C);
        assertThat(takeOf(timed, 2)).containsExactlyInAnyOrder("a", "c");
        assertThat(timed.next(ClientProfile.NONE)).as("any that is shared").isIn(A, B, C);
    }

    @Test
    void atRandomARenewalGetsAnotherOne() {
        timed.configure(ProfileOrder.random, COOLDOWN);
        chance = new Random(3)::nextInt;
        for (int i = 0; i < 100; i++) {
            ClientProfile first = timed.next(ClientProfile.NONE);
            ClientProfile next = timed.next(first);
            assertThat(next).isNotEqualTo(first);
            timed.giveBack(next);
        }
        takeOf(timed, 3);
        timed.take("a");
        for (int i = 0; i < 100; i++) {
            ClientProfile next = timed.next(A);
            assertThat(next).as("a is shared").isNotEqualTo(A);
            timed.giveBack(next);
            timed.take("a");
        }
    }

    @Test
    void atRandomEachIsTakenAboutAsOften() {
        timed.configure(ProfileOrder.random, COOLDOWN);
        chance = new Random(7)::nextInt;
        for (int i = 0; i < 3_000; i++) {
            timed.giveBack(timed.next(ClientProfile.NONE));
        }
        assertThat(timed.stats()).allSatisfy(stats -> assertThat(stats.taken()).isBetween(900L, 1_100L));
    }

    @Test
    void theLeastUsedIsTheOneThatWasTakenFewestTimes() {
        timed.configure(ProfileOrder.leastUsed, COOLDOWN);
        for (int i = 0; i < 3; i++) {
            timed.take("a");
            timed.giveBack(A);
        }
        timed.take("b");
        timed.giveBack(B);
        assertThat(takeOf(timed, 3)).containsExactly("c", "b", "a");
    }

    @Test
    void ofThoseInUseTheLeastUsedHasTheFewestUsers() {
        timed.configure(ProfileOrder.leastUsed, COOLDOWN);
        takeOf(timed, 3);
        timed.take("a");
        timed.take("b");
        assertThat(timed.next(ClientProfile.NONE)).isEqualTo(C);
        timed.giveBack(B);
        assertThat(timed.next(ClientProfile.NONE)).isEqualTo(B);
    }

    @Test
    void theOrderCanBeChangedWhileProfilesAreInUseAndAside() {
        takeOf(timed, 1);
        timed.putAside(B, FAILURE);
        timed.configure(ProfileOrder.leastUsed, Duration.ofSeconds(1));
        assertThat(timed).hasToString("ProfileRotation[c=0, a=1, b=0 until " + RETURN + "]");
        assertThat(timed.putAside(C, FAILURE)).isEqualTo(START.plusSeconds(1));
    }

    @Test
    void aReplacedListKeepsTheUsersAndMarksOfThoseThatAreInBoth() {
        takeOf(timed, 1);
        timed.putAside(B, FAILURE);
        timed.replace(List.of(profile("d"), B, A));
        assertThat(timed).hasToString("ProfileRotation[d=0, a=1, b=0 until " + RETURN + "]");
        assertThat(timed.profiles()).extracting(ClientProfile::name).containsExactly("d", "b", "a");
    }

    @Test
    void oneThatIsNoLongerInTheListGoesNowhereWhenItIsGivenBack() {
        takeOf(timed, 2);
        timed.replace(List.of(C));
        timed.giveBack(A);
        assertThat(timed.next(B)).isEqualTo(C);
        assertThat(timed).hasToString("ProfileRotation[c=1]");
        timed.replace(List.of(A, C));
        assertThat(timed.stats().get(0)).as("forgotten").isEqualTo(new ProfileStats("a", 0, 0, null));
    }

    @Test
    void oneThatComesBackIntoTheListHasTheUsersThatKeptIt() {
        takeOf(timed, 1);
        ClientProfile other = new ClientProfile("a", null, "another", Map.of(), Map.of());
        timed.replace(List.of(other));
        assertThat(timed.next(ClientProfile.NONE)).isEqualTo(other);
        timed.replace(List.of(A, B));
        assertThat(timed).hasToString("ProfileRotation[b=0, a=1]");
        timed.giveBack(other);
        timed.giveBack(A);
        assertThat(timed).hasToString("ProfileRotation[b=0, a=0]");
    }

    @Test
    void aWrongListChangesNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> timed.replace(List.of(profile("x"), profile("x"))));
        assertThat(takeOf(timed, 3)).containsExactly("a", "b", "c");
    }

    @Test
    void profilesWithoutANameOfTheirOwnAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rotation(List.of(A, profile("a"))))
                .withMessageContaining("named 'a'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rotation(List.of(ClientProfile.NONE)))
                .withMessageContaining("no name");
    }

    @Test
    @Timeout(60)
    void aMillionSessionsShareTenProfilesEvenly() {
        List<ClientProfile> ten =
                IntStream.range(0, 10).mapToObj(i -> profile("p" + i)).toList();
        ProfileRotation shared = rotation(ten);
        for (int i = 0; i < 1_000_000; i++) {
            assertThat(shared.next(ClientProfile.NONE)).isSameAs(ten.get(i % 10));
        }
        assertThat(shared).hasToString("ProfileRotation" + users(ten, 100_000));

        for (int i = 0; i < 1_000_000; i++) {
            shared.giveBack(ten.get(i % 10));
        }
        assertThat(shared).hasToString("ProfileRotation" + users(ten, 0));
    }

    @Test
    @Timeout(60)
    void whatManyThreadsTakeAndGiveBackIsFreeInTheEnd() throws Exception {
        int threads = 8;
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Integer>> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                all.add(pool.submit(() -> {
                    start.await();
                    ArrayDeque<ClientProfile> own = new ArrayDeque<>();
                    int taken = 0;
                    for (int i = 0; i < 20_000; i++) {
                        own.add(i % 7 == 3 ? rotation.next(own.remove()) : rotation.next(ClientProfile.NONE));
                        taken += own.peekLast().name().isEmpty() ? 0 : 1;
                        if (own.size() > 3) {
                            rotation.giveBack(own.remove());
                        }
                    }
                    own.forEach(rotation::giveBack);
                    return taken;
                }));
            }
            for (Future<Integer> taken : all) {
                assertThat(taken.get(50, TimeUnit.SECONDS)).isEqualTo(20_000);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(rotation.toString())
                .contains("a=0", "b=0", "c=0")
                .hasSize("ProfileRotation[a=0, b=0, c=0]".length());
        assertThat(take(3)).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    @Timeout(60)
    void noTwoThreadsGetTheSameProfileWhileOthersAreFree() throws Exception {
        int threads = 4;
        List<ClientProfile> many =
                IntStream.range(0, 4_000).mapToObj(i -> profile("p" + i)).toList();
        ProfileRotation large = rotation(many);
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<List<ClientProfile>>> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                all.add(pool.submit(() -> {
                    start.await();
                    return Stream.generate(() -> large.next(ClientProfile.NONE))
                            .limit(1_000)
                            .toList();
                }));
            }
            List<ClientProfile> taken = new ArrayList<>();
            for (Future<List<ClientProfile>> part : all) {
                taken.addAll(part.get(50, TimeUnit.SECONDS));
            }
            assertThat(taken).containsExactlyInAnyOrderElementsOf(many);
        } finally {
            pool.shutdownNow();
        }
    }

    private static List<String> takeOf(ProfileRotation from, int count) {
        return Stream.generate(() -> from.next(ClientProfile.NONE))
                .limit(count)
                .map(ClientProfile::name)
                .toList();
    }

    private static ProfileRotation rotation(List<ClientProfile> profiles) {
        ProfileRotation made = new ProfileRotation(InstantSource.system(), System::currentTimeMillis);
        made.replace(profiles);
        return made;
    }

    private List<String> take(int count) {
        return Stream.generate(() -> rotation.next(ClientProfile.NONE))
                .limit(count)
                .map(ClientProfile::name)
                .toList();
    }

    private static List<String> users(List<ClientProfile> profiles, int count) {
        return profiles.stream().map(profile -> profile.name() + "=" + count).toList();
    }

    private static ClientProfile profile(String name) {
        return new ClientProfile(name, null, null, Map.of(), Map.of());
    }
}
