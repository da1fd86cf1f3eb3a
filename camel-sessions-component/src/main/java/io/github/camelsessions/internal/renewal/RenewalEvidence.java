/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.internal.session.RenewalToken;
import java.io.IOException;
import org.apache.camel.CamelException;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.Predicate;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.MessageHelper;
import org.apache.camel.util.CaseInsensitiveMap;
import org.jspecify.annotations.Nullable;

/** Judges whether a renewal's exchange has logged in. No exception is no proof: a route may have handled it. */
public final class RenewalEvidence {

    private RenewalEvidence() {}

    /** Why the attempt has failed, null when it has not. */
    static @Nullable Throwable failure(Exchange exchange, RenewalToken token, RenewalRules rules) {
        try {
            return judge(exchange, token.pending(), rules);
        } finally {
            AnswerView.forget(exchange);
        }
    }

    /**
     * The same of a log-in that is no renewal.
     *
     * @param answer its last one, null when there was none
     */
    public static @Nullable Throwable ofTrial(
            Exchange exchange, @Nullable Reply answer, Generation filled, RenewalRules rules) {
        try {
            if (answer != null && exchange.getException() == null) {
                AnswerView.leave(
                        exchange,
                        new CaseInsensitiveMap(),
                        answer,
                        rules.expiry().matchLogIn(exchange, answer));
            }
            return judge(exchange, filled, rules);
        } catch (IOException e) {
            return e;
        } finally {
            AnswerView.forget(exchange);
        }
    }

    private static @Nullable Throwable judge(Exchange exchange, Generation filled, RenewalRules rules) {
        if (exchange.getException() != null) {
            return exchange.getException();
        }
        Throwable caught = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class);
        if (ExchangeHelper.isFailureHandled(exchange)) {
            return caught != null ? caught : new CamelException("the log-in failed, and its route handled that");
        }
        if (rules.renewedWhen() != null) {
            return matches(rules.renewedWhen(), exchange)
                    ? null
                    : refused(exchange, "renewedWhen does not hold after it");
        }
        if (caught != null && !wasRedelivered(exchange)) {
            return caught; // doCatch has had it, or onException continued
        }
        String expired = AnswerView.expired(exchange);
        if (expired != null) {
            return refused(
                    exchange,
                    "its last answer is one that tells of an expired session, by " + expired
                            + "; where it succeeds all the same, say by renewedWhen how that shows");
        }
        return filled.isFilled()
                ? null
                : refused(
                        exchange,
                        "it left no cookie and no variable: the site may have refused it in its answer; or it goes on elsewhere, as behind seda"
                                + " with waitForTaskToComplete=Never or a wireTap; or its requests belong to another session,"
                                + " then drop their sessionId or name the site; or it succeeds without either, then say by"
                                + " renewedWhen how that shows");
    }

    private static boolean matches(Predicate renewedWhen, Exchange exchange) {
        try {
            return renewedWhen.matches(AnswerView.ofLogIn(exchange));
        } finally {
            MessageHelper.resetStreamCache(exchange.getMessage());
        }
    }

    /** Whether what was caught was before a redelivery that went well: only that leaves the route of a failure, but no endpoint. */
    private static boolean wasRedelivered(Exchange exchange) {
        return exchange.getProperty(ExchangePropertyKey.FAILURE_ROUTE_ID) != null
                && exchange.getProperty(ExchangePropertyKey.FAILURE_ENDPOINT) == null;
    }

    /** A log-in whose answer was no exception, but no success either; its status tells whether that may pass. */
    private static Throwable refused(Exchange exchange, String what) {
        Message answer = AnswerView.ofLogIn(exchange).getMessage();
        Integer status = answer.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        String message = "the log-in did not succeed: " + what + (status == null ? "" : " (status " + status + ")");
        return status != null && TransientFailures.isTransient(status)
                ? new TransientFailures.TransientException(
                        message, answer.getHeader(TransientFailures.RETRY_AFTER, String.class))
                : new CamelException(message);
    }
}
