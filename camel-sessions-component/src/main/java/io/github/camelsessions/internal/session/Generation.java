/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.cookie.Cookie;
import io.github.camelsessions.cookie.CookieJar;
import io.github.camelsessions.profile.ClientProfile;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One life of a session: the jar, the variables and the client profile between two renewals or clears. A request keeps
 * the generation it was admitted with, so a late response writes to its own, old jar, which nobody reads any more.
 *
 * <p>Compare generations by identity, never by number: a session that was evicted and created again starts at 0.
 *
 * <p>Thread-safe. Nothing changes but the jar and the variables, and the profile once, with the first use.
 */
public final class Generation {

    // 16 bytes less in each session for each of the two than AtomicReference and AtomicInteger
    @SuppressWarnings("rawtypes")
    private static final AtomicReferenceFieldUpdater<Generation, Map> VARIABLES =
            AtomicReferenceFieldUpdater.newUpdater(Generation.class, Map.class, "variables");

    private static final AtomicIntegerFieldUpdater<Generation> LOG_IN =
            AtomicIntegerFieldUpdater.newUpdater(Generation.class, "logIn");
    private static final int UNKNOWN = 0;
    private static final int LOGGED_IN = 1;
    private static final int LOGGED_OUT = 2;

    private final SessionKey session;
    private final long number;
    private final CookieJar jar;
    private volatile @Nullable ClientProfile profile;
    private boolean rotated; // written before profile, read after it
    // immutable, replaced by compare-and-set; null until there is one: most sessions of many have none
    private volatile @Nullable Map<String, Object> variables;
    private volatile int logIn = UNKNOWN;
    private volatile @Nullable Kept kept; // until a log-in has succeeded

    /** What was here before the log-in began. Values are compared by identity: the same value may be set anew. */
    private record Kept(List<Cookie> cookies, Map<String, Object> variables) {

        boolean has(Cookie cookie) {
            return cookies.stream().anyMatch(each -> each == cookie);
        }

        boolean has(Map.Entry<String, Object> variable) {
            return variables.get(variable.getKey()) == variable.getValue();
        }
    }

    Generation(SessionKey session, long number, CookieJar jar) {
        this.session = session;
        this.number = number;
        this.jar = jar;
    }

    /** The session this is a generation of. */
    public SessionKey session() {
        return session;
    }

    /** How many times the session was renewed or cleared before, 0 for the first generation. */
    public long number() {
        return number;
    }

    /**
     * The client identity of each request of this generation; {@link ClientProfile#NONE} without profiles, and before the
     * generation's first use.
     */
    public ClientProfile profile() {
        ClientProfile taken = profile;
        return taken == null ? ClientProfile.NONE : taken;
    }

    boolean hasProfile() {
        return profile != null;
    }

    /** Whether its profile was the next one of the rotation, so that it may be exchanged when its proxy fails. */
    public boolean isProfileRotated() {
        return hasProfile() && rotated;
    }

    /** Gives the generation its profile, once. */
    void takes(ClientProfile taken, boolean fromRotation) {
        rotated = fromRotation;
        profile = taken;
    }

    /** The cookies of this generation. */
    public CookieJar jar() {
        return jar;
    }

    /** What a log-in or a response left here by name, besides cookies: an unmodifiable map in the order of their making. */
    public Map<String, Object> variables() {
        Map<String, Object> now = variables;
        return now == null ? Map.of() : now;
    }

    /** Sets a variable; a value of null removes it. */
    public void setVariable(String name, @Nullable Object value) {
        change(before -> {
            Map<String, Object> after = new LinkedHashMap<>(before);
            if (value == null) {
                after.remove(name);
            } else {
                after.put(name, value);
            }
            return after;
        });
    }

    private void change(UnaryOperator<Map<String, Object>> change) {
        Map<String, Object> before;
        Map<String, Object> after;
        do {
            before = variables;
            after = change.apply(before == null ? Map.of() : before);
        } while (!VARIABLES.compareAndSet(this, before, after.isEmpty() ? null : Collections.unmodifiableMap(after)));
    }

    /**
     * Takes over what of the generation before is to outlive it, before anything fills this one. It is no evidence of a
     * log-in.
     */
    public void keep(Generation before, Predicate<String> cookieNames, Predicate<String> variableNames) {
        List<Cookie> cookies = jar.takeOver(before.jar, cookieNames);
        Map<String, Object> values = new LinkedHashMap<>(before.variables());
        values.keySet().removeIf(variableNames.negate());
        kept = new Kept(cookies, values);
        change(none -> values);
    }

    /** Whether anything was left here: a cookie or a variable that was not kept from before. */
    public boolean isFilled() {
        Kept before = kept;
        if (before == null) {
            return jar.size() > 0 || variables != null;
        }
        return !jar.cookies().stream().allMatch(before::has)
                || !variables().entrySet().stream().allMatch(before::has);
    }

    /** Drops cookies and variables. */
    void empty() {
        kept = null;
        jar.clear();
        change(before -> Map.of());
    }

    /** A renewal has filled it. */
    void loggedIn() {
        kept = null;
        LOG_IN.compareAndSet(this, UNKNOWN, LOGGED_IN);
    }

    /** Whether a renewal has filled it, and nobody has begun to log it out. */
    public boolean isLoggedIn() {
        return logIn == LOGGED_IN;
    }

    /**
     * Whoever gets true logs it out, and is the only one: there is a log-in to end, because a renewal or somebody else
     * has filled it.
     */
    public boolean takeLogOut() {
        return LOG_IN.compareAndSet(this, LOGGED_IN, LOGGED_OUT)
                || (isFilled() && LOG_IN.compareAndSet(this, UNKNOWN, LOGGED_OUT));
    }

    @Override
    public String toString() {
        return session + "#" + number;
    }
}
