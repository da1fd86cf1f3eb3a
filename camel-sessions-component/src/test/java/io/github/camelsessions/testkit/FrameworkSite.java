/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A web application with log-in and protected forms, which answers as one built with a well-known framework does: in its
 * cookies, its hidden fields, its redirects and its refusals. On a free port of 127.0.0.1; user {@code anna}, password
 * {@code secret}.
 *
 * <p>{@code GET /orders} shows a form with a hidden field and the number of orders so far; {@code POST /orders} with the
 * field {@code title} and the hidden one stores an order and leads to {@code /orders/<number>} by 302. Without a session
 * all pages lead to the log-in. See the factory methods for the rest.
 *
 * <p>Thread-safe.
 */
public abstract class FrameworkSite implements AutoCloseable {

    private final SiteServer server = new SiteServer();
    private final List<String> orders = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger logins = new AtomicInteger();
    private final AtomicInteger refusedForms = new AtomicInteger();
    private final AtomicInteger secrets = new AtomicInteger();

    /** The token of each session, by its cookie's value. */
    final Map<String, String> sessions = new ConcurrentHashMap<>();

    private FrameworkSite() {
        server.start((request, call) -> call.answer(answer(request)));
    }

    /**
     * As Spring Security: the filter against forged forms comes first, so that a form without a session is refused by 403
     * and only other requests lead to {@code /login}. A log-in needs the token of the page that showed its form, and ends
     * that session ({@code JSESSIONID}) and its token. A token looks different on each page. A wrong password leads to
     * {@code /login?error}.
     */
    public static FrameworkSite springSecurity() {
        return new SpringSecurity();
    }

    /**
     * As Django: the token is a cookie, {@code csrftoken}, with which the field {@code csrfmiddlewaretoken} is compared; a
     * log-in gives both cookies anew. A form with a good token but without a session leads to
     * {@code /accounts/login/?next=}, one with a wrong token is refused by 403. A wrong password shows the log-in again, by
     * 200.
     */
    public static FrameworkSite django() {
        return new Django();
    }

    /**
     * As an application behind Keycloak: any request without a session leads to the realm's {@code auth} page with a
     * {@code state}, which shows a form; its action has a {@code session_code} that can be used once, and a log-in leads
     * back by a {@code code} that can be used once. The application's forms have a token of the session.
     */
    public static FrameworkSite keycloak() {
        return new Keycloak();
    }

    /** The site's address without a slash at the end. */
    public String url() {
        return "http://127.0.0.1:" + server.port();
    }

    /** The pattern of the URLs that those without a session are led to. */
    public abstract String expiredUri();

    /** The name of the hidden field of its forms. */
    public abstract String field();

    /** Ends all sessions. */
    public void expireNow() {
        sessions.clear();
    }

    /** The titles of the orders, as often as they were stored. */
    public List<String> orders() {
        return List.copyOf(orders);
    }

    /** How many log-ins succeeded. */
    public int logins() {
        return logins.get();
    }

    /** How many forms were refused for their token. */
    public int refusedForms() {
        return refusedForms.get();
    }

    @Override
    public void close() {
        server.close();
    }

    abstract SiteAnswer answer(SiteRequest request);

    String newSecret() {
        return "s" + secrets.incrementAndGet() + "x" + Long.toHexString(Double.doubleToLongBits(Math.random()));
    }

    void loggedIn() {
        logins.incrementAndGet();
    }

    static boolean isAnna(Map<String, String> form) {
        return "anna".equals(form.get("username")) && "secret".equals(form.get("password"));
    }

    SiteAnswer refusedForm() {
        refusedForms.incrementAndGet();
        return html(403, "<h1>Forbidden</h1>");
    }

    /** The pages behind the log-in; the token is the one that the form shows. */
    SiteAnswer page(SiteRequest request, String token) {
        if (!request.path().startsWith("/orders")) {
            return html(404, "<h1>Not found</h1>");
        }
        if (request.method().equals("POST")) {
            synchronized (orders) {
                orders.add(request.form().get("title"));
                return redirect("/orders/" + orders.size());
            }
        }
        return html(
                200,
                "<h1>" + orders.size() + " orders</h1><form method=post action=/orders>" + hidden(token)
                        + "<input name=title></form>");
    }

    String hidden(String token) {
        return "<input type=\"hidden\" name=\"" + field() + "\" value=\"" + token + "\">";
    }

    String logInForm(String action, String more) {
        return "<form method=\"post\" action=\"" + action + "\">" + more
                + "<input name=\"username\"><input type=\"password\" name=\"password\"></form>";
    }

    static SiteAnswer html(int status, String text) {
        return new SiteAnswer(status, "<!doctype html>" + text).with("Content-Type", "text/html; charset=utf-8");
    }

    static SiteAnswer redirect(String location) {
        return new SiteAnswer(302, "").with("Location", location);
    }

    private static final class SpringSecurity extends FrameworkSite {

        private final Map<String, String> anonymous = new ConcurrentHashMap<>();

        @Override
        public String expiredUri() {
            return url() + "/login*";
        }

        @Override
        public String field() {
            return "_csrf";
        }

        // XorCsrfTokenRequestAttributeHandler: random octets, and the token combined with them
        private String masked(String token) {
            return newSecret() + "." + token;
        }

        private static boolean matches(String token, String given) {
            return token != null && given != null && given.endsWith("." + token);
        }

        @Override
        SiteAnswer answer(SiteRequest request) {
            String id = request.cookie("JSESSIONID");
            String token = id == null ? null : sessions.get(id);
            String expected = token != null || id == null ? token : anonymous.get(id);
            if (!request.isSafe() && !matches(expected, request.form().get(field()))) {
                return refusedForm();
            }
            if (request.path().equals("/login")) {
                return request.isSafe() ? loginPage() : logIn(request, id);
            }
            return token == null ? redirect(url() + "/login") : page(request, masked(token));
        }

