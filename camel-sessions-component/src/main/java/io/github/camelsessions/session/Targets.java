/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

/**
 * What is known of the targets of a session, by their hash codes: a table of fixed size, in which a target takes the place
 * of another one when there are too many, which is then unknown again. It takes 272 bytes and allocates nothing, since each
 * accepted request of a session that ever was in doubt is written here. Guarded by the lock of its gate.
 */
final class Targets {

    /** It was accepted. */
    static final int ACCEPTED = 1;

    /** It was refused while the session lived. */
    static final int FORBIDDEN = 2;

    private static final int MARKS = ACCEPTED | FORBIDDEN;
    private static final int GOLDEN = 0x9E3779B9; // spreads hash codes that are alike over the table
    private static final int SIZE = 64;
    private static final int NEAR = SIZE / 2; // places that are looked at: the first half of targets finds room

    private final int[] table = new int[SIZE]; // 0 where nothing stands; nothing is ever taken out

    /** The marks of a target, 0 when nothing is known of it. */
    int marks(int target) {
        int spread = target * GOLDEN;
        int entry = table[place(spread)];
        return isOf(entry, spread) ? entry & MARKS : 0;
    }

    void mark(int target, int mark) {
        int spread = target * GOLDEN;
        int place = place(spread);
        int known = isOf(table[place], spread) ? table[place] & MARKS : 0;
        table[place] = (spread & ~MARKS) | known | mark;
    }

    /** Where a target stands, or where it may: the first free place near its own, its own when none is free. */
    private int place(int spread) {
        int own = spread >>> 26;
        for (int i = 0; i < NEAR; i++) {
            int place = (own + i) % SIZE;
            if (table[place] == 0 || isOf(table[place], spread)) {
                return place;
            }
        }
        return own;
    }

    private static boolean isOf(int entry, int spread) {
        return ((entry ^ spread) & ~MARKS) == 0;
    }
}
