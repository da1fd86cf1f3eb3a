/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.internal.session.Passage.Place;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one session whose answers are awaited, in whatever generation, and the order of admissions and
 * refusals. Guarded by the lock of its gate.
 */
final class InFlight {

    private int inFlight;
    private int ordinary; // of these, the ones that no renewal has sent
    private long uses; // requests that no renewal has sent, each hop of a redirect counted
    int reconnects; // requests that were sent once more, because their connection had been closed
    private long events;

    void send(Passage passage, GenerationState to, boolean priority, long nowMillis) {
        long admission = event();
        to.use(admission, priority, nowMillis);
        passage.sent(to, priority, admission);
        uses += priority ? 0 : 1;
        inFlight++;
        ordinary += priority ? 0 : 1;
    }

    /** A further request of a passage, such as a followed redirect. Returns whether it counts: those of a renewal do not. */
    boolean sendAgain(Passage passage) {
        GenerationState to = passage.sentIn;
        if (to == null || passage.priority()) {
            return false;
        }
        to.uses++;
        uses++;
        return true;
    }

    /** Takes an answered passage off the wire; what it was sent in, null when no answer of it is awaited. */
    @Nullable
    GenerationState landed(Passage passage) {
        GenerationState of = passage.sentIn;
        if (of == null || passage.place != Place.SENT) {
            return null;
        }
        of.ends(passage.admittedAt, passage.priority());
        passage.place = Place.NOWHERE;
        inFlight--;
        ordinary -= passage.priority() ? 0 : 1;
        return of;
    }

    /** The number of the next event: of two, the later one has the greater. */
    long event() {
        return ++events;
    }

    /** How many requests there were in all, without those of renewals. */
    long uses() {
        return uses;
    }

    int count() {
        return inFlight;
    }

    /** Whether no request is awaited but those of a renewal. */
    boolean isDrained() {
        return ordinary == 0;
    }
}
