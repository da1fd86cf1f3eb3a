/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import io.github.camelsessions.testkit.SiteSessions.Session;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The log-in by forms: the page with user name and password, and the one that asks for a code. Thread-safe: what requests
 * share is in sessions, forms and a concurrent map.
 */
final class SiteLogin {

    private final SiteRules rules;
    private final SiteSessions sessions;
    private final SiteForms forms;
    private final Map<String, Visitor> visitors = new ConcurrentHashMap<>();

    SiteLogin(SiteRules rules, SiteSessions sessions, SiteForms forms) {
        this.rules = rules;
        this.sessions = sessions;
        this.forms = forms;
    }

    /**
     * Who has not logged in yet.
     *
     * @param user whose password was right and whose code is asked for; null before that
     */
    private record Visitor(String id, String token, String user) implements SiteForms.Reader {}

    private Visitor newVisitor(String user) {
        Visitor visitor = new Visitor(SiteSessions.newToken(), SiteSessions.newToken(), user);
        visitors.put(visitor.id(), visitor);
        return visitor;
    }

    private Visitor visitor(SiteRequest request) {
        String id = request.cookie(ExpiringSite.VISIT_COOKIE);
        return id == null ? null : visitors.get(id);
    }

    private static SiteAnswer marked(SiteAnswer answer, Visitor visitor) {
        return answer.with("Set-Cookie", ExpiringSite.VISIT_COOKIE + "=" + visitor.id() + "; Path=/; HttpOnly");
    }

    /** Who asks without a session: 200 shows the log-in page, 302 leads there, any other status is just that. */
    SiteAnswer withoutSession(int status) {
        return switch (status) {
            case 200 -> page();
            case 302 -> redirect(302, rules.login().path());
            default -> new SiteAnswer(status, "status " + status + "\n");
        };
    }

    static SiteAnswer redirect(int status, String path) {
        return new SiteAnswer(status, "").with("Location", path);
    }

    private SiteAnswer page() {
        Visitor visitor = newVisitor(null);
        SiteAnswer page = html(ExpiringSite.LOGIN_TEXT + "\n"
                + forms.form(
                        rules.login().action(),
                        visitor,
                        "<input name=\"" + rules.login().userField() + "\"><input type=\"password\" name=\""
                                + rules.login().passwordField() + "\">"));
        return forms.haveTokens() ? marked(page, visitor) : page;
    }

    static SiteAnswer html(String text) {
        return new SiteAnswer(200, text).with("Content-Type", "text/html; charset=utf-8");
    }

    static SiteAnswer wrongForm() {
        return new SiteAnswer(403, "what was hidden in the form is not right\n");
    }

    /** The answer to a form with user name and password. */
    SiteAnswer password(SiteRequest request, SiteCounters counters) {
        Map<String, String> form = request.form();
        Visitor visitor = visitor(request);
        if (!forms.accepts(form, visitor)) {
            return wrongForm();
        }
        String user = form.get(rules.login().userField());
        if (!sessions.knows(user, form.get(rules.login().passwordField()))) {
            return new SiteAnswer(401, "user or password is wrong\n");
        }
        forget(visitor);
        return rules.users().get(user).codes() == null
                ? open(user, request, counters)
                : marked(redirect(rules.forms().redirect(), rules.login().codePath()), newVisitor(user));
    }

    /** The page that asks for a code, or the answer to its form; null for one whose password was not right before. */
    SiteAnswer code(SiteRequest request, SiteCounters counters) {
        Visitor visitor = visitor(request);
        if (visitor == null || visitor.user() == null) {
            return null;
        }
        if (request.isSafe()) {
            return html("One more step\n"
                    + forms.form(
                            rules.login().codePath(),
                            visitor,
                            "<input name=\"" + rules.login().codeField() + "\">"));
        }
        Map<String, String> form = request.form();
        if (!forms.accepts(form, visitor)) {
            return wrongForm();
        }
        OneTimeCodes codes = rules.users().get(visitor.user()).codes();
        if (!codes.accepts(form.get(rules.login().codeField()), Instant.now())) {
            return new SiteAnswer(401, "the code is wrong\n");
        }
        forget(visitor);
        return open(visitor.user(), request, counters);
    }

    private void forget(Visitor visitor) {
        if (visitor != null) {
            visitors.remove(visitor.id());
        }
    }

    private SiteAnswer open(String user, SiteRequest request, SiteCounters counters) {
        Session session = sessions.open(user, request);
        counters.loginsSucceeded.add(user);
        String text = "user=" + user + "\nsession=" + session.serial() + "\n";
        String given = request.form().get("page");
        String page = given == null ? rules.login().leadsTo() : given.startsWith("/") ? given : "/" + given;
        SiteAnswer answer = page == null
                ? new SiteAnswer(200, text)
                : new SiteAnswer(rules.forms().redirect(), text).with("Location", page);
        return answer.with("Set-Cookie", ExpiringSite.SESSION_COOKIE + "=" + session.id() + "; Path=/; HttpOnly")
                .with("Set-Cookie", pageCookie(session));
    }

    static String pageCookie(Session session) {
        return ExpiringSite.PAGE_COOKIE + "=" + session.serial() + "; Path=/";
    }

    /** Forgets whose password was right and whose code has not come yet. */
    void reset() {
        visitors.clear();
    }
}
