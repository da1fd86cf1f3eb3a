/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.hold;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits for what is sure to come soon, whatever interrupts the thread, which is interrupted afterwards, and also when there is
 * no memory for it.
 */
public final class Uninterruptibly {

    private static final long NOT_LONG = TimeUnit.MILLISECONDS.toNanos(1);

    private Uninterruptibly() {}

    /** Waits for a moment, which needs no memory. */
    static void pause() {
        LockSupport.parkNanos(NOT_LONG);
    }

    public static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (OutOfMemoryError e) { // to wait needs some
                pause();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
