/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.internal.session.Passage.Place;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The blocks that want a session to themselves, in the order in which they came. The first has it as soon as no ordinary
 * request is on the wire; until the last has left, everybody else waits. Guarded by the lock of its gate.
 */
final class ExclusiveLine {

    private final Deque<Passage> blocks = new ArrayDeque<>(1);
    private boolean begun; // the first has the session

    /** Returns whether it has the session; if not, it is parked, and told when it has. */
    boolean enter(Passage block) {
        if (begun && blocks.peekFirst() == block) {
            block.place = Place.NOWHERE;
            return true;
        }
        if (!blocks.contains(block)) {
            blocks.addLast(block);
        }
        block.place = Place.PARKED;
        return false;
    }

    /** The first, if it has the session from now on; it is told once. */
    @Nullable
    Passage begin() {
        Passage first = blocks.peekFirst();
        if (begun || first == null) {
            return null;
        }
        begun = true;
        first.place = Place.JUDGED;
        return first;
    }

    void leave(Passage block) {
        begun &= blocks.peekFirst() != block;
        if (blocks.remove(block)) {
            block.place = Place.NOWHERE;
        }
    }

    /** Those that have ended, and could not say so. */
    void removeGone() {
        List.copyOf(blocks).stream().filter(Passage::isGone).forEach(this::leave);
    }

    /** Takes all away, who are to be told. */
    List<Passage> drain() {
        List<Passage> all = List.copyOf(blocks);
        all.forEach(block -> block.place = Place.JUDGED);
        blocks.clear();
        begun = false;
        return all;
    }

    /** Whether a block has the session, or is to have it next, to which the passage does not belong. */
    boolean isClosedTo(Passage passage) {
        Passage first = blocks.peekFirst();
        return first != null && first != passage.block();
    }

    boolean isEmpty() {
        return blocks.isEmpty();
    }

    int size() {
        return blocks.size();
    }
}
