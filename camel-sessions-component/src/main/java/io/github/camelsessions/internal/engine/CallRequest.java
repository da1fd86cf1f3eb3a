/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.engine;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.internal.capture.AnswerText;
import io.github.camelsessions.internal.capture.Captures;
import io.github.camelsessions.internal.config.EffectiveRules;
import io.github.camelsessions.internal.http.Charsets;
import io.github.camelsessions.internal.http.Hop;
import io.github.camelsessions.internal.http.HttpSending;
import io.github.camelsessions.internal.http.Origin;
import io.github.camelsessions.internal.http.Redirect;
import io.github.camelsessions.internal.http.RequestTimer;
import io.github.camelsessions.internal.http.ResendableBody;
import io.github.camelsessions.internal.http.ResponseBody;
import io.github.camelsessions.internal.http.SessionCall;
import io.github.camelsessions.internal.http.SessionValues;
import io.github.camelsessions.internal.renewal.AnswerBody;
import io.github.camelsessions.internal.renewal.ExpiryRules;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.internal.renewal.Reply;
import io.github.camelsessions.internal.renewal.SessionRequest;
import io.github.camelsessions.internal.session.Generation;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.jspecify.annotations.Nullable;

/** The HTTP request of an exchange in its session: each send is a call of its own, with the same request cookies. */
final class CallRequest implements SessionRequest {

    private final RequestTimer timer;
    private final SessionKey session;
    private final EffectiveRules rules;
    private final @Nullable String profile;
    private final @Nullable ExplicitCookies cookies;
    private final HttpSending sending;
    private URI origin; // where its secrets belong
    private @Nullable Consumer<Hop> hops;
    private @Nullable HttpSending remaining; // null while it is all of it
    private @Nullable Redirect redirect; // which the site has answered the request by, null while it may be sent again
    private @Nullable String idempotencyValue;
    private boolean reachedSite;
    private int reconnected;
    private volatile boolean aborted;
    private volatile @Nullable SessionCall call;

    CallRequest(
            RequestTimer timer,
            SessionKey session,
            EffectiveRules rules,
            @Nullable String profile,
            @Nullable ExplicitCookies cookies,
            HttpSending sending) {
        this.timer = timer;
        this.session = session;
        this.rules = rules;
        this.profile = profile;
        this.cookies = cookies;
        this.sending = sending;
        this.origin = sending.target();
    }

    /**
     * The request that follows from the answer to this one, as that of a form in it: with the same value that tells it from
     * others, and with secrets for where this one belongs alone.
     */
    CallRequest then(HttpSending following) {
        CallRequest next = new CallRequest(timer, session, rules, profile, null, following);
        next.origin = origin;
        next.hops = hops;
        next.idempotencyValue = idempotencyValue();
        return next;
    }

    /** Names what is told of each answer that comes to this request and to those that follow. */
    CallRequest watched(Consumer<Hop> listener) {
        hops = listener;
        return this;
    }

    /** As {@link #target()}, the URL itself. */
    URI url() {
        return sending.target();
    }

    private @Nullable String idempotencyValue() {
        if (idempotencyValue == null && rules.idempotencyHeader() != null) {
            idempotencyValue = UUID.randomUUID().toString();
        }
        return idempotencyValue;
    }

    @Override
    public SessionKey session() {
        return session;
    }

    @Override
    public RenewalRules rules() {
        return rules.renewal();
    }

    @Override
    public @Nullable String profile() {
        return profile;
    }

    @Override
    public boolean isSafe() {
        return switch (sending.method()) {
            case GET, HEAD, OPTIONS -> true;
            default -> false;
        };
    }

    @Override
    public boolean throwsOnFailure() {
        return sending.throwsOnFailure(rules.call());
    }

    @Override
    public int target() {
        return 31 * sending.method().name().hashCode() + sending.target().hashCode();
    }

    @Override
    public String describe() {
        URI target = sending.target();
        return sending.method() + " " + target.getScheme() + "://" + target.getRawAuthority() + target.getRawPath();
    }

