/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

/** How much of the heap is in use. */
final class Heap {

    private static final int COLLECTIONS = 4;

    private Heap() {}

    /** The bytes of all objects that are reachable. */
    static long used() throws InterruptedException {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            Thread.sleep(50); // what is freed only after it was cleaned up goes with the next collection
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
