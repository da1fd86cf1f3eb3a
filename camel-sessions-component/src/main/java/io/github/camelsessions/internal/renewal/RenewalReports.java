/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionSituation;
import io.github.camelsessions.internal.session.GateFailure;
import io.github.camelsessions.internal.session.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.camel.support.LRUCacheFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners, the log and those that waited how renewals have ended. Thread-safe. */
final class RenewalReports {

    private static final Logger LOG = LoggerFactory.getLogger(RenewalReports.class);

    private static final String FAILED = "could not be renewed";

    private final Executor threads;
    private final List<ListenerLine> listeners = new CopyOnWriteArrayList<>();
    // until when the cool-down of a session was reported; sessions that work are not in here, but some that are no more
    private final Map<SessionKey, Instant> reported = LRUCacheFactory.newLRUCache(10_000);

    RenewalReports(Executor threads) {
        this.threads = threads;
    }

    void addListener(RenewalListener listener) {
        listeners.add(new ListenerLine(listener, threads));
    }

    void removeListener(RenewalListener listener) {
        for (ListenerLine line : listeners) {
            if (line.listener() == listener && listeners.remove(line)) {
                line.close();
            }
        }
    }

    void awaitTold(RenewalListener listener, Duration atMost) throws InterruptedException {
        for (ListenerLine line : listeners) {
            if (line.listener() == listener) {
                line.await(atMost);
            }
        }
    }

    private void tell(Consumer<RenewalListener> event) {
        listeners.forEach(line -> line.add(event));
    }

    void renewed(Session session, Duration took) {
        reported.remove(session.key());
        LOG.debug(
                "session '{}' was renewed in {} ms (generation={})",
                session.key(),
                took.toMillis(),
                session.stats().generation());
        tell(listener -> listener.renewed(session.key()));
    }

    void cooldownEnded(Session session) {
        reported.remove(session.key());
        tell(listener -> listener.cooldownEnded(session.key()));
    }

    void failed(Session session, RenewalRules rules, Throwable cause) {
        report(session.key(), rules, session.stats().retryAt(), cause);
    }

    /** What the exchange gets that has made the renewal itself, and failed. */
    SessionRenewalException exception(Session session, Throwable cause) {
        return SessionFailures.notRenewed(
                SessionFailures.now(session, session.stats().retryAt()), FAILED, cause);
    }

    /**
     * What an exchange gets that has waited for the renewal, or comes in the cool-down after it.
     *
     * @param involved whether it has begun the renewal, or belongs to another one: then it gets the cause as it is
     */
    SessionRenewalException exception(Session session, RenewalRules rules, GateFailure failure, boolean involved) {
        SessionSituation situation = failure.situation();
        report(session.key(), rules, situation.retryAt(), failure.cause());
        return involved
                ? SessionFailures.notRenewed(situation, FAILED, failure.cause())
                : SessionFailures.notRenewedByAnother(situation, FAILED, failure.cause());
    }

    /** Tells of a cool-down: brings it to the listeners before any exchange fails by it, and to the log once. */
    private void report(SessionKey key, RenewalRules rules, @Nullable Instant retryAt, @Nullable Throwable cause) {
        if (retryAt == null || retryAt.equals(reported.get(key))) {
            return;
        }
        tell(listener -> listener.failed(key, rules, retryAt));
        if (retryAt.equals(reported.put(key, retryAt))) {
            return; // another exchange has told of it at the same time
        }
        LOG.error(
                "session '{}' could not be renewed: {}. Its exchanges fail until {}, then one attempt is made. To try"
                        + " earlier, mend the log-in and call sessions:endCooldown.",
                key,
                cause == null ? "no cause is known" : FailureText.of(cause),
                retryAt,
                cause); // with its stack, which those that fail by it do not have
    }

    void clear() {
        reported.clear();
    }
}
