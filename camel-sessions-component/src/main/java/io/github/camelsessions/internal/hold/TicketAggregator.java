/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.hold;

import io.github.camelsessions.api.SessionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.processor.aggregate.AggregateProcessor;
import org.apache.camel.processor.aggregate.MemoryAggregationRepository;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.ExpressionAdapter;
import org.apache.camel.support.UnitOfWorkHelper;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the tickets of exchanges that are held, in Camel's own aggregator, one group for each session, until the group is
 * completed. What is aggregated is a carrier with the ticket, never the user's exchange: the aggregator copies exchanges
 * and obeys their headers. Thread-safe.
 */
final class TicketAggregator extends ServiceSupport {

    private final CamelContext context;
    private final AggregateProcessor aggregator;

    /**
     * @param threads  completes groups; not the thread that releases, which has the aggregator's lock
     * @param released is given the tickets of a group
     */
    TicketAggregator(CamelContext context, ExecutorService threads, Consumer<List<Ticket>> released) {
        this.context = context;
        this.aggregator = new AggregateProcessor(
                context, new Releaser(released), new BySession(), TicketAggregator::aggregate, threads, false);
        aggregator.setAggregationRepository(new MemoryAggregationRepository()); // as by default, without a line at INFO
        aggregator.setCompletionPredicate(carrier -> false); // only when it is forced
    }

    void add(Ticket ticket) {
        Exchange carrier = new DefaultExchange(context);
        carrier.getIn().setBody(ticket);
        aggregator.process(carrier, done -> {});
        if (carrier.getException() != null) {
            throw new IllegalStateException("exchange cannot be held", carrier.getException());
        }
    }

    void release(SessionKey session) {
        aggregator.forceCompletionOfGroup(group(session));
    }

    private static String group(SessionKey session) {
        return session.site() + '\n' + session.id(); // ids have no line breaks
    }

    @Override
    protected void doStart() {
        ServiceHelper.startService(aggregator);
    }

    @Override
    protected void doStop() {
        ServiceHelper.stopAndShutdownService(aggregator);
    }

    private static final class BySession extends ExpressionAdapter {
        @Override
        public Object evaluate(Exchange carrier) {
            return group(ticket(carrier).session().key());
        }

        @Override
        public String toString() {
            return "session";
        }
    }

    private static Exchange aggregate(@Nullable Exchange group, @Nullable Exchange carrier) {
        Exchange latest = Objects.requireNonNull(carrier, "null only when groups are pre-completed");
        Ticket ticket = ticket(latest);
        if (group == null) {
            latest.getIn().setBody(new Tickets());
        }
        Exchange result = group == null ? latest : group;
        tickets(result).add(ticket);
        return result;
    }

    /** The tickets of a group; drops those that were claimed when they may be as many as the others. */
    private static final class Tickets extends ArrayList<Ticket> {

        private static final long serialVersionUID = 1L;

        private int limit = 1000;

        @Override
        public boolean add(Ticket ticket) {
            if (size() >= limit) {
                removeIf(Ticket::isClaimed);
                limit = Math.max(limit, 2 * size());
            }
            return super.add(ticket);
        }
    }

    private static Ticket ticket(Exchange carrier) {
        return (Ticket) Objects.requireNonNull(carrier.getIn().getBody());
    }

    @SuppressWarnings("unchecked") // put in above
    private static List<Ticket> tickets(Exchange group) {
        return (List<Ticket>) Objects.requireNonNull(group.getIn().getBody());
    }

    private static final class Releaser extends AsyncProcessorSupport {
        private final Consumer<List<Ticket>> released;

        Releaser(Consumer<List<Ticket>> released) {
            this.released = released;
        }

        @Override
        public boolean process(Exchange group, AsyncCallback callback) {
            released.accept(tickets(group));
            callback.done(true);
            // the aggregator forgets a group when its exchange is done; no unit of work ends this one
            UnitOfWorkHelper.doneSynchronizations(
                    group, group.getExchangeExtension().handoverCompletions());
            return true;
        }
    }
}
