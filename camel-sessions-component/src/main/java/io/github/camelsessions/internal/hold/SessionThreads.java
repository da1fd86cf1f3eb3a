/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.hold;

import io.github.camelsessions.internal.hold.Mender.LooseEnd;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that exchanges go on with after they waited, and a timer for them, managed by Camel. There are as many as
 * are needed, virtual ones where Camel uses these: how many run at once is limited by {@link ResumeLine} and {@link LimitedExecutor}.
 * Thread-safe.
 */
public final class SessionThreads extends ServiceSupport implements Executor {

    private static final Logger LOG = LoggerFactory.getLogger(SessionThreads.class);

    private static final ThreadLocal<@Nullable Boolean> OWN = new ThreadLocal<>();

    private final CamelContext context;
    private final Mender mender;
    private volatile @Nullable ExecutorService pool;
    private volatile @Nullable ScheduledExecutorService timer;

    /**
     * @param mender does what an action leaves undone by what it throws, and what there is no memory for
     */
    public SessionThreads(CamelContext context, Mender mender) {
        this.context = context;
        this.mender = mender;
    }

    /**
     * Runs an action on a thread of its own.
     *
     * @throws RejectedExecutionException when all is being stopped
     */
    @Override
    public void execute(Runnable action) {
        pool().execute(() -> runTearing(action));
    }

    private void runTearing(Runnable action) {
        try {
            runAsOwn(action);
        } catch (RuntimeException | Error e) {
            mender.tear(e);
            throw e;
        }
    }

    /** Whether this thread is one of these, or does their work: then it never waits for room in the hold. */
    static boolean isOwn() {
        try {
            return OWN.get() != null;
        } catch (OutOfMemoryError e) {
            return false; // only what is not there needs memory
        }
    }

    /** Runs something for which this thread must not wait. */
    public static void runAsOwn(Runnable action) {
        if (isOwn()) {
            action.run();
            return;
        }
        enter();
        try {
            action.run();
        } finally {
            OWN.remove();
        }
    }

    private static void enter() {
        while (true) {
            try {
                OWN.set(true);
                return;
            } catch (OutOfMemoryError e) { // others may wait for what is to be done here
                Uninterruptibly.pause();
            }
        }
    }

    ExecutorService pool() {
        ExecutorService now = pool;
        if (now == null) {
            throw new RejectedExecutionException("the sessions of this context are stopped");
        }
        return now;
    }

    /**
     * Runs an action later on a thread of its own, or never when all is being stopped.
     *
     * @return cancels it as long as it is not begun
     */
    public Future<?> runLater(Runnable action, Duration delay) {
        LooseEnd end = LooseEnd.of(action);
        return schedule(
                () -> {
                    try {
                        execute(action);
                    } catch (RejectedExecutionException e) {
                        LOG.trace("stopped meanwhile", e);
                    } catch (OutOfMemoryError e) {
                        mender.endLater(end);
                    }
                },
                delay);
    }

    /**
     * Runs an action later on the timer's only thread, or never when all is being stopped. The action takes a lock or gives
     * work to other threads; it does no I/O, and runs nothing of the user.
     */
    public Future<?> schedule(Runnable action, Duration delay) {
        ScheduledExecutorService now = timer;
        if (now != null) {
            try {
                return now.schedule(
                        (Callable<@Nullable Void>) () -> runLogged(action),
                        Math.max(0, delay.toNanos()),
                        TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                LOG.trace("stopped meanwhile", e);
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    /** The timer's thread may have ended by an error; it has one again as soon as it is given something to do. */
    public void revive() {
        ScheduledExecutorService now = timer;
        if (now != null) {
            now.execute(() -> {});
        }
    }

    private @Nullable Void runLogged(Runnable action) {
        try {
            runAsOwn(action);
        } catch (RuntimeException | Error e) {
            mender.tear(e);
            if (isRunAllowed()) {
                LOG.error("a timed action of the sessions failed", e);
            }
        }
        return null; // a Callable is spared the adapter that the timer wraps around a Runnable
    }

    @Override
    protected void doStart() {
        pool = context.getExecutorServiceManager().newCachedThreadPool(this, "SessionsResume");
        timer = context.getExecutorServiceManager().newScheduledThreadPool(this, "SessionsTimer", timerProfile());
    }

    private static ThreadPoolProfile timerProfile() {
        ThreadPoolProfile profile = new ThreadPoolProfile("SessionsTimer");
        profile.setPoolSize(1);
        profile.setMaxPoolSize(1);
        profile.setMaxQueueSize(-1); // each exchange that is held has its time-out; Camel's default refuses the 1001st
        return profile;
    }

    @Override
    protected void doStop() {
        for (ExecutorService each : new ExecutorService[] {timer, pool}) {
            if (each != null) {
                context.getExecutorServiceManager().shutdownNow(each);
            }
        }
        timer = null;
        pool = null;
    }
}