        private SiteAnswer loginPage() {
            String id = newSecret();
            String token = newSecret();
            anonymous.put(id, token);
            return html(200, logInForm("/login", hidden(masked(token))))
                    .with("Set-Cookie", "JSESSIONID=" + id + "; Path=/; HttpOnly");
        }

        private SiteAnswer logIn(SiteRequest request, String id) {
            if (!isAnna(request.form())) {
                return redirect(url() + "/login?error");
            }
            anonymous.remove(id);
            String own = newSecret();
            sessions.put(own, newSecret());
            loggedIn();
            return redirect(url() + "/orders").with("Set-Cookie", "JSESSIONID=" + own + "; Path=/; HttpOnly");
        }
    }

    private static final class Django extends FrameworkSite {

        @Override
        public String expiredUri() {
            return url() + "/accounts/login/*";
        }

        @Override
        public String field() {
            return "csrfmiddlewaretoken";
        }

        @Override
        SiteAnswer answer(SiteRequest request) {
            String token = request.cookie("csrftoken");
            if (!request.isSafe()
                    && (token == null || !token.equals(request.form().get(field())))) {
                return refusedForm();
            }
            if (request.path().equals("/accounts/login/")) {
                return request.isSafe() || !isAnna(request.form()) ? loginPage(request) : logIn(request);
            }
            String id = request.cookie("sessionid");
            if (id == null || !sessions.containsKey(id)) {
                return redirect("/accounts/login/?next=" + URLEncoder.encode(request.uri(), StandardCharsets.UTF_8));
            }
            return page(request, token == null ? "" : token);
        }

        private SiteAnswer loginPage(SiteRequest request) {
            String known = request.cookie("csrftoken");
            String token = known == null ? newSecret() : known;
            return html(200, logInForm(request.uri().replace("&", "&amp;"), hidden(token)))
                    .with("Set-Cookie", "csrftoken=" + token + "; Path=/; Max-Age=31449600; SameSite=Lax")
                    .with("Vary", "Cookie");
        }

        private SiteAnswer logIn(SiteRequest request) {
            String id = newSecret();
            sessions.put(id, "");
            loggedIn();
            return redirect("/orders")
                    .with("Set-Cookie", "csrftoken=" + newSecret() + "; Path=/; Max-Age=31449600; SameSite=Lax")
                    .with("Set-Cookie", "sessionid=" + id + "; Path=/; HttpOnly; SameSite=Lax");
        }
    }

    private static final class Keycloak extends FrameworkSite {

        private static final String REALM = "/realms/shop/";

        private final Map<String, String> states = new ConcurrentHashMap<>(); // of session codes
        private final Map<String, String> codes = new ConcurrentHashMap<>(); // to states

        @Override
        public String expiredUri() {
            return url() + REALM + "*";
        }

        @Override
        public String field() {
            return "token";
        }

        @Override
        SiteAnswer answer(SiteRequest request) {
            Map<String, String> query = SiteRequest.pairs(request.query());
            if (request.path().equals(REALM + "protocol/openid-connect/auth")) {
                return loginPage(query);
            }
            if (request.path().equals(REALM + "login-actions/authenticate")) {
                return logIn(request, query);
            }
            if (request.path().equals("/callback")) {
                return openSession(request, query);
            }
            String id = request.cookie("app");
            String token = id == null ? null : sessions.get(id);
            if (token == null) {
                String state = newSecret();
                return redirect(url() + REALM + "protocol/openid-connect/auth?response_type=code&client_id=shop&state="
                                + state)
                        .with("Set-Cookie", "OAuth_Token_Request_State=" + state + "; Path=/; HttpOnly");
            }
            if (!request.isSafe() && !token.equals(request.form().get(field()))) {
                return refusedForm();
            }
            return page(request, token);
        }

        private SiteAnswer loginPage(Map<String, String> query) {
            String code = newSecret();
            states.put(code, query.getOrDefault("state", ""));
            String action = url() + REALM + "login-actions/authenticate?session_code=" + code
                    + "&amp;execution=e1&amp;client_id=shop&amp;tab_id=t1";
            return html(200, logInForm(action, ""))
                    .with("Set-Cookie", "AUTH_SESSION_ID=" + code + "; Path=" + REALM + "; Secure; SameSite=None")
                    .with("Set-Cookie", "KC_RESTART=" + newSecret() + "; Path=" + REALM + "; Secure; HttpOnly");
        }

        private SiteAnswer logIn(SiteRequest request, Map<String, String> query) {
            String given = query.getOrDefault("session_code", "");
            if (!given.equals(request.cookie("AUTH_SESSION_ID"))) {
                return html(400, "Restart login cookie not found");
            }
            String state = states.remove(given);
            if (state == null || !isAnna(request.form())) {
                return loginPage(Map.of("state", state == null ? "" : state));
            }
            String code = newSecret();
            codes.put(code, state);
            return redirect(url() + "/callback?state=" + state + "&code=" + code);
        }

        private SiteAnswer openSession(SiteRequest request, Map<String, String> query) {
            String state = codes.remove(query.getOrDefault("code", ""));
            if (state == null
                    || !state.equals(query.get("state"))
                    || !state.equals(request.cookie("OAuth_Token_Request_State"))) {
                return html(400, "invalid code or state");
            }
            String id = newSecret();
            sessions.put(id, newSecret());
            loggedIn();
            return redirect("/orders").with("Set-Cookie", "app=" + id + "; Path=/; HttpOnly");
        }
    }
}
