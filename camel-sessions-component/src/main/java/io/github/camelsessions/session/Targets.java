/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

/**
 * What is known of the targets of a session, by their hash codes: a table of fixed size, in which a target takes the place
 * of another one now and then, which is then unknown again. It takes 272 bytes and allocates nothing, since each accepted
 * request of a session that ever was in doubt is written here. Guarded by the lock of its gate.
 */
final class Targets {

    /** It was accepted. */
    static final int ACCEPTED = 1;

    /** It was refused while the session lived. */
    static final int FORBIDDEN = 2;

    private static final int MARKS = ACCEPTED | FORBIDDEN;
    private static final int GOLDEN = 0x9E3779B9; // spreads hash codes that are alike over the table

    private final int[] table = new int[64];

    /** The marks of a target, 0 when nothing is known of it. */
    int marks(int target) {
        int spread = target * GOLDEN;
        int entry = table[spread >>> 26];
        return ((entry ^ spread) & ~MARKS) == 0 ? entry & MARKS : 0;
    }

    void mark(int target, int mark) {
        int spread = target * GOLDEN;
        table[spread >>> 26] = (spread & ~MARKS) | marks(target) | mark;
    }
}
