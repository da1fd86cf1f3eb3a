/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.api.Isolation;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.connection.Identity;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProxyFailedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.hc.client5.http.classic.methods.HttpUriRequest;
import org.apache.hc.client5.http.protocol.RedirectLocations;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.net.URIAuthority;
import org.jspecify.annotations.Nullable;

/**
 * One send of an exchange's request: the session it runs in, how it is sent, and, when it is done, what came back besides
 * the response. Used by one thread at a time, but for {@link #abort}.
 */
public final class SessionCall {

    private static final Set<Integer> MAY_HAVE_DEALT =
            Set.of(HttpStatus.SC_MOVED_PERMANENTLY, HttpStatus.SC_MOVED_TEMPORARILY, HttpStatus.SC_SEE_OTHER);

    private final CallRules rules;
    private final @Nullable Generation generation;
    private boolean reserved;
    private @Nullable Runnable furtherRequest;
    private @Nullable String idempotencyHeader;
    private String idempotencyValue = "";
    private @Nullable SessionValues values;
    private @Nullable Consumer<URI> lookout;
    private @Nullable RequestTimer timer;

    private final ReceivedCookies receivedCookies = new ReceivedCookies();
    private @Nullable HttpHost firstHost;
    private @Nullable URI firstTarget;
    private @Nullable Origin origin;
    private @Nullable Consumer<Hop> hops;
    private String method = "";
    private @Nullable String authHost;
    private int requests;
    private int reconnects;
    private int heard;
    private @Nullable EndpointDetails connection; // of its latest request
    private long receivedBefore;
    private boolean isFresh;
    private @Nullable Redirect redirect;
    private int status;
    private List<URI> redirects = List.of();
    private @Nullable URI finalUri;
    private Supplier<Map<String, Object>> headers = Map::of;

    private @Nullable InterruptedIOException failure;
    private @Nullable Future<?> timeout;
    private volatile boolean timedOut;
    private volatile boolean aborted;
    private volatile @Nullable HttpUriRequest request;

    private SessionCall(CallRules rules, @Nullable Generation generation) {
        this.rules = rules;
        this.generation = generation;
    }

    /** A call with the jar and the profile of a generation. */
    public static SessionCall in(Generation generation, CallRules rules) {
        return new SessionCall(rules, generation);
    }

    /** A call outside all sessions: no jar, no profile. */
    public static SessionCall bypass(CallRules rules) {
        return new SessionCall(rules, null);
    }

    /** Chooses the connections that are reserved for renewals: there is one even when ordinary requests use up the pool. */
    public SessionCall reserved(boolean reserved) {
        this.reserved = reserved;
        return this;
    }

    /** Whether the call uses the connections that are reserved for renewals. */
    public boolean isReserved() {
        return reserved;
    }

    /**
     * Names what is to run before each request after the first that the call sends, because a redirect is followed or a
     * challenge answered. What it throws ends the call.
     */
    public SessionCall onFurtherRequest(Runnable action) {
        furtherRequest = action;
        return this;
    }

    /** Names a request header that makes the site take several sends for one; the message's own header wins. */
    public SessionCall idempotency(String name, String value) {
        idempotencyHeader = name;
        idempotencyValue = value;
        return this;
    }

    /** Names what is told of each answer that comes, redirects included. */
    public SessionCall onHop(@Nullable Consumer<Hop> listener) {
        hops = listener;
        return this;
    }

    /** What is told of each answer, null for nothing. */
    @Nullable
    Consumer<Hop> hops() {
        return hops;
    }

    /** Names a URL of where secrets of the call belong, if not where its first request goes. */
    public void origin(URI url) {
        try { // java.net.URI finds no host in https://under_score.example
            origin = Origin.of(new HttpHost(url.getScheme(), URIAuthority.create(url.getRawAuthority())));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("the URL of a page has no host", e); // it was sent there
        }
    }

    /** Names the values of the session that travel in headers, null for none. */
    public SessionCall values(@Nullable SessionValues values) {
        this.values = values;
        return this;
    }

