/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ProfileRotationTest {

    private static final ClientProfile A = profile("a");
    private static final ClientProfile B = profile("b");
    private static final ClientProfile C = profile("c");

    private final ProfileRotation rotation = new ProfileRotation(List.of(A, B, C));

    @Test
    void everyProfileIsUsedBeforeAnyRepeats() {
        assertThat(take(3)).containsExactly("a", "b", "c");
    }

    @Test
    void everyProfileIsUsedBeforeOneGivenBackRepeats() {
        rotation.giveBack(rotation.take());

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
        ProfileRotation empty = new ProfileRotation(List.of());

        assertThat(empty.isEmpty()).isTrue();
        assertThat(empty.take()).isSameAs(ClientProfile.NONE);
        assertThat(empty.next(ClientProfile.NONE)).isSameAs(ClientProfile.NONE);
        assertThat(empty.take("a")).isNull();
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
        assertThat(rotation.take("d")).isNull();

        assertThat(take(3)).containsExactly("a", "c", "b");
        rotation.giveBack(B);
        assertThat(rotation).hasToString("ProfileRotation[a=1, c=1, b=1]");
    }

    @Test
    void aRenewalTakesTheNextProfile() {
        ClientProfile first = rotation.take();
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
        ProfileRotation single = new ProfileRotation(List.of(A));
        single.take();
        single.take();

        assertThat(single.next(A)).isEqualTo(A);
        assertThat(single).hasToString("ProfileRotation[a=2]");
    }

    @Test
    void aRenewalOfASessionWithoutProfileTakesOne() {
        assertThat(rotation.next(ClientProfile.NONE)).isEqualTo(A);
    }

    @Test
    void theProfilesAreListedInTheirOrderAndCannotBeChanged() {
        assertThat(rotation.isEmpty()).isFalse();
        assertThat(rotation.profiles()).containsExactly(A, B, C);
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> rotation.profiles().clear());
    }

    @Test
    void profilesWithoutANameOfTheirOwnAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProfileRotation(List.of(A, profile("a"))))
                .withMessageContaining("named 'a'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProfileRotation(List.of(ClientProfile.NONE)))
                .withMessageContaining("no name");
    }

    @Test
    @Timeout(60)
    void aMillionSessionsShareTenProfilesEvenly() {
        List<ClientProfile> ten =
                IntStream.range(0, 10).mapToObj(i -> profile("p" + i)).toList();
        ProfileRotation shared = new ProfileRotation(ten);
        for (int i = 0; i < 1_000_000; i++) {
            assertThat(shared.take()).isSameAs(ten.get(i % 10));
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
                        own.add(i % 7 == 3 ? rotation.next(own.remove()) : rotation.take());
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
        ProfileRotation large = new ProfileRotation(many);
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<List<ClientProfile>>> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                all.add(pool.submit(() -> {
                    start.await();
                    return Stream.generate(large::take).limit(1_000).toList();
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

    private List<String> take(int count) {
        return Stream.generate(rotation::take)
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
