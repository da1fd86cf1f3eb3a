/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.hold;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once a second for what an {@link Error} has left undone, such as that of an exhausted heap, and has it done. What it
 * is told needs no memory to be remembered, and it comes again whatever happens: it has a thread of its own, because an
 * executor needs memory to run a task once more, and never runs a task again that it has lost.
 *
 * <p>Thread-safe.
 */
public final class Mender extends ServiceSupport {

    private static final Logger LOG = LoggerFactory.getLogger(Mender.class);

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final CamelContext context;
    private final Executor threads;
    private final Mending mending;
    private final AtomicReference<@Nullable LooseEnd> last = new AtomicReference<>();
    private volatile @Nullable Throwable torn; // what has left something undone, null when nothing has
    private volatile @Nullable Thread thread; // from start to stop

    /** Does what is left undone. Idempotent; it calls nothing of the user. */
    public interface Mending {
        /**
         * @param torn whether there was an error since the last time
         */
        void mend(boolean torn);
    }

    /**
     * What must come to an end, sooner or later, even if there is no memory when it is found out: so it is itself its place
     * among the others.
     */
    public abstract static class LooseEnd {

        private @Nullable LooseEnd before; // which was left before this one

        /** Ends. It may call the user, and is called again and again, as long as it asks for that by {@link #endLater}. */
        protected abstract void endNow();

        public static LooseEnd of(Runnable end) {
            return new LooseEnd() {
                @Override
                protected void endNow() {
                    end.run();
                }
            };
        }
    }

    /**
     * @param threads run the loose ends
     */
    public Mender(CamelContext context, Executor threads, Mending mending) {
        this.context = context;
        this.threads = threads;
        this.mending = mending;
    }

    /** There was no memory to end this: it is tried again. Whoever calls has it, and it is not asked for yet. */
    public void endLater(LooseEnd end) {
        LooseEnd before;
        do {
            before = last.get();
            end.before = before;
        } while (!last.compareAndSet(before, end));
    }

    /** An error may have left something undone. */
    public void tear(Throwable error) {
        torn = error;
    }

    /** Looks after everything now. */
    public void mend() {
        Throwable why = torn;
        torn = null;
        try {
            endAll();
            mending.mend(why != null);
        } catch (Throwable e) { // the next time, then
            torn = e;
        }
        if (why != null) {
            LOG.warn("an error came between; what it has left undone in the sessions was looked after", why);
        }
    }

    private void endAll() {
        LooseEnd next = last.getAndSet(null);
        while (next != null) {
            LooseEnd now = next;
            next = now.before;
            now.before = null;
            try {
                threads.execute(now::endNow);
            } catch (Throwable e) {
                endLater(now);
            }
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // it only waits
    private void mendAgainAndAgain() {
        while (thread == Thread.currentThread()) {
            LockSupport.parkNanos(this, PAUSE_NANOS);
            try {
                mend();
            } catch (Throwable e) { // not even what has failed can be logged
                torn = e;
            }
        }
    }

    @Override
    protected void doStart() {
        Thread made = context.getExecutorServiceManager().newThread("SessionsMender", this::mendAgainAndAgain);
        thread = made;
        made.start();
    }

    @Override
    protected void doStop() {
        Thread stopped = thread;
        thread = null;
        LockSupport.unpark(stopped);
        for (LooseEnd end = last.getAndSet(null); end != null; end = end.before) {
            end.endNow(); // there are no threads any more
        }
    }
}
