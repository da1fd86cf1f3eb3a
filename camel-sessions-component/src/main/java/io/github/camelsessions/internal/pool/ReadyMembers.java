/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import io.github.camelsessions.api.PoolStrategy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** The members of a pool that can be given to an exchange, and the choice among them. Guarded by the lock of its gate. */
final class ReadyMembers {

    private final PoolStrategy strategy;
    private final IntUnaryOperator random;
    private final List<Member> all = new ArrayList<>();
    private final TreeSet<Member> sorted;
    private @Nullable Member last;

    /**
     * @param random gives a number from 0 to below its argument
     */
    ReadyMembers(PoolStrategy strategy, IntUnaryOperator random) {
        Comparator<Member> byNumber = Comparator.comparingLong(member -> member.number);
        this.strategy = strategy;
        this.random = random;
        this.sorted = new TreeSet<>(
                strategy == PoolStrategy.leastUsed
                        ? Comparator.comparingLong((Member member) -> member.rank)
                                .thenComparing(byNumber)
                        : byNumber);
    }

    int size() {
        return all.size();
    }

    boolean contains(Member member) {
        return member.index >= 0;
    }

    /** After an error: it may have taken a member in by half. The caller forgets their places. */
    void clear() {
        all.clear();
        sorted.clear();
    }

    void add(Member member) {
        all.add(member);
        member.index = all.size() - 1;
        member.rank = member.usesWithReserved();
        sorted.add(member);
    }

    /** Nothing happens when it is not in here. */
    void remove(Member member) {
        if (!contains(member)) {
            return;
        }
        Member moved = all.remove(all.size() - 1);
        if (moved != member) {
            all.set(member.index, moved);
            moved.index = member.index;
        }
        member.index = -1;
        sorted.remove(member);
    }

    /** The one to be given next, which stays in here; null when there is none. */
    @Nullable
    Member choose() {
        if (all.isEmpty()) {
            return null;
        }
        return switch (strategy) {
            case random -> all.get(random.applyAsInt(all.size()));
            case leastUsed, untilFailure -> sorted.first();
            case roundRobin -> {
                Member next = last == null ? null : sorted.higher(last);
                yield next == null ? sorted.first() : next;
            }
        };
    }

    /** The member was given to an exchange. */
    void given(Member member) {
        last = member;
    }
}
