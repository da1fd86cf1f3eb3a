/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import io.github.camelsessions.api.ProfileOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Profiles, one of which comes first. Guarded by the lock of its {@link ProfileRotation}. */
interface ProfileLine {

    void add(Slot slot);

    void remove(Slot slot);

    boolean isEmpty();

    Iterable<Slot> slots();

    /** The first one that is not {@code avoided} if possible, null when there is none. */
    @Nullable
    Slot first(@Nullable Slot avoided);

    /**
     * @param random gives a number from 0 to below its argument
     */
    static ProfileLine of(ProfileOrder order, IntUnaryOperator random) {
        return switch (order) {
            case sequential, bySessionId -> new Sorted(Comparator.comparingLong(slot -> slot.since));
            case leastUsed ->
                new Sorted(Comparator.comparingInt((Slot slot) -> slot.users)
                        .thenComparingLong(slot -> slot.taken)
                        .thenComparingLong(slot -> slot.since));
            case random -> new Shuffled(random);
        };
    }

    /** A profile and how it is used. Compared by identity; guarded by the rotation's lock, and changed out of line only. */
    final class Slot {
        final ClientProfile profile;
        int users;
        long taken;

        /** The move that brought it to its place; no two have the same. */
        long since;

        /** Until when it is put aside, null when it is not; for people, and by the monotonic clock. */
        @Nullable
        Instant asideUntil;

        long asideUntilMillis;

        /** Its place in a shuffled line. */
        private int index;

        Slot(ClientProfile profile) {
            this.profile = profile;
        }
    }

    /** By an order in which no two are equal. */
    final class Sorted implements ProfileLine {

        private final TreeSet<Slot> slots;

        private Sorted(Comparator<Slot> order) {
            slots = new TreeSet<>(order);
        }

        @Override
        public void add(Slot slot) {
            slots.add(slot);
        }

        @Override
        public void remove(Slot slot) {
            slots.remove(slot);
        }

        @Override
        public boolean isEmpty() {
            return slots.isEmpty();
        }

        @Override
        public Iterable<Slot> slots() {
            return slots;
        }

        @Override
        public @Nullable Slot first(@Nullable Slot avoided) {
            return slots.stream()
                    .filter(slot -> slot != avoided)
                    .findFirst()
                    .orElse(slots.isEmpty() ? null : slots.first());
        }
    }

    /** By chance. */
    final class Shuffled implements ProfileLine {

        private final IntUnaryOperator random;
        private final List<Slot> slots = new ArrayList<>();

        private Shuffled(IntUnaryOperator random) {
            this.random = random;
        }

        @Override
        public void add(Slot slot) {
            slot.index = slots.size();
            slots.add(slot);
        }

        @Override
        public void remove(Slot slot) {
            Slot last = slots.remove(slots.size() - 1); // takes its place: nobody minds the order
            if (last != slot) {
                slots.set(slot.index, last);
                last.index = slot.index;
            }
        }

        @Override
        public boolean isEmpty() {
            return slots.isEmpty();
        }

        @Override
        public Iterable<Slot> slots() {
            return slots;
        }

        @Override
        public @Nullable Slot first(@Nullable Slot avoided) {
            if (slots.isEmpty()) {
                return null;
            }
            Slot chosen = slots.get(random.applyAsInt(slots.size()));
            return chosen != avoided || slots.size() == 1 ? chosen : another(avoided);
        }

        private Slot another(Slot avoided) {
            int place = random.applyAsInt(slots.size() - 1);
            return slots.get(place < avoided.index ? place : place + 1);
        }
    }
}
