/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import io.github.camelsessions.testkit.SiteCounters.Gauge;
import io.github.camelsessions.testkit.SiteServer.Call;
import io.github.camelsessions.testkit.SiteSessions.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What the site answers to each path. Thread-safe: each request is on one thread at a time, what requests share is in
 * sessions, faults, rooms and counters.
 */
final class SitePages implements SiteServer.Handler {

    private final SiteRules rules;
    private final SiteServer server;
    private final SiteSessions sessions;
    private final SiteFaults faults;
    private final SiteForms forms;
    private final SiteLogin login;
    private final SiteTokens tokens;
    private final WaitingRoom hangingLogins;
    private final WaitingRoom slowPages;
    private final AtomicLong answers = new AtomicLong();
    private volatile SiteCounters counters = new SiteCounters();

    SitePages(SiteRules rules, SiteServer server, SiteSessions sessions, SiteFaults faults) {
        this.rules = rules;
        this.server = server;
        this.sessions = sessions;
        this.faults = faults;
        this.forms = new SiteForms(rules.forms());
        this.login = new SiteLogin(rules, sessions, forms);
        this.tokens = new SiteTokens(rules, sessions);
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

    SiteTokens tokens() {
        return tokens;
    }

    /** Forgets log-ins that are half done and counts from 0. Requests that are under way still count where they began. */
    void reset() {
        login.reset();
        counters = new SiteCounters();
    }

    @Override
    public void handle(SiteRequest request, Call call) {
        Visit visit = new Visit(request, call, counters);
        visit.counters.requests.add(request.path());
        visit.checkSessions();
        String path = request.path();
        if (path.equals(rules.login().action()) && !request.isSafe()) {
            visit.login(
                    request.form().getOrDefault(rules.login().userField(), ""),
                    () -> login.password(request, visit.counters));
        } else if (path.equals(rules.login().tokenPath()) && !request.isSafe()) {
            visit.login(request.form().getOrDefault("username", ""), () -> tokens.answer(request, visit.counters));
        } else if (path.equals(rules.login().path()) && request.isSafe()) {
            visit.answer(login.withoutSession(200));
        } else if (path.equals(rules.login().codePath())) {
            visit.code();
        } else if (isPage(path)) {
            visit.page();
        } else {
            visit.other(firstSegment(path));
        }
    }

    private boolean isPage(String path) {
        return firstSegment(path).equals("page")
                || path.equals(rules.login().leadsTo())
                || rules.pages().stream().anyMatch(path::startsWith)
                || rules.forms().fields().keySet().stream()
                        .anyMatch(form -> path.equals(form) || path.startsWith(form + "/"));
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

        private void checkSessions() {
            String user = request.header(ExpiringSite.USER_HEADER);
            List<String> ids = new ArrayList<>(request.cookies(ExpiringSite.SESSION_COOKIE));
            if (request.bearerToken() != null) {
                ids.add(request.bearerToken());
            }
            for (String id : ids) {
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

        private void other(String firstSegment) {
            switch (firstSegment) {
                case "slow" -> slowPage();
                case "late" -> latePage();
                case "forbidden" -> answer(new SiteAnswer(403, "forbidden for everyone\n"));
                case "echo" -> answer(echo(request));
                default -> answer(new SiteAnswer(404, "no such page\n"));
            }
        }

        private void login(String user, Supplier<SiteAnswer> judged) {
            counters.loginsAttempted.add(user);
            counters.logins.enter();
            hangingLogins.enter(
                    request.path(),
                    () -> server.later(rules.loginTime(), () -> leave(counters.logins, loginAnswer(judged))),
                    () -> drop(counters.logins));
        }

        private SiteAnswer loginAnswer(Supplier<SiteAnswer> judged) {
            int failure = faults.takeLogin();
            SiteAnswer answer = failure == 0 ? judged.get() : login.withoutSession(failure);
            return failure == 0 && answer.status() < 400 ? answer : faults.refusal(answer);
        }

        private void code() {
            SiteAnswer answer = login.code(request, counters);
            if (answer == null) {
                answer = login.withoutSession(rules.refusal());
            }
            answer(answer.status() < 400 ? answer : faults.refusal(answer));
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
                return faults.refusal(login.withoutSession(failure));
            }
            Session session = sessions.of(request);
            if (session != null && sessions.isOpen(session, request) && isForged(session)) {
                return refused(SiteLogin.wrongForm());
            }
            if (session == null || faults.isRefusingAll() || !sessions.accepts(session, request)) {
                return refused(
                        request.bearerToken() == null
                                ? login.withoutSession(rules.refusal())
                                : new SiteAnswer(401, "the token is not valid\n")
                                        .with("WWW-Authenticate", "Bearer error=\"invalid_token\""));
            }
            List<String> fields = forms.fields(request.path());
            if (!request.isSafe() && !request.form().keySet().containsAll(fields)) {
                return refused(new SiteAnswer(400, "the form needs " + fields + "\n"));
            }
            accepted = true;
            counters.accepted.add(request.path());
            return accepted(session).with("Set-Cookie", SiteLogin.pageCookie(session));
        }

        /** Nobody can make a browser send a bearer token, so that such a request needs nothing hidden. */
        private boolean isForged(Session session) {
            return !request.isSafe() && request.bearerToken() == null && !forms.accepts(request.form(), session);
        }

        private SiteAnswer refused(SiteAnswer answer) {
            counters.refused.add(request.path());
            return faults.refusal(answer);
        }

        private SiteAnswer accepted(Session session) {
            long answer = answers.incrementAndGet();
            String text = "path=" + request.path() + "\nuser=" + session.user() + "\nsession=" + session.serial()
                    + "\nanswer=" + answer + "\n";
            if (request.isSafe()) {
                String form = forms.ofPage(request.path(), session);
                return form.isEmpty() ? new SiteAnswer(200, text) : SiteLogin.html(text + form);
            }
            String key = forms.key(request);
            counters.posts.add(key);
            return rules.forms().fields().containsKey(request.path())
                    ? SiteLogin.redirect(rules.forms().redirect(), request.path() + "/" + answer)
                    : new SiteAnswer(200, text + "key=" + key + "\n");
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
