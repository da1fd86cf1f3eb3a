/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Bucket}s of one jar, each found by its site: the registrable domain, or the host where that has none. Most
 * jars see one site, and there may be millions of jars: the bucket of the first site needs no map, which would take 176
 * bytes.
 *
 * <p>Thread-safe, without a lock: a bucket is replaced by compare-and-set.
 */
final class Buckets {

    // 16 bytes less in each jar for each of them than AtomicReference
    private static final AtomicReferenceFieldUpdater<Buckets, String> FIRST_SITE =
            AtomicReferenceFieldUpdater.newUpdater(Buckets.class, String.class, "firstSite");
    private static final AtomicReferenceFieldUpdater<Buckets, Cookie[]> FIRST =
            AtomicReferenceFieldUpdater.newUpdater(Buckets.class, Cookie[].class, "first");
    private static final AtomicReferenceFieldUpdater<Buckets, Others> OTHERS =
            AtomicReferenceFieldUpdater.newUpdater(Buckets.class, Others.class, "others");

    /** Set once: a site whose bucket could move to another place would need a lock. */
    private volatile @Nullable String firstSite;

    private volatile Cookie[] first = Bucket.EMPTY;
    private volatile @Nullable Others others;

    /** The buckets of all sites but the first, none of them empty. */
    private static final class Others {

        final ConcurrentMap<String, Cookie[]> bySite = new ConcurrentHashMap<>();

        /** Entries in all of them; follows each change at once. */
        final AtomicInteger held = new AtomicInteger();

        boolean replace(String site, Cookie[] before, Cookie[] after) {
            boolean replaced;
            if (before.length == 0) {
                replaced = bySite.putIfAbsent(site, after) == null;
            } else if (after.length == 0) {
                replaced = bySite.remove(site, before);
            } else {
                replaced = bySite.replace(site, before, after);
            }
            if (replaced) {
                held.addAndGet(after.length - before.length);
            }
            return replaced;
        }
    }

    /** The bucket of a site, {@link Bucket#EMPTY} when it has none. */
    Cookie[] get(String site) {
        if (site.equals(firstSite)) {
            return first;
        }
        Others more = others;
        return more == null ? Bucket.EMPTY : more.bySite.getOrDefault(site, Bucket.EMPTY);
    }

    /**
     * Puts a bucket in the place of another.
     *
     * @param before what {@link #get} gave
     * @return false when another thread has replaced it meanwhile: nothing has changed then
     */
    boolean replace(String site, Cookie[] before, Cookie[] after) {
        if (before == after) {
            return true;
        }
        if (site.equals(firstSiteOr(site))) {
            return FIRST.compareAndSet(this, before, after.length == 0 ? Bucket.EMPTY : after);
        }
        return others().replace(site, before, after);
    }

    /** The first site, from now on this one if there was none. Asked once: it may come to be set between two looks. */
    private String firstSiteOr(String site) {
        if (firstSite == null) {
            FIRST_SITE.compareAndSet(this, null, SharedStrings.share(site));
        }
        return Objects.requireNonNull(firstSite);
    }

    private Others others() {
        if (others == null) {
            OTHERS.compareAndSet(this, null, new Others());
        }
        return Objects.requireNonNull(others);
    }

    /** The sites that have buckets, the first one first: a copy. */
    List<String> sites() {
        List<String> sites = new ArrayList<>();
        if (firstSite != null && first.length > 0) {
            sites.add(firstSite);
        }
        if (others != null) {
            sites.addAll(others.bySite.keySet());
        }
        return sites;
    }

    /** Whether there is no entry. */
    boolean isEmpty() {
        Others more = others;
        return first.length == 0 && (more == null || more.bySite.isEmpty());
    }

    /** How many entries there are in all, expired ones included. */
    int held() {
        Others more = others;
        return first.length + (more == null ? 0 : more.held.get());
    }
}
