/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cookies of one site, as an array in the order of the {@code Cookie} field: longer paths first, then those created
 * earlier (RFC 6265bis, section 5.8.3, step 4). Arrays are never changed: each function here returns a new one, or the
 * same when there is nothing to do. So readers need neither lock nor sort.
 *
 * <p>Among cookies with paths of one length, the place in the array is the order of creation; a cookie that replaces
 * another takes its place.
 */
final class Bucket {

    static final Cookie[] EMPTY = {};

    private Bucket() {}

    /**
     * What became of a cookie that was put.
     *
     * @param entries the bucket's entries from now on
     * @param stored the cookie's entry, null when it is not among them
     * @param outcome why
     */
    @SuppressWarnings("ArrayRecordComponent") // short-lived, and nobody compares it
    record Change(Cookie[] entries, @Nullable Cookie stored, Outcome outcome) {}

    /** What can become of a cookie that was put. */
    enum Outcome {
        /** It is in the bucket. */
        STORED,
        /** It had expired when it came: the cookie it would have replaced, if any, is gone. */
        DELETED,
        /** It would have hidden a Secure cookie from an insecure origin: nothing changed. */
        OVERLAYS_SECURE,
        /** The bucket is full of Secure cookies, and those without Secure are evicted first. */
        EVICTED
    }

    /** Steps 16, 23 and 24 of RFC 6265bis, section 5.7, and eviction within the domain. */
    static Change put(
            Cookie[] before, Cookie cookie, boolean explicit, boolean secureOrigin, int limit, long nowMillis) {
        Cookie[] entries = withoutExpired(before, nowMillis);
        if (!secureOrigin && overlaysSecure(entries, cookie)) {
            return new Change(entries, null, Outcome.OVERLAYS_SECURE);
        }
        List<Cookie> after = new ArrayList<>(entries.length + 1);
        int place = -1;
        long created = cookie.createdMillis();
        boolean everExplicit = explicit;
        for (Cookie entry : entries) {
            if (replaces(cookie, explicit, entry)) {
                place = place < 0 ? after.size() : place;
                created = Math.min(created, entry.createdMillis());
                everExplicit |= entry.explicit();
            } else {
                after.add(entry);
            }
        }
        if (cookie.expiredAt(nowMillis)) {
            return new Change(after.toArray(EMPTY), null, Outcome.DELETED);
        }
        Cookie newcomer = new Cookie(cookie, created, everExplicit, nowMillis);
        after.add(place < 0 ? placeFor(cookie, after) : place, newcomer);
        Cookie stored = newcomer;
        while (after.size() > limit) {
            Cookie victim = excess(after, newcomer);
            after.removeIf(entry -> entry == victim);
            stored = victim == newcomer ? null : stored;
        }
        return new Change(after.toArray(EMPTY), stored, stored == null ? Outcome.EVICTED : Outcome.STORED);
    }

    static Cookie[] withoutExpired(Cookie[] entries, long nowMillis) {
        int expired = 0;
        for (Cookie entry : entries) {
            expired += entry.expiredAt(nowMillis) ? 1 : 0;
        }
        if (expired == 0) {
            return entries;
        }
        Cookie[] rest = new Cookie[entries.length - expired];
        int at = 0;
        for (Cookie entry : entries) {
            if (!entry.expiredAt(nowMillis)) {
                rest[at++] = entry;
            }
        }
        return rest;
    }

    static Cookie[] without(Cookie[] entries, Cookie victim) {
        List<Cookie> rest = new ArrayList<>(List.of(entries));
        return rest.removeIf(entry -> entry == victim) ? rest.toArray(EMPTY) : entries;
    }

    /** Leaves Secure cookies alone: step 16. */
    private static boolean overlaysSecure(Cookie[] entries, Cookie cookie) {
        for (Cookie entry : entries) {
            if (entry.secure()
                    && entry.name().equals(cookie.name())
                    && PathMatch.matches(cookie.path(), entry.path())
                    && (DomainMatch.matches(entry.domain(), cookie.domain())
                            || DomainMatch.matches(cookie.domain(), entry.domain()))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Tells whether a new cookie takes the place of an old one: with the same name, domain, path and host-only-flag, as
     * the RFC has it; without regard to that flag once user code has set the cookie. Otherwise a cookie that was given
     * and that the server then sets with a Domain attribute, or without, would go out twice.
     */
    private static boolean replaces(Cookie cookie, boolean explicit, Cookie old) {
        return old.hasSameNameDomainAndPath(cookie)
                && (explicit || old.explicit() || old.hostOnly() == cookie.hostOnly());
    }

    private static int placeFor(Cookie cookie, List<Cookie> entries) {
        int place = 0;
        while (place < entries.size()
                && entries.get(place).path().length() >= cookie.path().length()) {
            place++;
        }
        return place;
    }

    /** Chooses whom to evict: first cookies without Secure, among them the least recently accessed. */
    private static Cookie excess(List<Cookie> entries, Cookie newcomer) {
        Cookie insecure = null;
        Cookie any = null;
        for (Cookie entry : entries) {
            // the newcomer was accessed last, even where the clock cannot tell
            if (entry == newcomer) {
                continue;
            }
            if (any == null || entry.evictedBefore(any)) {
                any = entry;
            }
            if (!entry.secure() && (insecure == null || entry.evictedBefore(insecure))) {
                insecure = entry;
            }
        }
        if (insecure != null) {
            return insecure;
        }
        return any == null || !newcomer.secure() ? newcomer : any;
    }
}
