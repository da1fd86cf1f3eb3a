/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.internal.session.Passage.Place;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The exchanges whose refusals by the current generation are still to be judged, in the order of the refusals. Guarded by
 * the lock of its gate.
 */
final class Suspects {

    private final Set<Passage> parked = new LinkedHashSet<>();

    void park(Passage passage, long nowMillis) {
        parked.add(passage);
        passage.place = Place.PARKED;
        passage.suspectedSinceMillis = nowMillis;
    }

    void remove(Passage passage, long nowMillis) {
        if (parked.remove(passage)) {
            unparked(passage, nowMillis);
        }
    }

    private static void unparked(Passage passage, long nowMillis) {
        passage.place = Place.JUDGED;
        passage.suspectedMillis += nowMillis - passage.suspectedSinceMillis;
    }

    /** The one that was refused first; there is one. */
    Passage first() {
        return parked.iterator().next();
    }

    private static long until(Passage suspect) {
        return suspect.suspectedSinceMillis + GateRules.PATIENCE_MILLIS - suspect.suspectedMillis;
    }

    List<Passage> drain(long nowMillis) {
        return takeWhile(Integer.MAX_VALUE, Long.MAX_VALUE, nowMillis);
    }

    List<Passage> takeFirst(long nowMillis) {
        return takeWhile(1, Long.MAX_VALUE, nowMillis);
    }

    /** Those that had been refused before that event. */
    List<Passage> takeRefusedBefore(long event, long nowMillis) {
        return takeWhile(Integer.MAX_VALUE, event, nowMillis);
    }

    private List<Passage> takeWhile(int most, long event, long nowMillis) {
        if (parked.isEmpty()) {
            return List.of();
        }
        List<Passage> taken = new ArrayList<>();
        for (Iterator<Passage> oldest = parked.iterator(); oldest.hasNext() && taken.size() < most; ) {
            Passage suspect = oldest.next();
            if (suspect.refusedAt > event) {
                break;
            }
            oldest.remove();
            unparked(suspect, nowMillis);
            taken.add(suspect);
        }
        return taken;
    }

    /** Those that have waited as long as they have to; one that was suspected before has less time. */
    List<Passage> takeLate(long nowMillis) {
        List<Passage> late = new ArrayList<>();
        for (Passage suspect : parked) {
            if (nowMillis >= until(suspect)) {
                late.add(suspect);
            }
        }
        late.forEach(suspect -> remove(suspect, nowMillis));
        return late;
    }

    boolean isAnyLate(long nowMillis) {
        return parked.stream().anyMatch(suspect -> nowMillis >= until(suspect));
    }

    /** When the first of them has waited as long as it has to; there is one. */
    long earliestEnd() {
        return parked.stream().mapToLong(Suspects::until).min().orElseThrow();
    }

    Collection<Passage> all() {
        return Collections.unmodifiableCollection(parked);
    }

    int size() {
        return parked.size();
    }

    boolean isEmpty() {
        return parked.isEmpty();
    }
}