    @Override
    public @Nullable String carriedOut() {
        return redirect == null
                ? null
                : "the site has answered it by " + redirect + ", so that it "
                        + (redirect.isSeeOther() ? "has most likely" : "may have") + " carried it out";
    }

    @Override
    public @Nullable Reply send(Exchange exchange, Generation generation, boolean priority, Runnable furtherRequest) {
        HttpSending now = remaining == null ? sending : remaining;
        SessionValues values = rules.values().of(exchange, generation, origin, priority);
        SessionCall sent = newCall(exchange, generation, priority, furtherRequest, values);
        try {
            requireProfile(generation);
            if (cookies != null) {
                cookies.addTo(generation.jar(), sending.target());
            }
            now.send(exchange, sent);
            capture(exchange, generation, sent, values);
        } catch (Exception e) {
            exchange.setException(e);
        } finally {
            call = null;
            reachedSite = sent.hasReachedSite();
            reconnected = sent.reconnected();
            note(priority ? null : sent.redirect()); // each attempt of a log-in begins with all of it
            tell(exchange, sent);
        }
        URI finalUri = sent.finalUri();
        if (finalUri == null) {
            return null;
        }
        Reply reply = new Reply(
                sent.status(),
                finalUri,
                rules.values().concerns(origin, finalUri),
                sent.isFurther(),
                priority || sent.redirects().size() < 2 ? null : strayed(sent.redirects()),
                () -> headers(sent));
        Exception failure = exchange.getException();
        if (failure == null || failure instanceof HttpOperationFailedException) {
            return reply;
        }
        if (sent.isAborted() || !isTold(reply)) {
            return null;
        }
        exchange.setException(unread(failure, reply));
        return reply;
    }

    /** Whether an answer says by its status or URL what it means, so that its body need not be read. */
    private boolean isTold(Reply reply) {
        ExpiryRules expiry = rules.renewal().expiry();
        return (reply.status() >= 400 && throwsOnFailure()) || expiry.hasStatus(reply) || expiry.hasUri(reply.uri());
    }

    private static HttpOperationFailedException unread(Exception failure, Reply reply) {
        Map<String, String> headers = reply.ownHeaders();
        HttpOperationFailedException unread = new HttpOperationFailedException(
                reply.uri().toString(),
                reply.status(),
                "the body cannot be read",
                headers.get("Location"),
                headers,
                null);
        unread.initCause(failure);
        return unread;
    }

    /** With another profile it would be another account's page. */
    private void requireProfile(Generation generation) {
        String has = generation.profile().name();
        if (profile != null && !profile.equals(has)) {
            throw new IllegalArgumentException("session '" + session + "' has the client profile '" + has + "', not '"
                    + profile + "', which is asked for; nothing was sent. A session takes its profile when it is new or"
                    + " was cleared: clear it, or let profileRotation=bySessionId give each session the profile of its"
                    + " id");
        }
    }

    /**
     * What the site has had is not asked of it again. Where it was redirected by other than 307 and 308, the site has answered
     * it, and did so by a refusal only if the redirect leads to where the expiry rules say that refusals lead. After a 303
     * the rest is the GET of its target, which may be sent again; after a 301 or 302 nobody knows what that asks for.
     */
    private void note(@Nullable Redirect turn) {
        if (turn == null || isSafe() || rules.renewal().expiry().hasUri(turn.target())) {
            return;
        }
        redirect = turn;
        if (turn.isSeeOther()) {
            remaining = sending.seeOther(turn.target());
        }
    }

    /**
     * The address of a log-in that redirects led through, to another host and on to something else than was asked for. A
     * single sign-on that still knows the user sends him back without a form, each request by itself; of several at once in
     * one jar all but one end at some other page. What was led back to the page that it asked for has that; a POST has lost
     * its body on the way.
     */
    private @Nullable URI strayed(List<URI> redirects) {
        URI asked = redirect == null ? sending.target() : redirect.target();
        boolean lost = redirect == null && !isSafe();
        boolean away = redirects.stream().anyMatch(url -> isElsewhere(asked, url));
        if (!away || (!lost && isSamePage(asked, redirects.get(redirects.size() - 1)))) {
            return null;
        }
        return redirects.stream()
                .filter(rules.renewal().expiry()::hasUri)
                .findFirst()
                .orElse(null);
    }

