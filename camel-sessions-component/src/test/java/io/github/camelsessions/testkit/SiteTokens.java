/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import io.github.camelsessions.testkit.SiteSessions.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where bearer tokens are given, for a password or a refresh token (RFC 6749, sections 4.3 and 6). Thread-safe: a refresh
 * token is taken once, however many requests come with it.
 */
final class SiteTokens {

    private static final Duration HOUR = Duration.ofHours(1);

    private final SiteRules rules;
    private final SiteSessions sessions;
    private final Map<String, Grant> grants = new ConcurrentHashMap<>(); // by all refresh tokens of theirs

    SiteTokens(SiteRules rules, SiteSessions sessions) {
        this.rules = rules;
        this.sessions = sessions;
    }

    /** What a password has led to: one refresh token after the other. */
    private static final class Grant {
        private final String user;
        private String current; // guarded by this

        private Grant(String user) {
            this.user = user;
        }

        private synchronized void become(String token) {
            current = token;
        }

        /** Takes the token, if it is the newest; an older one is in wrong hands, and so may be the newest then. */
        private synchronized boolean take(String token) {
            boolean newest = token.equals(current);
            current = null;
            return newest;
        }
    }

    SiteAnswer answer(SiteRequest request, SiteCounters counters) {
        Map<String, String> form = request.form();
        return switch (form.getOrDefault("grant_type", "")) {
            case "password" -> password(request, form, counters);
            case "refresh_token" -> refresh(request, form.getOrDefault("refresh_token", ""), counters);
            default -> refused("unsupported_grant_type");
        };
    }

    private SiteAnswer password(SiteRequest request, Map<String, String> form, SiteCounters counters) {
        String user = form.get("username");
        if (!sessions.knows(user, form.get("password"))) {
            return refused("invalid_grant");
        }
        OneTimeCodes codes = rules.users().get(user).codes();
        if (codes != null && !codes.accepts(form.get(rules.login().codeField()), Instant.now())) {
            return refused("invalid_grant");
        }
        counters.loginsSucceeded.add(user);
        return tokens(new Grant(user), request);
    }

    private SiteAnswer refresh(SiteRequest request, String token, SiteCounters counters) {
        Grant grant = grants.get(token);
        if (grant == null || !grant.take(token)) {
            return refused("invalid_grant");
        }
        counters.refreshes.add(grant.user);
        return tokens(grant, request);
    }

    private SiteAnswer tokens(Grant grant, SiteRequest request) {
        Session session = sessions.openForBearer(grant.user, request);
        String refreshToken = SiteSessions.newToken();
        grants.put(refreshToken, grant);
        grant.become(refreshToken);
        Duration age = rules.maxAge() == null ? HOUR : rules.maxAge();
        return json(
                200,
                "{\"access_token\":\"" + session.id() + "\",\"token_type\":\"Bearer\",\"expires_in\":" + age.toSeconds()
                        + ",\"refresh_token\":\"" + refreshToken + "\"}");
    }

    private static SiteAnswer refused(String error) {
        return json(400, "{\"error\":\"" + error + "\"}");
    }

    private static SiteAnswer json(int status, String text) {
        return new SiteAnswer(status, text)
                .with("Content-Type", "application/json")
                .with("Cache-Control", "no-store");
    }

    /** From now on no refresh token is taken that was given before. */
    void end() {
        grants.clear();
    }
}
