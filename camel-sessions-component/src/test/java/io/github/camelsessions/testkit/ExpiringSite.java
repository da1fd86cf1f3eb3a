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
 * <table>
 * <caption>Its pages</caption>
 * <tr><th>path</th><th>answer</th></tr>
 * <tr><td>{@code POST /login}</td><td>a form with {@code user} and {@code password} opens a session: 200 with the lines
 * {@code user=} and {@code session=}, or 302 to the path in the form's field {@code page}; 401 when they are wrong. Path
 * and names of the fields are {@link Builder#loginPath} and {@link Builder#loginFields}</td></tr>
 * <tr><td>{@code GET /login}</td><td>200, a page with {@link #LOGIN_TEXT} and the form, which has a hidden field if there
 * is a {@link Builder#hiddenField}</td></tr>
 * <tr><td>{@code /page/<n>}</td><td>for any method. In a session that accepts it 200 with the lines {@code path=},
 * {@code user=}, {@code session=} (a number), {@code answer=} (another number for each answer) and, when the method is not
 * safe, {@code key=}; otherwise it is refused. {@link Builder#pages} adds paths</td></tr>
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

    /** The cookie that goes with the hidden field of the log-in page, see {@link Builder#hiddenField}. */
    public static final String FORM_COOKIE = "form";

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

    /** Ends all sessions. */
    public void expireNow() {
        sessions.end();
    }

    /** Ends all sessions of a user. */
    public void expireNow(String user) {
        sessions.end(user);
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

    /** From now on answers of {@link #failLogins} and {@link #status} carry Retry-After, in whole seconds. */
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

    /** How many log-ins were tried, those that still wait included. */
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

    /** How many requests for a page were accepted in a session, those included whose connection was dropped then. */
    public int accepted() {
        return counters().accepted.count();
    }

    public int accepted(String path) {
        return counters().accepted.count(path);
    }

    /** How many requests for a page were refused for want of a session; neither {@code /forbidden} nor {@link #status}. */
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
     * {@link #KEY_HEADER}, without one by its body.
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

    /** Ends all sessions and faults, sends waiting requests away without an answer, and counts from 0 again. */
    public void reset() {
        faults.end();
        pages.hangingLogins().setShut(false);
        pages.hangingLogins().dismiss();
        pages.slowPages().dismiss();
        sessions.end();
        pages.resetCounters();
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

    /** Says how sessions begin and end. Not thread-safe. */
    public static final class Builder {

        private final Map<String, String> passwords = new LinkedHashMap<>();
        private final List<String> identityHeaders = new ArrayList<>();
        private long maxUses = Long.MAX_VALUE;
        private Duration maxAge;
        private InstantSource clock = Clock.systemUTC();
        private Duration loginTime = Duration.ZERO;
        private boolean oneSessionPerUser;
        private int refusal = 401;
        private String loginPath = "/login";
        private String userField = "user";
        private String passwordField = "password";
        private String hiddenField;
        private final List<String> pages = new ArrayList<>();

        private Builder() {}

        /** Adds a user; at least one is needed. */
        public Builder user(String name, String password) {
            passwords.put(name, password);
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

        /** Where the log-in is, instead of {@code /login}. */
        public Builder loginPath(String path) {
            loginPath = checkedPath(path);
            return this;
        }

        /** What the fields of the log-in are called, instead of {@code user} and {@code password}. */
        public Builder loginFields(String user, String password) {
            userField = user;
            passwordField = password;
            return this;
        }

        /**
         * Forms have a hidden field of this name, as against forged ones. A log-in needs the value that the log-in page
         * showed, and the {@link ExpiringSite#FORM_COOKIE} that came with it; a request for a page that is not safe needs,
         * in a URL-encoded form, the value of its session, which each accepted page shows in such a field. Without them
         * both are answered by 403; no session is used by that.
         */
        public Builder hiddenField(String name) {
            hiddenField = name;
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
            if (passwords.isEmpty()) {
                throw new IllegalStateException("expiring site: nobody can log in, call user(name, password)");
            }
            return new ExpiringSite(new SiteRules(
                    Map.copyOf(passwords),
                    maxUses,
                    maxAge,
                    clock,
                    List.copyOf(identityHeaders),
                    loginTime,
                    oneSessionPerUser,
                    refusal,
                    new SiteRules.LoginForm(loginPath, userField, passwordField, hiddenField),
                    List.copyOf(pages)));
        }
    }
}
