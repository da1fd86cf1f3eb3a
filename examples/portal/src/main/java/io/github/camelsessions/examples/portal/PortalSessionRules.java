/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.portal;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.Session;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.jspecify.annotations.Nullable;

/**
 * Ends a session of {@link PortalSite} after a number of requests, or when another user agent comes with it, and lets
 * each log-in take a while. Stands before the log-in of the container, to which an ended session is none: it answers with
 * the log-in form.
 *
 * <p>Thread-safe. What a log-in leaves with its session is written before the session is logged in, and counts by itself.
 */
final class PortalSessionRules extends ValveBase {

    private static final String LOGIN_NOTE = PortalSessionRules.class.getName();

    private final int maxUses;
    private final boolean boundToUserAgent;
    private final Duration loginTime;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicInteger ended = new AtomicInteger();

    /**
     * @param maxUses how many requests a session accepts after its log-in, 0 for any number
     * @param loginTime how long a log-in takes, in real time
     */
    PortalSessionRules(int maxUses, boolean boundToUserAgent, Duration loginTime) {
        super(true);
        this.maxUses = maxUses;
        this.boundToUserAgent = boundToUserAgent;
        this.loginTime = loginTime;
    }

    private record Login(@Nullable String userAgent, AtomicInteger uses, AtomicBoolean over) {

        Login(@Nullable String userAgent) {
            this(userAgent, new AtomicInteger(), new AtomicBoolean());
        }
    }

    /** How many sessions these rules have ended. */
    int ended() {
        return ended.get();
    }

    /** Answers log-ins that are under way at once, with status 503. */
    void close() {
        closing.countDown();
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        Session session = request.getSessionInternal(false);
        if (request.getRequestURI().equals("/j_security_check")) {
            if (!takeTime()) {
                response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
                return;
            }
            if (session != null) {
                session.setNote(LOGIN_NOTE, new Login(request.getHeader("User-Agent")));
            }
        } else if (session != null
                && session.getPrincipal() != null
                && session.getNote(LOGIN_NOTE) instanceof Login login
                && isOver(login, request.getHeader("User-Agent"))) {
            if (login.over().compareAndSet(false, true)) {
                ended.incrementAndGet();
            }
            session.expire();
        }
        getNext().invoke(request, response);
    }

    private boolean isOver(Login login, @Nullable String userAgent) {
        boolean stranger = boundToUserAgent && (userAgent == null || !userAgent.equals(login.userAgent()));
        return stranger || (maxUses > 0 && login.uses().incrementAndGet() > maxUses);
    }

    /** Lets the time of a log-in pass, and says whether it did: false when the site closed meanwhile. */
    private boolean takeTime() {
        try {
            return !closing.await(loginTime.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
