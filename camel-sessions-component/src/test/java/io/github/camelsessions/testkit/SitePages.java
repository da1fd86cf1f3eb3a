/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import io.github.camelsessions.testkit.SiteCounters.Gauge;
import io.github.camelsessions.testkit.SiteRules.LoginForm;
import io.github.camelsessions.testkit.SiteServer.Call;
import io.github.camelsessions.testkit.SiteSessions.Session;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the site answers to each path. Thread-safe: each request is on one thread at a time, what requests share is in
 * sessions, faults, rooms and counters.
 */
final class SitePages implements SiteServer.Handler {

    private final SiteRules rules;
    private final SiteServer server;
    private final SiteSessions sessions;
    private final SiteFaults faults;
    private final WaitingRoom hangingLogins;
    private final WaitingRoom slowPages;
    private final AtomicLong answers = new AtomicLong();
    private volatile SiteCounters counters = new SiteCounters();

    SitePages(SiteRules rules, SiteServer server, SiteSessions sessions, SiteFaults faults) {
        this.rules = rules;
        this.server = server;
        this.sessions = sessions;
        this.faults = faults;
        this.hangingLogins = new WaitingRoom(server.executor(), false);
        this.slowPages = new WaitingRoom(server.executor(), true);
    }

    WaitingRoom hangingLogins() {
        return hangingLogins;
    }

    WaitingRoom slowPages() {
        return slowPages;
    }

    SiteCounters counters() {
        return counters;
    }

    /** Counts from 0 again. Requests that are under way still count where they began. */
    void resetCounters() {
        counters = new SiteCounters();
    }

    @Override
    public void handle(SiteRequest request, Call call) {
        Visit visit = new Visit(request, call, counters);
        visit.counters.requests.add(request.path());
        visit.checkCookies();
        if (request.path().equals(rules.loginForm().path())) {
            visit.login();
            return;
        }
        if (rules.pages().stream().anyMatch(request.path()::startsWith)) {
            visit.page();
            return;
        }
        switch (firstSegment(request.path())) {
            case "page" -> visit.page();
            case "slow" -> visit.slowPage();
            case "late" -> visit.latePage();
            case "forbidden" -> visit.answer(new SiteAnswer(403, "forbidden for everyone\n"));
            case "echo" -> visit.answer(echo(request));
            default -> visit.answer(new SiteAnswer(404, "no such page\n"));
        }
    }

    private static String firstSegment(String path) {
        int end = path.indexOf('/', 1);
        return path.substring(Math.min(1, path.length()), end < 0 ? path.length() : end);
    }

    private static SiteAnswer echo(SiteRequest request) {
        StringBuilder text = new StringBuilder(request.method() + " " + request.uri() + "\n");
        request.headers()
                .forEach((name, values) -> values.forEach(
                        value -> text.append(name).append(": ").append(value).append('\n')));
        return new SiteAnswer(200, text.append('\n').append(request.body()).toString());
    }

    /** Without a session: 200 shows the log-in page, 302 leads there, any other status is just that. */
    private SiteAnswer withoutSession(int status) {
        return switch (status) {
            case 200 -> loginPage();
            case 302 ->
                new SiteAnswer(302, "").with("Location", rules.loginForm().path());
            default -> new SiteAnswer(status, "status " + status + "\n");
        };
    }

    private SiteAnswer loginPage() {
        LoginForm form = rules.loginForm();
        String hidden = "";
        String token = "";
        if (form.hiddenField() != null) {
            token = SiteSessions.newToken();
            hidden = hidden(token);
        }
        SiteAnswer page = new SiteAnswer(
                        200,
                        ExpiringSite.LOGIN_TEXT + "\n<form method=\"post\" action=\"" + form.path()
                                + "\">" + hidden + "<input name=\"" + form.userField()
                                + "\"><input type=\"password\" name=\""
                                + form.passwordField() + "\"></form>\n")
                .with("Content-Type", "text/html; charset=utf-8");
        return token.isEmpty()
                ? page
                : page.with("Set-Cookie", ExpiringSite.FORM_COOKIE + "=" + token + "; Path=/; HttpOnly");
    }

    private String hidden(String token) {
        return "<input type=\"hidden\" name=\"" + rules.loginForm().hiddenField() + "\" value=\"" + token + "\">";
    }

    private boolean hasToken(Map<String, String> form, String token) {
        String field = rules.loginForm().hiddenField();
        return field == null || (token != null && token.equals(form.get(field)));
    }

    private static SiteAnswer wrongToken() {
        return new SiteAnswer(403, "the form has a wrong token\n");
    }

    private SiteAnswer failure(int status) {
        SiteAnswer answer = withoutSession(status);
        Duration wait = faults.retryAfter();
        return wait == null ? answer : answer.with("Retry-After", Long.toString(wait.toSeconds()));
    }

    private static String pageCookie(Session session) {
        return ExpiringSite.PAGE_COOKIE + "=" + session.serial() + "; Path=/";
    }