    private static boolean isSamePage(URI asked, URI url) {
        return !isElsewhere(asked, url) && Objects.equals(asked.getRawPath(), url.getRawPath());
    }

    /** Whether that is at another origin; that a site leads to itself by TLS is no other. */
    private static boolean isElsewhere(URI asked, URI url) {
        Origin own = Origin.of(asked);
        Origin other = Origin.of(url);
        return own != null && other != null && !own.trusts(other);
    }

    /** Takes values out of the body. Whoever reads it afterwards gets all of it. */
    private static void capture(
            Exchange exchange, Generation generation, SessionCall sent, @Nullable SessionValues values)
            throws IOException {
        URI url = sent.finalUri();
        if (values == null || url == null || sent.status() >= 400) { // most exchanges have nothing to capture
            return;
        }
        String type = exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class);
        if (!values.captures().reads(type) || !values.isOwn(url)) {
            return;
        }
        byte[] beginning = AnswerBody.first(exchange.getMessage(), Captures.LIMIT);
        values.captures()
                .of(new AnswerText(beginning, type, Charsets.named(type), url))
                .forEach(generation::setVariable);
    }

    private SessionCall newCall(
            Exchange exchange,
            Generation generation,
            boolean priority,
            Runnable furtherRequest,
            @Nullable SessionValues values) {
        SessionCall made = SessionCall.in(generation, rules.call())
                .reserved(priority)
                .onFurtherRequest(furtherRequest)
                .lookout(rules.lookout(exchange, generation.session()))
                .timer(timer)
                .onHop(hops)
                .values(values);
        if (!origin.equals(sending.target())) {
            made.origin(origin);
        }
        String value = idempotencyValue();
        if (rules.idempotencyHeader() != null && value != null) {
            made.idempotency(rules.idempotencyHeader(), value);
        }
        call = made;
        if (aborted) { // looked at after the call was set, as abort() does the other way round
            made.abort();
        }
        return made;
    }

    @Override
    public boolean hasReachedSite() {
        return reachedSite;
    }

    @Override
    public int reconnected() {
        return reconnected;
    }

    @Override
    public void abort() {
        aborted = true;
        SessionCall running = call;
        if (running != null) {
            running.abort();
        }
    }

    @Override
    public @Nullable String obstacle(Exchange exchange) {
        if (redirect != null) {
            return remaining == null ? carriedOut() : null;
        }
        return ResendableBody.obstacle(exchange.getIn());
    }

    @Override
    public void makeResendable(Exchange exchange) {
        ResendableBody.cache(exchange);
    }

    @Override
    public void detach(Exchange exchange) {
        ResponseBody.detach(exchange);
    }

    /** What predicates see of an answer besides its body: its own headers, and how the call went. */
    private static Map<String, Object> headers(SessionCall call) {
        Map<String, Object> seen = call.headers();
        tell(seen::put, call);
        return seen;
    }

    /** Tells the exchange how its call went. */
    static void tell(Exchange exchange, SessionCall call) {
        tell(exchange.getMessage()::setHeader, call);
    }

    private static void tell(BiConsumer<String, Object> headers, SessionCall call) {
        URI finalUri = call.finalUri();
        if (finalUri != null) {
            headers.accept(SessionsConstants.FINAL_URI, finalUri.toString());
        }
        Generation generation = call.generation();
        if (generation != null) {
            headers.accept(SessionsConstants.USED_ID, generation.session().id());
            headers.accept(SessionsConstants.GENERATION, generation.number());
            headers.accept(SessionsConstants.COOKIES, call.receivedCookies());
            if (!generation.profile().name().isEmpty()) {
                headers.accept(
                        SessionsConstants.USED_PROFILE, generation.profile().name());
            }
        }
    }
}
