/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.hold;

import io.github.camelsessions.internal.hold.Ticket.End;
import io.github.camelsessions.internal.hold.Ticket.Holder;
import io.github.camelsessions.internal.hold.Ticket.SynchronousWait;
import io.github.camelsessions.internal.session.Session;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
public final class HeldTickets extends ServiceSupport {

    private static final Logger LOG = LoggerFactory.getLogger(HeldTickets.class);

    private final CamelContext context;
    private final SessionThreads threads;
    private final Mender mender;
    private final Belonging belonging;
    private final AtomicLong arrivals = new AtomicLong();
    private final Map<String, Lines> lines =
            new ConcurrentHashMap<>(); // by site: a slow one keeps none of another waiting
    private final Map<String, Integer> concurrencies = new ConcurrentHashMap<>(); // of sites that have their own
    private final Set<Ticket> tickets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final Set<Object> stalled = ConcurrentHashMap.newKeySet(); // log-ins that may need a thread that waits here
    private volatile int concurrency;
    private volatile int limit;
    private volatile @Nullable TicketAggregator hold; // from start to stop

    /**
     * Those of one site that go on.
     *
     * @param resumed those that ask for admission again
     * @param ended   those that end: they wait for no requests
     */
    private record Lines(ResumeLine resumed, ResumeLine ended) {}

    /** What exchanges belong to that others wait for, such as a log-in. */
    public interface Belonging {

        /** Whether the exchange, or this thread, belongs to any: then the thread must not wait for room. */
        boolean isAwaited(Exchange exchange);

        /** The exchange may go on elsewhere: it takes along what only this thread knew it to belong to. */
        void takeAlong(Exchange exchange);
    }

    public HeldTickets(
            CamelContext context,
            SessionThreads threads,
            Mender mender,
            Belonging belonging,
            int concurrency,
            int limit) {
        this.context = context;
        this.threads = threads;
        this.mender = mender;
        this.belonging = belonging;
        this.concurrency = concurrency;
        this.limit = limit;
    }

    /** The place of an exchange that comes now: later ones have higher numbers. */
    long nextArrival() {
        return arrivals.getAndIncrement();
    }

    Mender mender() {
        return mender;
    }

    /**
     * Sets how many go on at once for each site.
     *
     * @param ofSites for sites that have their own number
     */
    public void setConcurrency(int concurrency, Map<String, Integer> ofSites) {
        this.concurrency = concurrency;
        concurrencies.keySet().retainAll(ofSites.keySet());
        concurrencies.putAll(ofSites);
        serve();
    }

    private void serve() {
        lines.values().forEach(ofSite -> {
            ofSite.resumed.serve();
            ofSite.ended.serve();
        });
    }

    private int concurrency(String site) {
        return concurrencies.getOrDefault(site, concurrency);
    }

    private Lines lines(String site) {
        return lines.computeIfAbsent(site, name -> new Lines(newLine(name), newLine(name)));
    }

    private ResumeLine newLine(String site) {
        return new ResumeLine(threads, threads::schedule, () -> concurrency(site), mender::tear);
    }

    /** What a released exchange of the site waits for, in words. */
    public String line(String site) {
        return "what it waited for was over, but its turn has not come: "
                + lines(site).resumed.waiting()
                + " others of its site wait too, and resumeConcurrency=" + concurrency(site)
                + " of them go on at once; see whether the site is slow";
    }

    public void setLimit(int limit) {
        this.limit = limit;
    }

    public int count() {
        return count.get();
    }

    boolean isFull() {
        return count.get() >= limit;
    }

    // ---- threads that wait

    /**
     * What an exchange waits with that is about to. A thread that others may be waiting for never waits for room: neither one
     * of our own, nor that of a log-in.
     *
     * @param session whose gate it waits at, null for none
     * @param time    how long it may wait
     * @param crowded whether there is no room for it, so that it waits on this thread if that may wait
     */
    Ticket newTicket(Holder holder, Exchange exchange, @Nullable Session session, Duration time, boolean crowded) {
        belonging.takeAlong(exchange);
        boolean forRoom = crowded && !SessionThreads.isOwn() && !belonging.isAwaited(exchange);
        SynchronousWait thread =
                exchange.isTransacted() ? new SynchronousWait(false) : forRoom ? new SynchronousWait(true) : null;
        return new Ticket(holder, session, time, thread);
    }

