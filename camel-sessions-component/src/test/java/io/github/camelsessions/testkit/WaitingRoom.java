/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Where requests wait, without a thread, until the test lets them go on. A room is shut or open; whoever enters an open
 * one goes on at once.
 *
 * <p>Thread-safe. The lock guards the room's state and list; what goes on is handed to the executor after the lock was
 * given back, so that nothing runs while it is held and nothing runs on the test's thread.
 */
final class WaitingRoom {

    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition entered = lock.newCondition();
    private final List<Guest> guests = new ArrayList<>(); // guarded by lock
    private boolean shut; // guarded by lock

    private record Guest(String name, Runnable next, Runnable dismissed) {}

    WaitingRoom(Executor executor, boolean shut) {
        this.executor = executor;
        this.shut = shut;
    }

    /** Runs one of the two on the executor: what is next, now or when it is let go, or what is to do when dismissed. */
    void enter(String name, Runnable next, Runnable dismissed) {
        lock.lock();
        try {
            if (shut) {
                guests.add(new Guest(name, next, dismissed));
                entered.signalAll();
                return;
            }
        } finally {
            lock.unlock();
        }
        executor.execute(next);
    }

    /** Shuts or opens the room. Those who wait stay until they are released or dismissed. */
    void setShut(boolean shut) {
        lock.lock();
        try {
            this.shut = shut;
        } finally {
            lock.unlock();
        }
    }

    /** Lets those go on who wait now and have such a name, in the order they came, and says how many they were. */
    int release(Predicate<String> names) {
        List<Guest> leaving = take(names);
        leaving.forEach(guest -> executor.execute(guest.next()));
        return leaving.size();
    }

    /** Sends all away who wait now. */
    void dismiss() {
        take(name -> true).forEach(guest -> executor.execute(guest.dismissed()));
    }

    private List<Guest> take(Predicate<String> names) {
        List<Guest> leaving = new ArrayList<>();
        lock.lock();
        try {
            for (Iterator<Guest> all = guests.iterator(); all.hasNext(); ) {
                Guest guest = all.next();
                if (names.test(guest.name())) {
                    leaving.add(guest);
                    all.remove();
                }
            }
        } finally {
            lock.unlock();
        }
        return leaving;
    }

    int waiting() {
        lock.lock();
        try {
            return guests.size();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until so many are in the room, and says whether they came in time. Ends at the latest after that time. */
    boolean await(int count, Duration time) throws InterruptedException {
        long nanos = time.toNanos();
        lock.lock();
        try {
            while (guests.size() < count) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = entered.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
