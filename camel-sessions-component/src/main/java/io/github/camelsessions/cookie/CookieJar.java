/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import io.github.camelsessions.internal.text.HostNames;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The cookies of one session: takes {@code Set-Cookie} fields, gives {@code Cookie} fields (RFC 6265bis, sections 5.6 to
 * 5.8).
 *
 * <p>Cookies are kept by site, that is by registrable domain, so that a request costs the same however many other sites
 * have cookies here. Each site's cookies are an immutable array, replaced by compare-and-set.
 *
 * <p>Thread-safe. Reading takes no lock. Expired cookies are never given; they leave the jar when their site is next
 * asked for, when a new cookie needs room, or with {@link #clear()}.
 */
public final class CookieJar {

    /** One for all jars: eviction is rare, and a lock in each jar would take 48 bytes in a million of them. */
    private static final ReentrantLock EVICTION = new ReentrantLock();

    private final PublicSuffixes publicSuffixes;
    private final InstantSource clock;
    private final CookieLimits limits;

    private final Buckets buckets = new Buckets();
    private volatile @Nullable String firstHost;

    /**
     * Makes an empty jar.
     *
     * @param clock the wall clock; a {@link java.time.Clock} is one
     */
    public CookieJar(PublicSuffixes publicSuffixes, InstantSource clock, CookieLimits limits) {
        this.publicSuffixes = publicSuffixes;
        this.clock = clock;
        this.limits = limits;
    }

    /**
     * Takes the value of one {@code Set-Cookie} field. Never throws, whatever it holds.
     *
     * @param origin the request that was answered with it
     * @return the cookie as stored; null when the field was ignored, or deleted a cookie
     */
    public @Nullable Cookie receive(CookieTarget origin, String setCookie) {
        Instant now = clock.instant();
        SetCookie cookie = SetCookie.parse(setCookie, now);
        if (cookie == null) {
            return null;
        }
        String registrable = registrableDomain(origin.host());
        if (StorageRules.refusal(cookie, origin, registrable) != null) {
            return null;
        }
        Bucket.Change change =
                put(origin, registrable, StorageRules.stored(cookie, origin, registrable, now), false, now);
        return change.stored();
    }

    /**
     * Takes a cookie from user code, as if the origin had set it.
     *
     * <p>It merges with the same cookie (name, domain, path) set by the server, whichever comes first and whether or not
     * one of them is host-only: the later value counts, and never are both sent. Cookies that only servers set stay apart
     * when their host-only-flags differ, as the RFC has it.
     *
     * @param origin the URL the cookie is for
     * @return the cookie as stored; when its expiry-time has passed, it is not stored but deletes the same cookie
     * @throws IllegalArgumentException when it may not be stored; the message names the cookie, the reason and the way
     *     out, and not the value. The jar is unchanged then
     */
    public Cookie add(CookieTarget origin, SetCookie cookie) {
        Instant now = clock.instant();
        Explicit explicit = checked(origin, cookie, now);
        return stored(explicit, put(origin, explicit.registrable(), explicit.cookie(), true, now));
    }

    /**
     * Takes cookies from user code as {@link #add} does, in their order: all of them, or none when one may not be stored.
     *
     * @throws IllegalArgumentException as {@link #add} does, for the first that may not be stored
     */
    public void addAll(List<Given> cookies) {
        Instant now = clock.instant();
        List<Explicit> all = new ArrayList<>(cookies.size());
        Map<String, Cookie[]> expected = new HashMap<>();
        for (Given given : cookies) {
            Explicit explicit = checked(given.origin(), given.cookie(), now);
            Bucket.Change change = Bucket.put(
                    expected.computeIfAbsent(explicit.site(), buckets::get),
                    explicit.cookie(),
                    true,
                    given.origin().secure(),
                    limits.perDomain(),
                    now.toEpochMilli());
            stored(explicit, change);
            expected.put(explicit.site(), change.entries());
            all.add(explicit);
        }
        for (Explicit explicit : all) { // what another thread adds meanwhile may still keep one out
            stored(explicit, put(explicit.origin(), explicit.registrable(), explicit.cookie(), true, now));
        }
    }

    /** A cookie of user code, for the URL that it is given for. */
    public record Given(CookieTarget origin, SetCookie cookie) {}

    /** A cookie of user code that may be stored as far as it itself goes. */
    private record Explicit(CookieTarget origin, @Nullable String registrable, Cookie cookie) {

        String site() {
            return registrable == null ? origin.host() : registrable;
        }
    }

    private Explicit checked(CookieTarget origin, SetCookie cookie, Instant now) {
        SetCookie checked = ExplicitCookie.checked(cookie);
        String registrable = registrableDomain(origin.host());
        String refusal = StorageRules.refusal(checked, origin, registrable);
        if (refusal != null) {
            throw ExplicitCookie.refused(checked.name(), refusal, null);
        }
        return new Explicit(origin, registrable, StorageRules.stored(checked, origin, registrable, now));
    }

    /** What has become of it, or the exception that says why the jar does not take it. */
    private Cookie stored(Explicit explicit, Bucket.Change change) {
        Cookie added = explicit.cookie();
        return switch (change.outcome()) {
            case STORED -> change.stored() == null ? added : change.stored();
            case DELETED -> added;
            case OVERLAYS_SECURE ->
                throw ExplicitCookie.refused(
                        added.name(),
                        "a Secure cookie of this name covers its path, and http://"
                                + explicit.origin().host() + " may not hide that; give an https URL",
                        null);
            case EVICTED ->
                throw ExplicitCookie.refused(
                        added.name(),
                        "the jar holds " + limits.perDomain()
                                + " Secure cookies for its domain, and one without Secure goes"
                                + " first; add Secure, or delete others",
                        null);
        };
    }

    /**
     * Takes over those cookies of another jar that have not expired, by their names. This jar must be new: nobody else uses
     * it yet.
     *
     * @return what was taken over
     */
    public List<Cookie> takeOver(CookieJar other, Predicate<String> names) {
        long now = clock.millis();
        List<Cookie> taken = new ArrayList<>();
        for (String site : other.buckets.sites()) {
            Cookie[] kept = Arrays.stream(other.buckets.get(site))
                    .filter(cookie -> !cookie.expiredAt(now) && names.test(cookie.name()))
                    .toArray(Cookie[]::new);
            if (kept.length > 0 && buckets.replace(site, buckets.get(site), kept)) {
                taken.addAll(List.of(kept));
            }
        }
        if (!taken.isEmpty()) {
            firstHost = other.firstHost;
        }
        return taken;
    }

    /**
     * Returns the {@code Cookie} field for a request, and notes the access.
     *
     * @return the field's value, cookies with longer paths first, then those created earlier; null when none goes with
     *     the request
     */
    public @Nullable String header(CookieTarget target) {
        if (buckets.isEmpty()) {
            return null;
        }
        String site = site(target.host());
        Cookie[] entries = buckets.get(site);
        long now = clock.millis();
        boolean anyExpired = false;
        StringBuilder header = null;
        for (Cookie entry : entries) {
            if (entry.expiredAt(now)) {
                anyExpired = true;
            } else if (entry.goesWith(target)) {
                entry.accessed(now);
                if (header == null) {
                    header = new StringBuilder(256);
                } else {
                    header.append("; ");
                }
                if (!entry.name().isEmpty()) {
                    header.append(entry.name()).append('=');
                }
                header.append(entry.value());
            }
        }
        if (anyExpired) {
            removeExpired(site, now);
        }
        return header == null ? null : header.toString();
    }

    /** Returns the cookies that {@link #header} gives for a request, in its order, without noting an access: a copy. */
    public List<Cookie> cookies(CookieTarget target) {
        Cookie[] entries = buckets.get(site(target.host()));
        long now = clock.millis();
        return Arrays.stream(entries)
                .filter(entry -> !entry.expiredAt(now) && entry.goesWith(target))
                .toList();
    }

    /** Returns all cookies that have not expired, those created earlier first: a copy. */
    public List<Cookie> cookies() {
        long now = clock.millis();
        List<Cookie> cookies = new ArrayList<>();
        for (String site : buckets.sites()) {
            for (Cookie entry : buckets.get(site)) {
                if (!entry.expiredAt(now)) {
                    cookies.add(entry);
                }
            }
        }
        cookies.sort(Comparator.comparingLong(Cookie::createdMillis));
        return List.copyOf(cookies);
    }

    /**
     * Returns the cookies that have not expired and go to a host, whatever the path and the connection, in the order of
     * the {@code Cookie} field: those of the host itself, and those of its parent domains that are not host-only.
     *
     * @param host a host in any form; a leading dot is ignored
     * @throws IllegalArgumentException when the host is none
     */
    public List<Cookie> cookies(String host) {
        String canonical = HostNames.canonical(host.startsWith(".") ? host.substring(1) : host);
        Cookie[] entries = buckets.get(site(canonical));
        long now = clock.millis();
        List<Cookie> cookies = new ArrayList<>(entries.length);
        for (Cookie entry : entries) {
            if (!entry.expiredAt(now) && entry.goesTo(canonical)) {
                cookies.add(entry);
            }
        }
        return List.copyOf(cookies);
    }

    /** Returns the host of the first request, or explicit cookie, that stored a cookie here; null before that. */
    public @Nullable String firstHost() {
        return firstHost;
    }

    /** Returns how many cookies that have not expired are here. Counts them: the time grows with their number. */
    public int size() {
        long now = clock.millis();
        int size = 0;
        for (String site : buckets.sites()) {
            for (Cookie entry : buckets.get(site)) {
                size += entry.expiredAt(now) ? 0 : 1;
            }
        }
        return size;
    }

    /** Empties the jar: it is as new afterwards. A cookie received at the same time may survive. */
    public void clear() {
        firstHost = null;
        for (String site : buckets.sites()) {
            Cookie[] entries = buckets.get(site);
            while (!buckets.replace(site, entries, Bucket.EMPTY)) { // ends: another thread has changed this bucket
                entries = buckets.get(site);
            }
        }
    }

    /** Shows how many cookies there are, of how many sites; no names and no values. */
    @Override
    public String toString() {
        return "CookieJar[cookies=" + size() + ", sites=" + buckets.sites().size() + "]";
    }

    private @Nullable String registrableDomain(String host) {
        String name = HostNames.withoutTrailingDot(host);
        if (name.indexOf('.') < 0 || HostNames.isIpAddress(name)) {
            return null;
        }
        String domain = publicSuffixes.registrableDomain(name);
        return domain == null || name.length() == host.length() ? domain : domain + ".";
    }

    private String site(String host) {
        String registrable = registrableDomain(host);
        return registrable == null ? host : registrable;
    }

    private Bucket.Change put(
            CookieTarget origin, @Nullable String registrable, Cookie cookie, boolean explicit, Instant now) {
        String site = registrable == null ? origin.host() : registrable;
        long nowMillis = now.toEpochMilli();
        // ends: each failed round means that another thread changed this bucket meanwhile
        while (true) {
            Cookie[] before = buckets.get(site);
            Bucket.Change change = Bucket.put(before, cookie, explicit, origin.secure(), limits.perDomain(), nowMillis);
            if (buckets.replace(site, before, change.entries())) {
                if (change.stored() != null) {
                    if (firstHost == null) {
                        firstHost = SharedStrings.share(origin.host());
                    }
                    evictExcess(change.stored(), nowMillis);
                }
                return change;
            }
        }
    }

    private void removeExpired(String site, long nowMillis) {
        Cookie[] entries = buckets.get(site);
        // if another thread changed the bucket meanwhile, that thread removed them
        buckets.replace(site, entries, Bucket.withoutExpired(entries, nowMillis));
    }

    /**
     * Brings the jar back to its total limit: expired cookies go first, then those least recently accessed, of whatever
     * site; limits by domain hold already. Guarded by {@link #EVICTION}, so that two threads do not evict for the same
     * newcomer; never calls out while holding it.
     */
    private void evictExcess(Cookie newcomer, long nowMillis) {
        if (buckets.held() <= limits.total()) {
            return;
        }
        EVICTION.lock();
        try {
            if (buckets.held() > limits.total()) {
                for (String site : buckets.sites()) {
                    removeExpired(site, nowMillis);
                }
            }
            // ends: each round evicts one, or finds that another thread took it, or finds none left
            while (buckets.held() > limits.total()) {
                if (!evictOne(newcomer)) {
                    return;
                }
            }
        } finally {
            EVICTION.unlock();
        }
    }

    /** Evicts the cookie least recently accessed; false when there is none but the newcomer. Walks the whole jar. */
    private boolean evictOne(Cookie newcomer) {
        String victimSite = null;
        Cookie victim = null;
        for (String site : buckets.sites()) {
            for (Cookie entry : buckets.get(site)) {
                if (entry != newcomer && (victim == null || entry.evictedBefore(victim))) {
                    victim = entry;
                    victimSite = site;
                }
            }
        }
        if (victim == null || victimSite == null) {
            return false;
        }
        Cookie[] entries = buckets.get(victimSite);
        // if another thread changed the bucket meanwhile, the next round looks again
        buckets.replace(victimSite, entries, Bucket.without(entries, victim));
        return true;
    }
}
