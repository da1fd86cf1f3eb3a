/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.renewal.Ticket.SynchronousWait;
import io.github.camelsessions.internal.renewal.Ticket.Turn;
import io.github.camelsessions.internal.session.Session;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tickets of all exchanges that wait: sees to it that each goes on when it is released or judged, when its time is up,
 * or when it is stopped. A ticket that is put in here after everything was stopped is stopped too. Each site has lines of
 * its own for those that go on. Thread-safe.
 */
final class HeldTickets extends ServiceSupport {

    private static final Logger LOG = LoggerFactory.getLogger(HeldTickets.class);

    private final CamelContext context;
    private final TrafficThreads threads;
    private final Consumer<Throwable> torn;
    // a line for each site: a slow one keeps none of another waiting
    private final Map<String, Resumer> resumed = new ConcurrentHashMap<>(); // those that ask for admission again
    private final Map<String, Resumer> ended = new ConcurrentHashMap<>(); // those that end: they wait for no requests
    private final Map<String, Integer> concurrencies = new ConcurrentHashMap<>(); // of sites that have their own
    private final Set<Ticket> tickets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final Set<Object> stalled = ConcurrentHashMap.newKeySet(); // log-ins that may need a thread that waits here
    private volatile int concurrency;
    private volatile int limit;
    private volatile @Nullable ExchangeHold hold; // from start to stop

    /**
     * @param torn is told of an error after which {@link #mend} is to be called
     */
    HeldTickets(CamelContext context, TrafficThreads threads, int concurrency, int limit, Consumer<Throwable> torn) {
        this.context = context;
        this.threads = threads;
        this.torn = torn;
        this.concurrency = concurrency;
        this.limit = limit;
    }

    /**
     * Sets how many go on at once for each site.
     *
     * @param ofSites for sites that have their own number
     */
    void setConcurrency(int concurrency, Map<String, Integer> ofSites) {
        this.concurrency = concurrency;
        concurrencies.keySet().retainAll(ofSites.keySet());
        concurrencies.putAll(ofSites);
        resumed.values().forEach(Resumer::serve);
        ended.values().forEach(Resumer::serve);
    }

    private int concurrency(String site) {
        return concurrencies.getOrDefault(site, concurrency);
    }

    private Resumer resumed(String site) {
        return resumed.computeIfAbsent(site, this::newResumer);
    }

    private Resumer ended(String site) {
        return ended.computeIfAbsent(site, this::newResumer);
    }

    private Resumer newResumer(String site) {
        return new Resumer(threads, threads::schedule, () -> concurrency(site), torn);
    }

    /** What a released exchange of the site waits for, in words. */
    String line(String site) {
        return "what it waited for was over, but its turn has not come: "
                + resumed(site).waiting()
                + " others of its site wait too, and resumeConcurrency=" + concurrency(site)
                + " of them go on at once; see whether the site is slow";
    }

    void setLimit(int limit) {
        this.limit = limit;
    }

    int count() {
        return count.get();
    }

    boolean isFull() {
        return count.get() >= limit;
    }

    // ---- threads that wait

    /**
     * What keeps this thread waiting with an exchange that is about to wait, null when it waits without a thread. A thread
     * that others may be waiting for never waits for room: neither one of our own, nor that of a log-in.
     *
     * @param crowded whether there is no room for the exchange
     */
    @Nullable
    SynchronousWait threadFor(Exchange exchange, boolean crowded) {
        if (exchange.isTransacted()) {
            return new SynchronousWait(false);
        }
        boolean mayWait = !TrafficThreads.isOwn() && RenewalScope.renewing(exchange) == null;
        return crowded && mayWait ? new SynchronousWait(true) : null;
    }

    /**
     * A log-in may need one of the threads that wait for room: they are let go, and none waits for room any more, until it
     * is over.
     *
     * @return the names of the threads
     */
    List<String> letThreadsGo(Object logIn) {
        stalled.add(logIn);
        return tickets.stream()
                .map(Ticket::waiting)
                .filter(thread -> thread != null && thread.letGo())
                .map(SynchronousWait::thread)
                .toList();
    }

    void stalledNoMore(Object logIn) {
        stalled.remove(logIn);
    }

    // ---- tickets

    /** From here on the ticket's exchange goes on when it is released, or when its time is up. */
    void hold(Ticket ticket) {
        park(ticket);
        ExchangeHold now = hold;
        if (now != null) {
            now.add(ticket);
        }
    }

    /** From here on the ticket's exchange goes on when the gate has judged it, or when its time is up. */
    void park(Ticket ticket) {
        if (ticket.count()) {
            count.incrementAndGet();
        }
        tickets.add(ticket);
        ticket.setTimer(threads.schedule(() -> timeOut(ticket), ticket.time()));
        SynchronousWait thread = ticket.waiting();
        if (thread != null && !stalled.isEmpty()) { // looked at after the ticket was put there, as letThreadsGo() does
            thread.letGo();
        }
        if (hold == null) { // looked at after the ticket was put there, as doStop() does the other way round
            stop(ticket);
        }
        if (ticket.holder() == null) {
            forget(ticket);
        }
    }

