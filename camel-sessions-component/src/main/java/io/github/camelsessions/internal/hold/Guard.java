/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.hold;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock that is held for a block of code: {@code try (Guard ignored = lock.hold())}. It is had also when there is no memory
 * to stand in line for it.
 */
public final class Guard extends ReentrantLock implements AutoCloseable {

    private static final long serialVersionUID = 1L;

    public Guard hold() {
        try {
            lock();
        } catch (OutOfMemoryError e) {
            while (!tryLock()) {
                Uninterruptibly.pause();
            }
        }
        return this;
    }

    @Override
    public void close() {
        unlock();
    }
}
