/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for a session of a pool, by arrival: for any, or for one of them, by its number. Guarded by the lock of its
 * {@link PoolGate}.
 */
final class PoolLine {

    private final TreeMap<Long, Claim> any = new TreeMap<>();
    private final Map<Long, TreeMap<Long, Claim>> forOne = new HashMap<>(); // no empty ones
    private int waitingForOne;

    int size() {
        return any.size() + waitingForOne;
    }

    /** Those that wait for any, by arrival: to be looked through, and to be taken out by its iterator. */
    Collection<Claim> forAny() {
        return any.values();
    }

    /**
     * @param number of the member that it waits for, null for any
     */
    void add(Claim claim, @Nullable Long number) {
        if (number == null) {
            any.put(claim.arrival, claim);
        } else {
            forOne.computeIfAbsent(number, key -> new TreeMap<>()).put(claim.arrival, claim);
            waitingForOne++;
        }
    }

    void remove(Claim claim) {
        TreeMap<Long, Claim> own = claim.wanted == null ? null : forOne.get(claim.wanted);
        if (any.remove(claim.arrival) == null && own != null && own.remove(claim.arrival) != null) {
            taken(claim.wanted, own);
        }
    }

    /** Whoever came first of those that wait for this member or for any, no longer in line; null when nobody does. */
    @Nullable
    Claim next(Long number) {
        TreeMap<Long, Claim> own = forOne.get(number);
        if (own != null && (any.isEmpty() || own.firstKey() < any.firstKey())) {
            Claim first = own.pollFirstEntry().getValue();
            taken(number, own);
            return first;
        }
        return any.isEmpty() ? null : any.pollFirstEntry().getValue();
    }

    private void taken(@Nullable Long number, TreeMap<Long, Claim> from) {
        waitingForOne--;
        if (from.isEmpty()) {
            forOne.remove(number);
        }
    }

    /** Those that waited for this member and no other, no longer in line. */
    Collection<Claim> takeAll(Long number) {
        TreeMap<Long, Claim> own = forOne.remove(number);
        waitingForOne -= own == null ? 0 : own.size();
        return own == null ? List.of() : own.values();
    }

    /** After an error. */
    void count() {
        forOne.values().removeIf(TreeMap::isEmpty);
        waitingForOne = forOne.values().stream().mapToInt(TreeMap::size).sum();
    }
}
