/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.hold;

import io.github.camelsessions.internal.hold.Ticket.End;
import io.github.camelsessions.internal.hold.Ticket.Holder;
import io.github.camelsessions.internal.session.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets exchanges of one site go on that have waited: the one that came first goes first, and a limited number at once,
 * each in a {@link Slot}. A slot is held until the exchange has its answer, but not longer than {@link #LONG}, and for a
 * moment of the rest of its route; it is given up earlier when an exchange on that thread has to wait again. A thread that
 * waits must not keep those from going on that it may be waiting for, and the rest of a route may wait for another thread
 * whose exchange waits here, as {@code seda} does for a reply.
 *
 * <p>A gate may let those that it has released go on one at a time only: after a pause, or to try a new log-in. So that not
 * all of them ask it each time, and are held again, those of one session stand in a line of their own, and only the first of
 * them in that of the site. When its turn comes, and the session still holds, the line of the session is put aside until
 * {@link #released}; its exchanges go on waiting at the gate, which counts them. One release then costs what one exchange
 * costs, however many there are.
 *
 * <p>No release is lost. A line is put aside only when its session was seen to hold after the line was last called: the number
 * of calls is read before the session is asked and compared under the lock afterwards. A call that comes in between is seen
 * there, and the session is asked again; one that comes later finds the line where it was put. And a call comes: whatever ends
 * a hold while exchanges wait, be it an event or the time, gives a verdict that releases, and who acts on that calls. For the
 * same reason a ticket that did not wait at the gate is never put aside: {@link #add} is for these. Nor is one of an exchange
 * that renews: what it waits for may be over while the session holds others.
 *
 * <p>The slots, and not the size of a thread pool, are the limit, so that it holds with virtual threads too.
 *
 * <p>Thread-safe. Nothing is called out under the lock.
 */
final class ResumeLine {

    /** How often slots that are held are looked at: a timer for each would cost more than the rest of a release. */
    private static final Duration LOOK = Duration.ofMillis(100);

    /** For how many looks the rest of a route keeps its slot: for a moment. */
    private static final int MOMENT = 2;

    /**
     * For how many looks a request keeps its slot: for a second. So pages that drip or hang cost each of the others that, and
     * not the rest of their holdTimeout; as long as pages take less, the slots are an exact limit.
     */
    private static final int LONG = 11;

    private final Executor threads;
    private final BiConsumer<Runnable, Duration> timer;
    private final IntSupplier slots;
    private final Consumer<Throwable> torn;
    private final Guard lock = new Guard();
    // guarded by lock
    private final PriorityQueue<Entry> line = new PriorityQueue<>(Comparator.comparingLong(Entry::arrival));
    private final Map<Session, Released> sessions = new HashMap<>(); // those with any in line or aside
    private int waiting;
    private int taken;
    private @Nullable Run latest; // of those that are taken; each knows its neighbours

    private final AtomicBoolean looks = new AtomicBoolean(); // whether somebody is going to look at them

    /**
     * A place in line.
     *
     * @param ticket of one that has it for itself, null for the first of a session
     * @param of     the session's line, null for one that has the place for itself
     */
    private record Entry(
            long arrival,
            @Nullable Ticket ticket,
            End how,
            @Nullable Released of) {}

    /** Those of one session that were held at its gate and released, in the order in which they came. Guarded by lock. */
    private static final class Released {

        private final Session session;
        private final PriorityQueue<Ticket> tickets = new PriorityQueue<>(Comparator.comparingLong(Ticket::arrival));
        private int limit = 1000; // of tickets, until those that were claimed are dropped
        private @Nullable Entry place; // null while nobody in here is to be looked at
        private long calls;
        private int taken; // tickets of which it is not yet known whether they go on
        private int careful; // how many go on only after the one before has asked the gate

        Released(Session session) {
            this.session = session;
        }
    }

    /**
     * @param timer runs something short after a time
     * @param slots how many there are; when that grows, {@link #serve} is to be called
     * @param torn  is told of an error that may have kept somebody from going on: then {@link #serve} is to be called, and
     *              each ticket put in again that was in here and is not claimed
     */
    ResumeLine(Executor threads, BiConsumer<Runnable, Duration> timer, IntSupplier slots, Consumer<Throwable> torn) {
        this.threads = threads;
        this.timer = timer;
        this.slots = slots;
        this.torn = torn;
    }

    /** How many wait for their turn. */
    int waiting() {
        try (Guard ignored = lock.hold()) {
            return waiting;
        }
    }

    /** The ticket's exchange goes on when it is its turn. */
    void add(Ticket ticket, End how) {
        try (Guard ignored = lock.hold()) {
            enter(ticket, how);
        }
        serve();
    }

    private void enter(Ticket ticket, End how) {
        line.add(new Entry(ticket.arrival(), ticket, how, null));
        waiting++;
    }

    /** The exchanges of tickets that were held at the gates of their sessions ask these again when it is their turn. */
    void addReleased(List<Ticket> tickets) {
        try (Guard ignored = lock.hold()) {
            tickets.forEach(this::enterReleased);
        }
        serve();
    }

    private void enterReleased(Ticket ticket) {
        if (!ticket.isOfSent()) {
            enter(ticket, End.RESUMED);
            return;
        }
        Released of = sessions.computeIfAbsent(ticket.session(), Released::new);
        if (of.tickets.size() >= of.limit) {
            int before = of.tickets.size();
            of.tickets.removeIf(Ticket::isClaimed);
            waiting -= before - of.tickets.size();
            of.limit = Math.max(1000, 2 * of.tickets.size());
        }
        of.tickets.add(ticket);
        waiting++;
        call(of);
    }

    /** The session lets somebody go on: whoever was put aside is looked at again. */
    void released(Session session) {
        try (Guard ignored = lock.hold()) {
            Released of = sessions.get(session);
            if (of == null) {
                return;
            }
            call(of);
        }
        serve();
    }

    private void call(Released of) {
        of.calls++;
        enter(of);
    }

    /** Puts the first of a session in line. A place that it had before and that is too far behind is given up. */
    private void enter(Released of) {
        Ticket first = of.tickets.peek();
        if (first != null && (of.place == null || first.arrival() < of.place.arrival())) {
            Entry entered = new Entry(first.arrival(), null, End.RESUMED, of);
            line.add(entered);
            of.place = entered;
        }
    }

    /** Fills the slots that are free. Never throws: whoever calls does so for others. */
    void serve() {
        try {
            for (Run next = next(); next != null; next = next()) {
                execute(next);
            }
            lookLater();
        } catch (Throwable e) {
            torn.accept(e);
        }
    }

    private void lookLater() {
        if (!looks.get() && isAnyTaken() && looks.compareAndSet(false, true)) {
            try {
                timer.accept(this::look, LOOK);
            } catch (Throwable e) {
                looks.set(false);
                throw e;
            }
        }
    }

    /** Those that are held for too long are free. */
    private void look() {
        looks.set(false);
        overdue().forEach(Run::release);
        serve();
    }

    private boolean isAnyTaken() {
        try (Guard ignored = lock.hold()) {
            return latest != null;
        }
    }

    private List<Run> overdue() {
        try (Guard ignored = lock.hold()) {
            List<Run> overdue = new ArrayList<>();
            for (Run run = latest; run != null; run = run.before) {
                if (--run.looksLeft <= 0) {
                    overdue.add(run);
                }
            }
            return overdue;
        }
    }

    private void execute(Run first) {
        try {
            threads.execute(new Work(first));
        } catch (RejectedExecutionException e) { // all is being stopped
            first.free();
            first.goOn(End.STOPPED);
        } catch (Throwable e) { // whoever mends brings its exchange on
            first.free();
            throw e;
        }
    }

    /**
     * Runs an exchange on this thread, and then, in the slot that is free then, whoever is next: a change of threads for
     * each would cost more than the rest of its release.
     */
    private final class Work implements Runnable {

        private @Nullable Run first; // null once it runs: a thread may go on for long after it has ended

        Work(Run first) {
            this.first = first;
        }

        @Override
        public void run() {
            Run now = first;
            first = null;
            try {
                while (now != null) {
                    now.run();
                    Thread.interrupted(); // as a pool does: it was meant for the exchange that has ended
                    now = next();
                    if (now != null && now.leavesRoom) {
                        serve(); // a thread that came while the session of the first was asked found nobody, and left
                    }
                }
            } catch (Throwable e) {
                torn.accept(e);
                serve();
            }
        }
    }

    /** The next exchange in a slot, null when there is none for it; one whose thread waits for it is that thread's. */
    private @Nullable Run next() {
        while (true) {
            Run run = new Run(); // before somebody is taken out of line
            if (!take(run)) {
                return null;
            }
            try {
                lookLater();
                if (isTurn(run)) {
                    return run;
                }
            } catch (Throwable e) { // whoever mends brings its exchange on
                run.free();
                throw e;
            }
        }
    }

    /** Whether the exchange is to be run in its slot, now. If not, the slot is somebody else's, or free. */
    private boolean isTurn(Run run) {
        Ticket ticket = Objects.requireNonNull(run.ticket);
        if (run.asking != null) {
            if (ticket.mustWait()) {
                putAside(run);
                return false;
            }
            goesOn(run);
        }
        run.exchange = ticket.claim(run.how);
        if (run.exchange == null) {
            run.free();
            return false;
        }
        return !ticket.handOver(run.how, run);
    }

    /** Gives a slot that is free to whoever is first in line, if there are both. */
    private boolean take(Run run) {
        try (Guard ignored = lock.hold()) {
            if (taken >= slots.getAsInt()) {
                return false;
            }
            for (Entry first = line.poll(); first != null; first = line.poll()) {
                Released of = first.of();
                Ticket ticket = of == null ? first.ticket() : of.place == first ? takeFirst(of) : null;
                if (ticket != null) {
                    waiting -= of == null ? 1 : 0;
                    run.enterSlot(ticket, first.how(), of);
                    run.leavesRoom = isRoom();
                    return true;
                }
            }
            return false;
        }
    }

    private boolean isRoom() {
        return !line.isEmpty() && taken < slots.getAsInt();
    }

    private @Nullable Ticket takeFirst(Released of) {
        of.place = null;
        for (Ticket first = of.tickets.poll(); first != null; first = of.tickets.poll()) {
            waiting--;
            if (!first.isClaimed()) {
                of.taken++;
                return first;
            }
        }
        forgetIfEmpty(of);
        return null;
    }

    private void putAside(Run run) {
        try (Guard ignored = lock.hold()) {
            Released of = Objects.requireNonNull(run.asking);
            of.tickets.add(Objects.requireNonNull(run.ticket));
            waiting++;
            of.careful = slots.getAsInt();
            run.asking = null;
            of.taken--;
            if (of.calls != run.calls) { // it was called after the session was asked, perhaps
                enter(of);
            }
        }
        run.free();
    }

    /** One of a session goes on: so may the next, but when they go carefully, not before this one has asked the gate. */
    private void goesOn(Run run) {
        try (Guard ignored = lock.hold()) {
            Released of = Objects.requireNonNull(run.asking);
            of.careful -= of.careful > 0 ? 1 : 0;
            if (of.careful == 0) {
                settle(run);
                run.leavesRoom = isRoom();
            }
        }
    }

    /** It has asked its gate, or never will: now it is the turn of the next one of its session. Under the lock. */
    private void settle(Run run) {
        Released of = run.asking;
        if (of != null) {
            run.asking = null;
            of.taken--;
            enter(of);
            forgetIfEmpty(of);
        }
    }

    private void forgetIfEmpty(Released of) {
        if (of.tickets.isEmpty() && of.taken == 0) {
            sessions.remove(of.session);
        }
    }

    /** An exchange in its slot. Thread-safe. */
    private final class Run extends Slot {

        private volatile int looksLeft = LONG;
        private volatile @Nullable Released asking; // the line of its session, until it has asked; written under lock

        // guarded by lock
        private boolean held;
        private @Nullable Run before;
        private @Nullable Run after;

        // set by the thread that takes it out of line
        private @Nullable Ticket ticket;
        private End how = End.STOPPED;
        private long calls; // of the line of its session by then
        private boolean leavesRoom; // for others in line
        private @Nullable Holder exchange;

        /** Under the lock. */
        private void enterSlot(Ticket first, End end, @Nullable Released of) {
            ticket = first;
            how = end;
            asking = of;
            calls = of == null ? 0 : of.calls;
            held = true;
            taken++;
            before = latest;
            if (latest != null) {
                latest.after = this;
            }
            latest = this;
        }

        /** Under the lock. */
        private void leaveSlot() {
            held = false;
            taken--;
            if (before != null) {
                before.after = after;
            }
            if (after != null) {
                after.before = before;
            } else {
                latest = before;
            }
            before = null;
            after = null;
        }

        private void run() {
            try {
                enter();
                goOn(how);
            } finally {
                leave();
                free();
            }
        }

        private void goOn(End end) {
            Objects.requireNonNull(exchange).goOn(Objects.requireNonNull(ticket), end);
        }

        @Override
        void release() {
            if (free()) {
                serve();
            }
        }

        @Override
        void answered() {
            looksLeft = MOMENT;
        }

        @Override
        void asked() {
            if (asking == null) {
                return;
            }
            try {
                try (Guard ignored = lock.hold()) {
                    settle(this);
                }
                serve();
            } catch (Throwable e) {
                torn.accept(e);
            }
        }

        /** Returns whether it was held. Never throws. */
        private boolean free() {
            boolean freed = false;
            try {
                try (Guard ignored = lock.hold()) {
                    if (held) {
                        freed = true;
                        leaveSlot();
                        settle(this);
                    }
                }
            } catch (Throwable e) {
                torn.accept(e);
            }
            return freed;
        }
    }
}