    private void timeOut(Ticket ticket) {
        ticket.timeOut();
        ended(ticket.site()).add(ticket, Turn.TIME_OUT);
    }

    /** The exchange of a claimed ticket goes on now, on this thread; false when it did before. */
    boolean goesOn(Ticket ticket) {
        boolean first = ticket.goesOn();
        if (first) {
            forget(ticket);
        }
        return first;
    }

    /**
     * Takes the exchange back that was to wait with the ticket, to go on with it on this thread. When somebody else has it, the
     * ticket is here until he goes on.
     */
    boolean takeBack(Ticket ticket) {
        if (ticket.claim(Turn.RESUME) != null && goesOn(ticket)) {
            return true;
        }
        while (ticket.holder() != null) {
            try {
                tickets.add(ticket);
                break;
            } catch (OutOfMemoryError e) {
                Uninterruptibly.pause();
            }
        }
        return false;
    }

    private void forget(Ticket ticket) {
        if (ticket.uncount()) {
            count.decrementAndGet();
        }
        try {
            tickets.remove(ticket);
        } catch (OutOfMemoryError e) {
            // whoever mends does it
        }
    }

    /** The gate has said what becomes of the ticket's exchange. */
    void goOn(Ticket ticket, Turn turn) {
        if (hold == null) {
            stop(ticket);
        } else {
            resume(ticket, turn);
        }
    }

    private void resume(Ticket ticket, Turn turn) {
        if (turn == Turn.RESUME) {
            ticket.release();
            resumed(ticket.site()).add(ticket, turn);
        } else {
            ended(ticket.site()).add(ticket, turn);
        }
    }

    /** What the ticket's exchange waits for has come, and limits by itself how many go on. */
    void goOnBeside(Ticket ticket) {
        if (hold == null) {
            stop(ticket);
            return;
        }
        Waiter exchange = ticket.claim(Turn.RESUME);
        if (exchange != null) {
            goOnBeside(ticket, exchange, Turn.RESUME);
        }
    }

    private void goOnBeside(Ticket claimed, Waiter exchange, Turn turn) {
        if (claimed.handOver(turn, null)) {
            return;
        }
        try {
            threads.execute(() -> exchange.goOn(claimed, turn));
        } catch (RejectedExecutionException e) { // all is being stopped
            exchange.goOn(claimed, Turn.STOP);
        }
    }

    /** Those that are held for the session go on, in the order in which they came. */
    void release(Session session) {
        ExchangeHold now = hold;
        if (now == null) {
            return;
        }
        try {
            now.release(session.key());
        } catch (RejectedExecutionException e) {
            // all is being stopped, and so is whoever waits
            LOG.trace("session '{}': not released", session.key(), e);
        }
        Resumer line = resumed.get(session.key().site());
        if (line != null) {
            line.released(session);
        }
    }

    /** Fails the exchanges that this owner admitted. */
    void stop(Object owner) {
        for (Ticket ticket : tickets) {
            if (ticket.owner() == owner) {
                stop(ticket);
            }
        }
    }

    private static void stop(Ticket ticket) {
        Waiter exchange = ticket.claim(Turn.STOP);
        if (exchange != null && !ticket.handOver(Turn.STOP, null)) {
            exchange.goOn(ticket, Turn.STOP);
        }
    }

    // ---- after an error

    /**
     * Whoever was claimed, and did not go on, does so; so does whoever should have been told, and was not, or has waited for
     * too long.
     *
     * @param torn whether there was an error
     */
    void mend(boolean torn) {
        long now = System.nanoTime();
        for (Ticket ticket : tickets) {
            mend(ticket, torn, now);
        }
        if (torn) {
            resumed.values().forEach(Resumer::serve);
            ended.values().forEach(Resumer::serve);
        }
    }

    private void mend(Ticket ticket, boolean torn, long now) {
        Waiter exchange = ticket.holder();
        Turn overdue = ticket.overdueTurn();
        if (exchange == null) {
            forget(ticket);
        } else if (overdue != null) {
            goOnBeside(ticket, exchange, overdue);
        } else if (ticket.isOverdue(now)) {
            if (ticket.timeOut() || torn) {
                timeOut(ticket);
            }
        } else if (torn && !ticket.isClaimed() && exchange.isOver()) {
            goOn(ticket, Turn.RESUME);
        }
    }

    private void released(List<Ticket> group) {
        group.forEach(Ticket::release);
        if (!group.isEmpty()) {
            resumed(group.get(0).site()).addReleased(group);
        }
    }

    @Override
    protected void doStart() {
        ExchangeHold made = new ExchangeHold(context, threads.pool(), this::released);
        ServiceHelper.startService(made);
        hold = made;
    }

    @Override
    protected void doStop() {
        ExchangeHold last = hold;
        hold = null;
        tickets.forEach(HeldTickets::stop);
        stalled.clear();
        ServiceHelper.stopService(last);
    }
}
