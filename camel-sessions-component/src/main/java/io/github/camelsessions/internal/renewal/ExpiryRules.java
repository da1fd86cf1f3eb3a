/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import java.io.IOException;
import java.net.URI;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpHelper;
import org.jspecify.annotations.Nullable;

/**
 * Which answers mean that the session has expired: any that one of the rules matches. Immutable.
 *
 * @param statuses the statuses, as in {@code 401,440-449}; null for none
 * @param uri      matches the URI that gave the answer, after redirects; null for none
 * @param text     what the beginning of a text contains; null for none
 * @param logIn    tells the log-in page; null for none
 * @param when     matches the answer on the exchange; null for none
 */
public record ExpiryRules(
        @Nullable String statuses,
        @Nullable Predicate<URI> uri,
        @Nullable String text,
        @Nullable LogInShown logIn,
        org.apache.camel.@Nullable Predicate when) {

    /**
     * What in the answer on the exchange means that the session has expired, null when nothing does. Fits between "expired
     * by" and "to GET https://...".
     */
    public @Nullable String match(Exchange exchange, Reply reply) throws IOException {
        return match(exchange, reply, true);
    }

    /**
     * The same of a log-in's answer. Sites have the form and what it is sent to at one URL, so that this tells something only
     * when the answer has led there.
     */
    @Nullable
    String matchLogIn(Exchange exchange, Reply reply) throws IOException {
        return match(exchange, reply, reply.redirected());
    }

    private @Nullable String match(Exchange exchange, Reply reply, boolean byUri) throws IOException {
        if (hasStatus(reply)) {
            return "status " + reply.status();
        }
        if (reply.strayed() != null) {
            return "redirects through " + withoutQuery(reply.strayed()) + " that led elsewhere,";
        }
        if (byUri && uri != null && uri.test(reply.uri())) {
            return "the address " + withoutQuery(reply.uri()) + " of the answer";
        }
        if (text != null && AnswerBody.beginning(exchange, reply).contains(text)) {
            return "the expiredText in the answer";
        }
        String shown = logIn == null ? null : shown(logIn, exchange, reply, byUri);
        if (shown != null) {
            return shown;
        }
        if (when != null && AnswerView.matches(when, exchange, reply)) {
            return "expiredWhen, which holds for the answer";
        }
        return null;
    }

    /** A page is told by its form: sites show other pages at the same address once there is a session. */
    private static @Nullable String shown(LogInShown logIn, Exchange exchange, Reply reply, boolean byUri)
            throws IOException {
        String page = AnswerBody.mayBeHtml(reply) ? AnswerBody.beginning(exchange, reply) : "";
        if (logIn.isIn(page)) {
            return "the log-in form in the answer";
        }
        if (!byUri || !logIn.isAt(reply.uri())) {
            return null;
        }
        boolean seen = !page.isEmpty() && page.length() < AnswerBody.TEXT_LIMIT;
        if (seen && reply.status() < 300) {
            // a redirect there, too, is no refusal from now on: the site may have done what it was asked
            logIn.isAlsoAnotherPage();
        }
        return seen ? null : "the address " + withoutQuery(reply.uri()) + " of the log-in page";
    }

    /** Whether an answer from there means, or may mean, that the session has expired. */
    public boolean hasUri(URI url) {
        return (uri != null && uri.test(url)) || (logIn != null && logIn.isAt(url));
    }

    /** Whether an answer means by its status that the session has expired: that of another site says nothing of it. */
    public boolean hasStatus(Reply reply) {
        return reply.ofSite() && hasStatus(reply.status());
    }

    /** Whether answers of this status mean that the session has expired. */
    boolean hasStatus(int status) {
        return statuses != null && HttpHelper.isStatusCodeOk(status, statuses);
    }

    /** Whether no answer matches. */
    public boolean isEmpty() {
        return statuses == null && uri == null && !readsBody();
    }

    /** Whether the body of an answer is looked into. */
    boolean readsBody() {
        return text != null || logIn != null || when != null;
    }

    private static String withoutQuery(URI uri) {
        return uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
    }
}
