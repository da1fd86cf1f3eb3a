/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * The sessions in the order in which they were created, each with a number that no other ever has: whoever goes through
 * them by number meets each once, whatever comes and goes meanwhile. A list takes up to 6 bytes for each; a sorted map would
 * take 64. Guarded by the lock of the registry.
 */
final class SessionsByNumber {

    private static final Comparator<Object> ORDER = Comparator.comparingLong(SessionsByNumber::number);

    private final ArrayList<Object> places = new ArrayList<>(); // sessions, and the numbers of those that are gone
    private int gone;
    private long next;

    /** The number of the next session. */
    long nextNumber() {
        return next;
    }

    /** Adds a session, which has the next number. */
    void add(Session session) {
        places.add(session);
        next = session.number() + 1;
    }

    void remove(Session session) {
        places.set(Collections.binarySearch(places, session, ORDER), session.number());
        gone++;
        if (gone > places.size() / 2) {
            places.removeIf(place -> !(place instanceof Session));
            places.trimToSize();
            gone = 0;
        }
    }

    void clear() {
        places.clear();
        gone = 0;
    }

    /** The sessions from that number on: a copy. */
    List<Session> from(long number, int limit) {
        int found = Collections.binarySearch(places, number, ORDER);
        return places.subList(found < 0 ? -found - 1 : found, places.size()).stream()
                .filter(Session.class::isInstance)
                .map(Session.class::cast)
                .limit(limit)
                .toList();
    }

    private static long number(Object place) {
        return place instanceof Session session ? session.number() : (Long) place;
    }
}
