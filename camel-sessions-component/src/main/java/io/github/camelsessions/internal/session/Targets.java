/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

/**
 * What is known of the targets of a session, by their hash codes: a table that grows to a fixed size, in which a target then
 * takes the place of another one, which is unknown again. It takes 72 bytes to 296, for each accepted request of a session
 * that was renewed is written here. Guarded by the lock of its gate.
 */
final class Targets {

    /** It was accepted. */
    static final int ACCEPTED = 1;

    /** It was refused while the session lived. */
    static final int FORBIDDEN = 2;

    private static final int MARKS = ACCEPTED | FORBIDDEN;
    private static final int GOLDEN = 0x9E3779B9; // spreads hash codes that are alike over the table
    private static final int LEAST = 8;
    private static final int MOST = 64;

    private int[] table = new int[LEAST]; // 0 where nothing stands; nothing is ever taken out
    private int size; // how many stand there, as long as it grows

    /** The marks of a target, 0 when nothing is known of it. */
    int marks(int target) {
        int spread = target * GOLDEN;
        int entry = table[place(spread)];
        return isOf(entry, spread) ? entry & MARKS : 0;
    }

    void mark(int target, int mark) {
        int spread = target * GOLDEN;
        int place = place(spread);
        if (isOf(table[place], spread)) {
            table[place] |= mark;
            return;
        }
        if (table.length < MOST && ++size > table.length / 2) {
            grow();
            place = place(spread);
        }
        table[place] = (spread & ~MARKS) | mark;
    }

    private void grow() {
        int[] before = table;
        table = new int[2 * before.length];
        for (int entry : before) {
            if (entry != 0) {
                table[place(entry & ~MARKS)] = entry;
            }
        }
    }

    /**
     * Where a target stands, or where it may: the first free place near its own, its own when none is free. Half a table is
     * looked at, so that the first half of the targets finds room.
     */
    private int place(int spread) {
        int own = spread >>> Integer.numberOfLeadingZeros(table.length) + 1;
        for (int i = 0; i < table.length / 2; i++) {
            int place = (own + i) % table.length;
            if (table[place] == 0 || isOf(table[place], spread)) {
                return place;
            }
        }
        return own;
    }

    private static boolean isOf(int entry, int spread) {
        return entry != 0 && ((entry ^ spread) & ~MARKS) == 0;
    }
}