    /**
     * A log-in may need one of the threads that wait for room: they are let go, and none waits for room any more, until it
     * is over.
     *
     * @return the names of the threads
     */
    public List<String> letThreadsGo(Object logIn) {
        stalled.add(logIn);
        return tickets.stream()
                .map(Ticket::waiting)
                .filter(thread -> thread != null && thread.letGo())
                .map(SynchronousWait::thread)
                .toList();
    }

    public void stalledNoMore(Object logIn) {
        stalled.remove(logIn);
    }

    // ---- tickets

    /** From here on the ticket's exchange goes on when it is released, or when its time is up. */
    public void hold(Ticket ticket) {
        park(ticket);
        TicketAggregator now = hold;
        if (now != null) {
            now.add(ticket);
        }
    }

    /** From here on the ticket's exchange goes on when the gate has judged it, or when its time is up. */
    public void park(Ticket ticket) {
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
        lines(ticket.site()).ended.add(ticket, End.TIMED_OUT);
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
    public boolean takeBack(Ticket ticket) {
        if (ticket.claim(End.RESUMED) != null && goesOn(ticket)) {
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
    public void goOn(Ticket ticket, End how) {
        if (hold == null) {
            stop(ticket);
        } else {
            resume(ticket, how);
        }
    }

    private void resume(Ticket ticket, End how) {
        if (how == End.RESUMED) {
            ticket.release();
            lines(ticket.site()).resumed.add(ticket, how);
        } else {
            lines(ticket.site()).ended.add(ticket, how);
        }
    }

    /** What the ticket's exchange waits for has come, and limits by itself how many go on. */
    void goOnBeside(Ticket ticket) {
        if (hold == null) {
            stop(ticket);
            return;
        }
        Holder exchange = ticket.claim(End.RESUMED);
        if (exchange != null) {
            goOnBeside(ticket, exchange, End.RESUMED);
        }
    }

    private void goOnBeside(Ticket claimed, Holder exchange, End how) {
        if (claimed.handOver(how, null)) {
            return;
        }
        try {
            threads.execute(() -> exchange.goOn(claimed, how));
        } catch (RejectedExecutionException e) { // all is being stopped
            exchange.goOn(claimed, End.STOPPED);
        }
    }

    /** Those that are held for the session go on, in the order in which they came. */
    public void release(Session session) {
        TicketAggregator now = hold;
        if (now == null) {
            return;
        }
        try {
            now.release(session.key());
        } catch (RejectedExecutionException e) {
            // all is being stopped, and so is whoever waits
            LOG.trace("session '{}': not released", session.key(), e);
        }
        Lines ofSite = lines.get(session.key().site());
        if (ofSite != null) {
            ofSite.resumed.released(session);
        }
    }

    /** Fails the exchanges that this owner admitted. */
    public void stop(Object owner) {
        for (Ticket ticket : tickets) {
            if (ticket.owner() == owner) {
                stop(ticket);
            }
        }
    }

    private static void stop(Ticket ticket) {
        Holder exchange = ticket.claim(End.STOPPED);
        if (exchange != null && !ticket.handOver(End.STOPPED, null)) {
            exchange.goOn(ticket, End.STOPPED);
        }
    }

    // ---- after an error

    /**
     * Whoever was claimed, and did not go on, does so; so does whoever should have been told, and was not, or has waited for
     * too long.
     *
     * @param torn whether there was an error
     */
    public void mend(boolean torn) {
        long now = System.nanoTime();
        for (Ticket ticket : tickets) {
            mend(ticket, torn, now);
        }
        if (torn) {
            serve();
        }
    }

    private void mend(Ticket ticket, boolean torn, long now) {
        Holder exchange = ticket.holder();
        End overdue = ticket.overdue();
        if (exchange == null) {
            forget(ticket);
        } else if (overdue != null) {
            goOnBeside(ticket, exchange, overdue);
        } else if (ticket.isOverdue(now)) {
            if (ticket.timeOut() || torn) {
                timeOut(ticket);
            }
        } else if (torn && !ticket.isClaimed() && exchange.isOver()) {
            goOn(ticket, End.RESUMED);
        }
    }

    private void released(List<Ticket> group) {
        group.forEach(Ticket::release);
        if (!group.isEmpty()) {
            lines(group.get(0).site()).resumed.addReleased(group);
        }
    }

    @Override
    protected void doStart() {
        TicketAggregator made = new TicketAggregator(context, threads.pool(), this::released);
        ServiceHelper.startService(made);
        hold = made;
    }

    @Override
    protected void doStop() {
        TicketAggregator last = hold;
        hold = null;
        tickets.forEach(HeldTickets::stop);
        stalled.clear();
        ServiceHelper.stopService(last);
    }
}
