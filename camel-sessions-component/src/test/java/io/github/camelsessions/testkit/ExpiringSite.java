/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A web site with log-in for tests of routes whose HTTP sessions end: after a number of requests, after a time, when the
 * client looks different, or when the test says so. It listens on a free port of 127.0.0.1 as soon as it was started.
 *
 * <p>As a JUnit 5 extension it closes itself: a static one after the tests of its class, with a {@link #reset()} before
 * each of them; one of an instance after its test.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final ExpiringSite site = ExpiringSite.builder()
 *         .user("anna", "secret")
 *         .expiresAfterUses(100)
 *         .start();
 * }</pre>
 *
 * <p>Elsewhere it is an AutoCloseable. Requests that wait when it is closed get no answer.
 *
 * <p>Without more it has the paths below. {@link Builder#loginPath}, {@link Builder#form} and the like give it those of a
 * real site, so that the routes and properties of a project run against it once their address is {@link #url()}.
 *
 * <table>
 * <caption>Its pages</caption>
 * <tr><th>path</th><th>answer</th></tr>
 * <tr><td>{@code GET /login}</td><td>200, a page with {@link #LOGIN_TEXT} and the form</td></tr>
 * <tr><td>{@code POST /login}</td><td>the form with {@code user} and {@code password} opens a session: 200 with the lines
 * {@code user=} and {@code session=}, or a redirect to {@link Builder#loginLeadsTo} or to the path in the form's field
 * {@code page}; 401 when they are wrong</td></tr>
 * <tr><td>{@code /code}</td><td>after the right password of a user with {@linkplain Builder#user(String, String, String)
 * one-time codes}, the form that asks for one; elsewhere it is refused</td></tr>
 * <tr><td>{@code /page/<n>}</td><td>for any method. In a session that accepts it 200 with the lines {@code path=},
 * {@code user=}, {@code session=} (a number), {@code answer=} (another number for each answer) and, when the method is not
 * safe, {@code key=}; otherwise it is refused. {@link Builder#pages} and {@link Builder#form} add paths</td></tr>
 * <tr><td>{@code /slow/<n>}</td><td>as a page, judged when it comes; an accepted one is answered after
 * {@link #releaseSlow()}</td></tr>
 * <tr><td>{@code /late/<n>}</td><td>as a page, judged and answered after {@link #releaseSlow()}</td></tr>
 * <tr><td>{@code /forbidden/<n>}</td><td>403, whatever the session, which is not used by it</td></tr>
 * <tr><td>{@code /echo}</td><td>200 with request line, headers and body, without a session</td></tr>
 * </table>
 *
 * <p>A request that waits, for a log-in's time or for the test, has no thread. The site has a fixed number of threads,
 * all named {@code expiring-site-} and a number, besides the JDK's HTTP-Dispatcher.
 *
 * <p>Thread-safe. Rules are fixed at the start; faults and counters are atomics, and a count is raised before its request
 * is answered. Nothing here retries, and no method waits but those named {@code await}.
 */
public final class ExpiringSite
        implements AutoCloseable, BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    /** The cookie that is the session. */
    public static final String SESSION_COOKIE = "sid";

    /** The cookie that log-in and accepted pages set to the number of their session, see {@link #staleCookies()}. */
    public static final String PAGE_COOKIE = "seen";

    /** A request header with the user that the request is for, see {@link #mixUps()}. */
    public static final String USER_HEADER = "X-User";

    /** A request header that tells a request that is not safe from others, see {@link #acceptedPosts()}. */
    public static final String KEY_HEADER = "Idempotency-Key";

    /** What the log-in page says, and no other page. */
    public static final String LOGIN_TEXT = "Please log in";

    /**
     * The cookie of one who has not logged in yet: set by the log-in page where its form has a token, and by a password
     * that a code is to follow.
     */
    public static final String VISIT_COOKIE = "visit";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SiteServer server = new SiteServer();
    private final SiteFaults faults = new SiteFaults();
    private final SiteSessions sessions;
    private final SitePages pages;
    private final AtomicReference<String> owner = new AtomicReference<>();

    private ExpiringSite(SiteRules rules) {
        sessions = new SiteSessions(rules);
        pages = new SitePages(rules, server, sessions, faults);
        server.start(pages);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The site's address without a slash at the end, such as {@code http://127.0.0.1:40123}. */
    public String url() {
        return "http://127.0.0.1:" + server.port();
    }

    /** The address of a page, whose path begins with a slash. */
    public String url(String path) {
        return url() + path;
    }

    /** Opens a session without a log-in and returns its cookie value. Its first request makes it that client's own. */
    public String newSession(String user) {
        return sessions.open(user).id();
    }

    /** Ends all sessions, and so all bearer tokens; refresh tokens live on. */
    public void expireNow() {
        sessions.end();
    }

    /** Ends all sessions of a user. */
    public void expireNow(String user) {
        sessions.end(user);
    }

    /** Ends all refresh tokens, see {@link Builder#tokenPath}; bearer tokens live on. */
    public void expireRefreshTokens() {
        pages.tokens().end();
    }

    /** From now on log-ins fail with this status; 200 shows the log-in page again, as sites with forms do. */
    public void failLogins(int status) {
        failLogins(status, SiteFaults.ALWAYS);
    }

    /** The next log-ins, so many, fail with this status. */
    public void failLogins(int status, int times) {
        faults.failLogins(status, times);
    }

    /** From now on log-ins open a session as ever, but all pages are refused. */
    public void acceptLoginsButRefuseAll() {
        faults.refuseAll();
    }

    /** Ends {@link #failLogins} and {@link #acceptLoginsButRefuseAll}. Those that hang go on hanging. */
    public void repairLogins() {
        faults.endOfLogins();
    }

    /** Log-ins that come from now on wait, and are judged when they are released. */
    public void hangLogins() {
        pages.hangingLogins().setShut(true);
    }

    /** Ends {@link #hangLogins}: those that hang go on, in the order they came. */
    public void releaseLogins() {
        pages.hangingLogins().setShut(false);
        pages.hangingLogins().release(path -> true);
    }

    /** Waits until so many log-ins hang at once, at most half a minute. */
    public void awaitHangingLogins(int count) throws InterruptedException {
        await(pages.hangingLogins(), count, "log-ins that hang");
    }

    /** Lets all requests for {@code /slow} and {@code /late} go on that wait now, and says how many they were. */
    public int releaseSlow() {
        return pages.slowPages().release(path -> true);
    }

    /** Lets those requests go on that wait now for this path, and says how many they were. */
    public int releaseSlow(String path) {
        return pages.slowPages().release(path::equals);
    }

    /** Waits until so many requests for {@code /slow} and {@code /late} wait at once, at most half a minute. */
    public void awaitSlow(int count) throws InterruptedException {
        await(pages.slowPages(), count, "slow requests");
    }

    private static void await(WaitingRoom room, int count, String what) throws InterruptedException {
        if (!room.await(count, PATIENCE)) {
            throw new AssertionError("expiring site: waited " + PATIENCE.toSeconds() + " s for " + count + " " + what
                    + ", there are " + room.waiting());
        }
    }

    /**
     * From now on requests lose their answer with this probability: the site does what they ask and closes the
     * connection instead of answering. The seed gives the same row of random numbers each time; 0 as probability ends it.
     */
    public void dropConnections(double probability, long seed) {
        faults.drop(probability, seed);
    }

    /** The next pages, so many, are answered with this status, as if the application had failed: no session is used. */
    public void status(int status, int times) {
        faults.failPages(status, times);
    }

    /**
     * From now on refusals carry Retry-After, in whole seconds: of pages and of log-ins, those of {@link #failLogins} and
     * {@link #status} too; but not {@code /forbidden}.
     */
    public void retryAfter(Duration time) {
        faults.retryAfter(time);
    }

    /** How many requests came, of all kinds. */
    public int requests() {
        return counters().requests.count();
    }

    /** How many requests came for this path. */
    public int requests(String path) {
        return counters().requests.count(path);
    }

    /** How many log-ins and refreshes of a token were tried, those that still wait included. A code is none of its own. */
    public int loginsAttempted() {
        return counters().loginsAttempted.count();
    }

    public int loginsAttempted(String user) {
        return counters().loginsAttempted.count(user);
    }

    /** How many log-ins opened a session. */
    public int loginsSucceeded() {
        return counters().loginsSucceeded.count();
    }

    public int loginsSucceeded(String user) {
        return counters().loginsSucceeded.count(user);
    }

    /** How many refresh tokens were taken: such a request is a log-in that was tried, and none that succeeded. */
    public int refreshes() {
        return counters().refreshes.count();
    }

    /** How many requests for a page were accepted in a session, those included whose connection was dropped then. */
    public int accepted() {
        return counters().accepted.count();
    }

    public int accepted(String path) {
        return counters().accepted.count(path);
    }

    /**
     * How many requests for a page were refused, for want of a session or for what their form lacked; neither
     * {@code /forbidden} nor {@link #status}.
     */
    public int refused() {
        return counters().refused.count();
    }

    public int refused(String path) {
        return counters().refused.count(path);
    }

    /** How many requests for a page were answered by {@link #status}. */
    public int failed() {
        return counters().failed.count();
    }

    /** How many requests lost their answer by {@link #dropConnections}. */
    public int dropped() {
        return counters().dropped.count();
    }

    /** How many requests for pages (page, slow, late) were under way at once, at most. */
    public int highestConcurrency() {
        return counters().pages.highest();
    }

    /** How many log-ins were under way at once, at most. */
    public int highestConcurrentLogins() {
        return counters().logins.highest();
    }

    /**
     * How often each request was accepted that is not safe (POST, PUT, PATCH, DELETE). It is told from others by
     * {@link #KEY_HEADER}, without one by its body; what was hidden in a form is no part of that.
     */
    public Map<String, Integer> acceptedPosts() {
        return counters().posts.counts();
    }

    /** How often the request of this key was accepted. */
    public int acceptedPosts(String key) {
        return counters().posts.count(key);
    }

    /** A line for each request whose {@link #USER_HEADER} and whose session are of different users; none is as it should be. */
    public List<String> mixUps() {
        return counters().mixUps();
    }

    /**
     * A line for each request with a {@link #PAGE_COOKIE} from another session than its own: an answer of an ended session
     * wrote into its successor's cookies. None is as it should be, when cookies are emptied before each log-in.
     */
    public List<String> staleCookies() {
        return counters().staleCookies();
    }

    private SiteCounters counters() {
        return pages.counters();
    }

    /** Ends all sessions, refresh tokens and faults, sends waiting requests away without an answer, and counts from 0 again. */
    public void reset() {
        faults.end();
        pages.hangingLogins().setShut(false);
        pages.hangingLogins().dismiss();
        pages.slowPages().dismiss();
        sessions.end();
        pages.tokens().end();
        pages.reset();
    }

    @Override
    public void close() {
        server.close();
    }

    // A static extension is called for its class first, one of an instance for its test first. Who calls first owns the
    // site; nested classes and, for a static one, tests come after that.

    @Override
    public void beforeAll(ExtensionContext context) {
        owner.compareAndSet(null, context.getUniqueId());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (!owner.compareAndSet(null, context.getUniqueId())) {
            reset();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        closeFor(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        closeFor(context);
    }

    private void closeFor(ExtensionContext context) {
        if (context.getUniqueId().equals(owner.get())) {
            close();
        }
    }

    /** Says how sessions begin and end, and what the site looks like. Not thread-safe. */
    public static final class Builder {

        private final Map<String, SiteRules.User> users = new LinkedHashMap<>();
        private final List<String> identityHeaders = new ArrayList<>();
        private long maxUses = Long.MAX_VALUE;
        private Duration maxAge;
        private InstantSource clock = Clock.systemUTC();
        private Duration loginTime = Duration.ZERO;
        private boolean oneSessionPerUser;
        private int refusal = 401;
        private String loginPath = "/login";
        private String loginAction;
        private String loginLeadsTo;
        private String userField = "user";
        private String passwordField = "password";
        private String codePath = "/code";
        private String codeField = "code";
        private String tokenPath;
        private final Map<String, String> hiddenFields = new LinkedHashMap<>();
        private String sessionToken;
        private String formToken;
        private final Map<String, List<String>> forms = new LinkedHashMap<>();
        private int redirect = 302;
        private final List<String> pages = new ArrayList<>();

        private Builder() {}

        /** Adds a user; at least one is needed. */
        public Builder user(String name, String password) {
            users.put(name, new SiteRules.User(password, null));
            return this;
        }

        /**
         * Adds a user who is asked for a one-time code after the password (RFC 6238, six digits, by the system's clock).
         * The code of half a minute before or after is taken as well, and each as often as it comes.
         *
         * @param totp the secret in base32 or an otpauth URI, as in {@code account.totp} of a client profile; each code is
         *     taken once, so that tests with several log-ins want a short {@code period}
         */
        public Builder user(String name, String password, String totp) {
            users.put(name, new SiteRules.User(password, new OneTimeCodes(totp)));
            return this;
        }

        /** A session accepts so many requests for pages and refuses all after them. Without this, any number. */
        public Builder expiresAfterUses(long uses) {
            if (uses < 1) {
                throw new IllegalArgumentException("expiring site: uses needs at least 1, it was " + uses);
            }
            maxUses = uses;
            return this;
        }

        /** A session refuses requests when this time has passed since its log-in. Without this, never. */
        public Builder expiresAfter(Duration age) {
            if (age.isNegative() || age.isZero()) {
                throw new IllegalArgumentException("expiring site: age needs to be more than 0, it was " + age);
            }
            maxAge = age;
            return this;
        }

        /** Where the time for {@link #expiresAfter} comes from, such as {@code now::get}. The system's clock by default. */
        public Builder clock(InstantSource clock) {
            this.clock = clock;
            return this;
        }

        /**
         * A session refuses requests whose value of this header is not that of its log-in; it lives on for the others. May
         * be called for several headers.
         */
        public Builder boundTo(String header) {
            identityHeaders.add(header);
            return this;
        }

        /** How long a log-in takes, in real time. Without this, no time. */
        public Builder loginTakes(Duration time) {
            if (time.isNegative()) {
                throw new IllegalArgumentException("expiring site: time needs to be 0 or more, it was " + time);
            }
            loginTime = time;
            return this;
        }

        /** A log-in ends the sessions that its user had. */
        public Builder oneSessionPerUser() {
            oneSessionPerUser = true;
            return this;
        }

        /**
         * What a page is refused with: 401 (the default), 403 or any other error, 302 to the log-in, or 200 with
         * {@link ExpiringSite#LOGIN_TEXT}.
         */
        public Builder refusesWith(int status) {
            if (status != 200 && status != 302 && (status < 400 || status > 599)) {
                throw new IllegalArgumentException(
                        "expiring site: refusal needs 200, 302 or 400 to 599, it was " + status);
            }
            refusal = status;
            return this;
        }

        /** Where the log-in page is, and its form sent unless {@link #loginAction} says where, instead of {@code /login}. */
        public Builder loginPath(String path) {
            loginPath = checkedPath(path);
            return this;
        }

        /** Where the form of the log-in page is sent. Without this, to the path of the page. */
        public Builder loginAction(String path) {
            loginAction = checkedPath(path);
            return this;
        }

        /** A log-in leads to this path, which is a page, by a redirect. Without this it is answered by 200. */
        public Builder loginLeadsTo(String path) {
            loginLeadsTo = checkedPath(path);
            return this;
        }

        /** What the fields of the log-in are called, instead of {@code user} and {@code password}. */
        public Builder loginFields(String user, String password) {
            userField = user;
            passwordField = password;
            return this;
        }

        /** Where the code is asked for and sent, and the name of its field, instead of {@code /code} and {@code code}. */
        public Builder codePage(String path, String field) {
            codePath = checkedPath(path);
            codeField = field;
            return this;
        }

        /**
         * A POST there opens a session that is a bearer token, and counts as a log-in (RFC 6749). It is a form with
         * {@code grant_type=password}, {@code username} and {@code password}, for a user with one-time codes also the field
         * of {@link #codePage}; or with {@code grant_type=refresh_token} and {@code refresh_token}. The answer is JSON with
         * {@code access_token}, {@code refresh_token} and {@code expires_in}, an hour where there is no
         * {@link #expiresAfter}; a wrong one is refused by 400. A refresh token is taken once; one that comes again ends
         * the newest one, too (RFC 9700, section 4.14.2). Pages with an invalid bearer token are refused by 401.
         */
        public Builder tokenPath(String path) {
            tokenPath = checkedPath(path);
            return this;
        }

        /**
         * All forms have this hidden field, and need it back as it was. Without it they are answered by 403, which uses no
         * session. May be called for several.
         */
        public Builder hiddenField(String name, String value) {
            hiddenFields.put(name, value);
            return this;
        }

        /**
         * Each session has a token against forged requests. All forms show it in a hidden field of this name, and each
         * request with a cookie that is not safe needs it in a URL-encoded form; without it, it is answered by 403, which
         * uses no session. One who has not logged in yet gets another one with the log-in page.
         */
        public Builder sessionToken(String field) {
            sessionToken = field;
            return this;
        }

        /** As {@link #sessionToken}, but each form that is shown has a token of its own, which is taken once. */
        public Builder formToken(String field) {
            formToken = field;
            return this;
        }

        /**
         * A page with a form, which has these fields and is sent to the same path: GET shows it, and a POST that is accepted
         * leads on to a page below, {@code path/<number>}, by {@link #redirectsWith}. A POST without one of the fields is
         * answered by 400.
         */
        public Builder form(String path, String... fields) {
            forms.put(checkedPath(path), List.of(fields));
            return this;
        }

        /** What a form that was accepted leads on with: 302 (the default) or 303. */
        public Builder redirectsWith(int status) {
            if (status != 302 && status != 303) {
                throw new IllegalArgumentException("expiring site: redirect needs 302 or 303, it was " + status);
            }
            redirect = status;
            return this;
        }

        /** Paths that begin so are pages, too, as those that begin with {@code /page/}. */
        public Builder pages(String... beginnings) {
            for (String path : beginnings) {
                pages.add(checkedPath(path));
            }
            return this;
        }

        private static String checkedPath(String path) {
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("expiring site: path needs a slash first, it was " + path);
            }
            return path;
        }

        /** Starts the site. It answers as soon as this method returns. */
        public ExpiringSite start() {
            if (users.isEmpty()) {
                throw new IllegalStateException("expiring site: nobody can log in, call user(name, password)");
            }
            return new ExpiringSite(new SiteRules(
                    Map.copyOf(users),
                    maxUses,
                    maxAge,
                    clock,
                    List.copyOf(identityHeaders),
                    loginTime,
                    oneSessionPerUser,
                    refusal,
                    new SiteRules.Login(
                            loginPath,
                            loginAction == null ? loginPath : loginAction,
                            loginLeadsTo,
                            userField,
                            passwordField,
                            codePath,
                            codeField,
                            tokenPath),
                    new SiteRules.Forms(
                            new LinkedHashMap<>(hiddenFields), sessionToken, formToken, Map.copyOf(forms), redirect),
                    List.copyOf(pages)));
        }
    }
}