    /** The values of the session that travel in headers, null for none. */
    @Nullable
    SessionValues values() {
        return values;
    }

    /** Names what looks at each URL before a request goes there, redirects included. What it throws ends the call. */
    public SessionCall lookout(@Nullable Consumer<URI> lookout) {
        this.lookout = lookout;
        return this;
    }

    /** Names what ends the call after the {@code requestTimeout} of its rules. */
    public SessionCall timer(RequestTimer timer) {
        this.timer = timer;
        return this;
    }

    CallRules rules() {
        return rules;
    }

    /** The generation whose jar and profile the call uses, null outside all sessions. */
    public @Nullable Generation generation() {
        return generation;
    }

    /** The identity of the call's requests, {@link ClientProfile#NONE} outside all sessions. */
    ClientProfile profile() {
        return generation == null ? ClientProfile.NONE : generation.profile();
    }

    /** The cookies that the responses of this call set, all hops; the last one of a name counts. */
    public ReceivedCookies receivedCookies() {
        return receivedCookies;
    }

    /** The status of the final response, 0 when none was read. */
    public int status() {
        return status;
    }

    /** Where redirects have led the call, in that order; none when no response was read. */
    public List<URI> redirects() {
        return redirects;
    }

    /** The URI that gave the response, after redirects; null when no response was read. */
    public @Nullable URI finalUri() {
        return finalUri;
    }

    /**
     * The final response's own status and headers, as camel-http names them on a message; none when no response was read.
     * May be asked for as long as the exchange is the call's.
     */
    public Map<String, Object> headers() {
        return headers.get();
    }

    /**
     * Ends the request under way, wherever it is: waiting for a connection, connecting, waiting for the response or
     * reading it. A call that is sent later fails at once. Either way the send throws an InterruptedIOException. After the
     * send returned nothing happens. Thread-safe.
     */
    public void abort() {
        aborted = true;
        HttpUriRequest running = request;
        if (running != null) {
            running.abort();
        }
    }

    /** Whether it was ended so, or by the {@code requestTimeout}. Thread-safe. */
    public boolean isAborted() {
        return aborted;
    }

    private void timeOut() {
        timedOut = true;
        abort();
    }

    /** Closes the connection of the request under way: the rest of its answer is not wanted. */
    void discard() {
        HttpUriRequest running = request;
        if (running != null) {
            running.abort();
        }
    }

    /** What is told of an aborted request: HttpClient tells it by many exceptions, CancellationException among them. */
    IOException whyAborted(Exception cause) {
        InterruptedIOException told = failure;
        if (told == null) {
            told = timedOut
                    ? new SocketTimeoutException(describe() + ": no whole answer within "
                            + rules.requestTimeout().toMillis() + " ms, which is as long as requestTimeout allows")
                    : new InterruptedIOException("request aborted");
            // a proxy whose connection is closed here has not failed
            told.initCause(cause instanceof ProxyFailedException ? cause.getCause() : cause);
            failure = told;
        }
        return told;
    }

    /** What is told of a request whose client was stopped: HttpClient tells it by a CancellationException without a message. */
    IOException stopped(Exception cause) {
        InterruptedIOException told = new InterruptedIOException(
                describe() + ": its route or the context was stopped before there was an answer");
        told.initCause(cause);
        return told;
    }

    /** Tells the call's first request, without secrets. */
    String describe() {
        URI target = firstTarget;
        return target == null
                ? method
                : method + " " + target.getScheme() + "://" + target.getRawAuthority() + target.getRawPath();
    }

    /**
     * Notes the first request, and where it goes.
     *
     * @param credentialsHost which the credentials of the HTTP options are for, null for any
     */
    void begin(HttpUriRequest first, HttpHost host, URI target, @Nullable String credentialsHost) {
        firstHost = host;
        firstTarget = target;
        method = first.getMethod();
        authHost = credentialsHost;
        if (idempotencyHeader != null && !first.containsHeader(idempotencyHeader)) {
            first.setHeader(idempotencyHeader, idempotencyValue);
        }
        request = first;
        if (aborted) { // looked at after the request was set, as abort() does the other way round: one of them sees
            // both
            first.abort();
        }
        if (timer != null && !rules.requestTimeout().isZero()) {
            timeout = timer.later(this::timeOut, rules.requestTimeout());
        }
    }