    /** One request and its way through the site. */
    private final class Visit {
        private final SiteRequest request;
        private final Call call;
        private final SiteCounters counters;
        private boolean accepted;

        private Visit(SiteRequest request, Call call, SiteCounters counters) {
            this.request = request;
            this.call = call;
            this.counters = counters;
        }

        private void checkCookies() {
            String user = request.header(ExpiringSite.USER_HEADER);
            for (String id : request.cookies(ExpiringSite.SESSION_COOKIE)) {
                Session session = sessions.find(id);
                if (user != null && session != null && !session.user().equals(user)) {
                    counters.mixUp(request.path() + ": a request for " + user + " in session " + session.serial()
                            + " of " + session.user());
                }
            }
            Session session = sessions.find(request.cookie(ExpiringSite.SESSION_COOKIE));
            for (String serial : request.cookies(ExpiringSite.PAGE_COOKIE)) {
                if (session != null && !serial.equals(Long.toString(session.serial()))) {
                    counters.staleCookie(request.path() + ": a cookie from session " + serial + " in session "
                            + session.serial() + " of " + session.user());
                }
            }
        }

        private void login() {
            if (request.isSafe()) {
                answer(withoutSession(200));
                return;
            }
            Map<String, String> form = request.form();
            counters.loginsAttempted.add(form.getOrDefault(rules.loginForm().userField(), ""));
            counters.logins.enter();
            hangingLogins.enter(
                    request.path(),
                    () -> server.later(rules.loginTime(), () -> leave(counters.logins, loginAnswer(form))),
                    () -> drop(counters.logins));
        }

        private SiteAnswer loginAnswer(Map<String, String> form) {
            int failure = faults.takeLogin();
            if (failure != 0) {
                return failure(failure);
            }
            if (!hasToken(form, request.cookie(ExpiringSite.FORM_COOKIE))) {
                return wrongToken();
            }
            String user = form.get(rules.loginForm().userField());
            if (!sessions.knows(user, form.get(rules.loginForm().passwordField()))) {
                return new SiteAnswer(401, "user or password is wrong\n");
            }
            Session session = sessions.open(user, request);
            counters.loginsSucceeded.add(user);
            String text = "user=" + user + "\nsession=" + session.serial() + "\n";
            String page = form.get("page");
            SiteAnswer answer = page == null
                    ? new SiteAnswer(200, text)
                    : new SiteAnswer(302, text).with("Location", page.startsWith("/") ? page : "/" + page);
            return answer.with("Set-Cookie", ExpiringSite.SESSION_COOKIE + "=" + session.id() + "; Path=/; HttpOnly")
                    .with("Set-Cookie", pageCookie(session));
        }

        private void page() {
            counters.pages.enter();
            leave(counters.pages, judge());
        }

        private void slowPage() {
            counters.pages.enter();
            SiteAnswer answer = judge();
            if (accepted) {
                await(() -> leave(counters.pages, answer));
            } else {
                leave(counters.pages, answer);
            }
        }

        private void latePage() {
            counters.pages.enter();
            await(() -> leave(counters.pages, judge()));
        }

        private void await(Runnable next) {
            slowPages.enter(request.path(), next, () -> drop(counters.pages));
        }

        private SiteAnswer judge() {
            int failure = faults.takePage();
            if (failure != 0) {
                counters.failed.add(request.path());
                return failure(failure);
            }
            Session session = sessions.find(request.cookie(ExpiringSite.SESSION_COOKIE));
            if (session != null
                    && sessions.isOpen(session)
                    && !request.isSafe()
                    && !hasToken(request.form(), session.token())) {
                counters.refused.add(request.path());
                return wrongToken();
            }
            if (session == null || faults.isRefusingAll() || !sessions.accepts(session, request)) {
                counters.refused.add(request.path());
                return withoutSession(rules.refusal());
            }
            accepted = true;
            counters.accepted.add(request.path());
            String key = "";
            if (!request.isSafe()) {
                counters.posts.add(request.key());
                key = "key=" + request.key() + "\n";
            }
            String text = "path=" + request.path() + "\nuser=" + session.user() + "\nsession=" + session.serial()
                    + "\nanswer=" + answers.incrementAndGet() + "\n" + key;
            if (rules.loginForm().hiddenField() != null) {
                text += hidden(session.token()) + "\n";
            }
            return new SiteAnswer(200, text).with("Set-Cookie", pageCookie(session));
        }

        /** Leaves before the answer: the client's next request must not meet this one. */
        private void leave(Gauge gauge, SiteAnswer answer) {
            gauge.leave();
            answer(answer);
        }

        private void answer(SiteAnswer answer) {
            if (faults.isDropped()) {
                counters.dropped.add(request.path());
                call.drop();
            } else {
                call.answer(answer);
            }
        }

        private void drop(Gauge gauge) {
            gauge.leave();
            call.drop();
        }
    }
}
