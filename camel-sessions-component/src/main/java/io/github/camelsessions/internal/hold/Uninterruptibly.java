/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.hold;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Waits for what is sure to come soon, whatever interrupts the thread, which is interrupted afterwards, and also when there is
 * no memory for it.
 */
public final class Uninterruptibly {

    private static final long NOT_LONG = TimeUnit.MILLISECONDS.toNanos(1);

    private Uninterruptibly() {}

    /** Locks, also when there is no memory to stand in line for it. */
    static void lock(ReentrantLock lock) {
        try {
            lock.lock();
        } catch (OutOfMemoryError e) {
            while (!lock.tryLock()) {
                pause();
            }
        }
    }

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
