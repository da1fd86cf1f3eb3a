/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import io.github.camelsessions.renewal.Ticket.Turn;
import io.github.camelsessions.session.SessionKey;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tickets of all exchanges that wait: sees to it that each goes on when it is released or judged, when its time is up,
 * or when it is stopped. A ticket that is put in here after everything was stopped is stopped too. Thread-safe.
 */
final class HeldTickets extends ServiceSupport {

    private static final Logger LOG = LoggerFactory.getLogger(HeldTickets.class);

    private final CamelContext context;
    private final TrafficThreads threads;
    private final Resumer resumed; // those that ask for admission again
    private final Resumer ended; // those that end; they do not wait for the others' requests
    private final Resumer beside; // those that waited for something that is limited itself
    private final Set<Ticket> tickets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private volatile int limit;
    private volatile @Nullable ExchangeHold hold; // from start to stop

    HeldTickets(CamelContext context, TrafficThreads threads, int concurrency, int limit) {
        this.context = context;
        this.threads = threads;
        this.resumed = new Resumer(threads, threads::schedule, concurrency);
        this.ended = new Resumer(threads, threads::schedule, concurrency);
        this.beside = new Resumer(threads, threads::schedule, Integer.MAX_VALUE);
        this.limit = limit;
    }

    void setConcurrency(int concurrency) {
        resumed.setSlots(concurrency);
        ended.setSlots(concurrency);
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
        if (tickets.add(ticket)) {
            count.incrementAndGet();
        }
        ticket.setTimer(threads.schedule(() -> ended.add(ticket, Turn.TIME_OUT), ticket.time()));
        if (hold == null) { // looked at after the ticket was put there, as doStop() does the other way round
            stop(ticket);
        }
        if (ticket.isClaimed()) {
            forget(ticket);
        }
    }

    /** Somebody has claimed the ticket. */
    void forget(Ticket ticket) {
        if (tickets.remove(ticket)) {
            count.decrementAndGet();
        }
    }

    /** The gate has said what becomes of the ticket's exchange. */
    void goOn(Ticket ticket, Turn turn) {
        if (hold == null) {
            stop(ticket);
        } else {
            (turn == Turn.RESUME ? resumed : ended).add(ticket, turn);
        }
    }

    /** What the ticket's exchange waits for has come, and limits by itself how many go on. */
    void goOnBeside(Ticket ticket) {
        if (hold == null) {
            stop(ticket);
        } else {
            beside.add(ticket, Turn.RESUME);
        }
    }

    /** Those that are held for the session go on, in the order in which they came. */
    void release(SessionKey session) {
        ExchangeHold now = hold;
        if (now != null) {
            try {
                now.release(session);
            } catch (RejectedExecutionException e) {
                // all is being stopped, and so is whoever waits
                LOG.trace("session '{}': not released", session, e);
            }
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
        Waiter exchange = ticket.claim();
        if (exchange != null && !exchange.handOver(ticket, Turn.STOP, null)) {
            exchange.goOn(Turn.STOP);
        }
    }

    @Override
    protected void doStart() {
        ExchangeHold made = new ExchangeHold(context, threads.pool(), group -> resumed.addAll(group, Turn.RESUME));
        ServiceHelper.startService(made);
        hold = made;
    }

    @Override
    protected void doStop() {
        ExchangeHold last = hold;
        hold = null;
        tickets.forEach(HeldTickets::stop);
        ServiceHelper.stopService(last);
    }
}
