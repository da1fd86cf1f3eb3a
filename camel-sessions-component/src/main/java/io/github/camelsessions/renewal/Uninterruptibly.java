/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import java.util.concurrent.CountDownLatch;

/** Waits for what is sure to come soon, whatever interrupts the thread; the thread is interrupted afterwards. */
final class Uninterruptibly {

    private Uninterruptibly() {}

    static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