    /** Notes that the response was read, or that there is none. */
    void end() {
        request = null;
        if (timeout != null) {
            timeout.cancel(false);
        }
    }

    /** Notes where a request is about to go, the first one or one that a redirect leads to. */
    void goesTo(URI url) {
        if (lookout != null) {
            lookout.accept(url);
        }
        if (isRedirected()) {
            redirect = new Redirect(heard, url);
        }
    }

    /** Whether it wants to know where its next request goes. */
    boolean asksWhereItGoes() {
        return lookout != null || isRedirected();
    }

    private boolean isRedirected() {
        return heard > 0 && redirect == null && MAY_HAVE_DEALT.contains(heard);
    }

    /** Counts a request that is about to leave. */
    void leaves() {
        if (requests++ > 0 && furtherRequest != null) {
            furtherRequest.run();
        }
    }

    /** Whether there was a request after the first. */
    public boolean isFurther() {
        return requests > 1;
    }

    /** A request is about to get a connection. */
    void connects() {
        connection = null;
        isFresh = false;
    }

    /** The request has a connection of its own making; a tunnel's CONNECT would make it look like a kept one. */
    void connected() {
        isFresh = true;
    }

    /** The request goes out on a connection. */
    void goesOutOn(EndpointDetails details) {
        connection = details;
        receivedBefore = details.getReceivedBytesCount();
    }

    /** Whether the request went out on a kept connection, and no octet of an answer has come. */
    boolean isUnheardOnKept() {
        return !isFresh && connection != null && connection.getReceivedBytesCount() == receivedBefore;
    }

    /** Counts a request that is sent once more, because its connection had been closed. */
    void reconnects() {
        reconnects++;
    }

    /** How many of the call's requests were sent once more, because a kept connection had been closed. */
    public int reconnected() {
        return reconnects;
    }

    /** Notes a response of any hop; that a proxy asks for credentials is none of the site. */
    void hears(int hopStatus) {
        if (hopStatus != HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED) {
            heard = hopStatus;
        }
    }

    /** Whether any response of the site has come, if only a redirect. */
    public boolean hasReachedSite() {
        return heard > 0;
    }

    /** The redirect by which the site may have dealt with the call's request, null for none. */
    public @Nullable Redirect redirect() {
        return redirect;
    }

    void answered(
            int status, URI target, @Nullable RedirectLocations redirects, Supplier<Map<String, Object>> headers) {
        this.status = status;
        this.redirects = redirects == null || redirects.size() == 0 ? List.of() : redirects.getAll(); // a copy
        this.finalUri = this.redirects.isEmpty() ? target : this.redirects.get(this.redirects.size() - 1);
        this.headers = headers;
    }

    /** Whose connections its requests take; null for those that no profile and no session sets apart. */
    @Nullable
    Identity identity() {
        if (generation == null) {
            return null;
        }
        SessionKey session = rules.isolation() == Isolation.session ? generation.session() : null;
        ClientProfile profile = profile();
        return session == null && profile == ClientProfile.NONE ? null : new Identity(session, profile, null);
    }

    /** Whether a request goes to where secrets of the call belong. */
    boolean trusts(String scheme, String host, int port) {
        Origin own = origin != null ? origin : firstHost == null ? null : Origin.of(firstHost);
        return own != null && own.trusts(Origin.of(scheme, host, port));
    }

    /** Whether the credentials of the HTTP options, if there are any, are for a host that the call's first request did not go to. */
    boolean hasCredentialsForOthers() {
        return authHost != null && firstHost != null && !firstHost.getHostName().equalsIgnoreCase(authHost);
    }
}
