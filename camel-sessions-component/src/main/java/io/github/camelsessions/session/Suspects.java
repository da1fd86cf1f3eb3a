/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import io.github.camelsessions.session.Life.Origin;
import io.github.camelsessions.session.Passage.Place;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The refusals that do not tell alone whether the session has expired or the page is forbidden, and how much the renewals
 * after refusals were worth. A first refusal tells enough, unless the generation came from a renewal that has not helped
 * anybody yet: then it takes two exchanges, so that a forbidden page does not renew each time that it is asked for.
 *
 * <p>All suspects are of the current generation. Guarded by the lock of its gate.
 */
final class Suspects {

    private int tolerated;
    private final Set<Passage> parked = new LinkedHashSet<>(); // in the order of their refusals
    private int firsts;
    private int useless;
    private int barren;

    Suspects(GateRules rules) {
        configure(rules);
    }

    /** Changes how many useless or barren renewals in a row are tolerated. */
    void configure(GateRules rules) {
        tolerated = Math.max(1, rules.renewalAttempts());
    }

    /** Whether the refusal of an exchange that was never refused before proves that the generation has expired. */
    boolean provenByFirstRefusal(Life life) {
        if (renewalsAreBarren()) {
            return false; // an answer that is under way may yet show that they are not
        }
        // each useless renewal in a row asks for one more witness: else two forbidden pages prove each other
        return !life.unproven() || firsts > useless || life.doubted;
    }

    /**
     * Whether an exchange, about to be sent, is sent alone, before all others of a renewed generation: it was refused by
     * two generations already, and if the third refuses it as its very first request, that is the exchange's own answer.
     * Without that, good answers that come between would have the session renewed for it for ever.
     */
    static boolean isToBeProbed(Passage passage, Life life) {
        return passage.refusals > 1 && life.admitted == 0 && life.origin == Origin.REFUSAL;
    }

    /** A generation has refused its probe. */
    void probeRefused(Life life) {
        life.doubted = true;
        life.stoodInVain = true;
    }

    /** A generation, perhaps no longer the current one, has refused a request. */
    void refusedBy(Life life, long event) {
        life.refusedAt = event;
        if (life.renewed() && life.accepted == 0 && !life.barren) {
            life.barren = true;
            barren++;
        }
    }

    /** A generation, perhaps no longer the current one, has accepted a request. */
    void acceptedBy(Life life, long event) {
        life.accepted++;
        life.acceptedAt = event;
        barren = 0;
    }

    void park(Passage passage, boolean first) {
        passage.place = Place.PARKED;
        passage.firstRefusal = first;
        firsts += first ? 1 : 0;
        parked.add(passage);
    }

    void remove(Passage passage) {
        if (parked.remove(passage)) {
            unparked(passage);
        }
    }

    private void unparked(Passage passage) {
        passage.place = Place.NOWHERE;
        firsts -= passage.firstRefusal ? 1 : 0;
    }

    /** The one that was refused first of those that are parked; there is one. */
    Passage first() {
        return parked.iterator().next();
    }

    List<Passage> drain() {
        List<Passage> drained = List.copyOf(parked);
        parked.clear();
        drained.forEach(this::unparked);
        return drained;
    }

    /**
     * The current generation has accepted a request.
     *
     * @return those that had been refused before that request was admitted: the generation was alive when it refused them
     */
    List<Passage> refutedBy(Passage passage, Life life) {
        life.doubted = false;
        if (passage.refusals > 0) {
            life.acceptedRefused = true;
            useless = 0;
        }
        life.inVain |= life.stoodInVain;
        if (parked.isEmpty()) {
            return List.of();
        }
        List<Passage> refuted = new ArrayList<>();
        for (Iterator<Passage> oldest = parked.iterator(); oldest.hasNext(); ) {
            Passage suspect = oldest.next();
            if (suspect.refusedAt > passage.admittedAt) {
                break;
            }
            oldest.remove();
            unparked(suspect);
            refuted.add(suspect);
            life.inVain |= !suspect.firstRefusal;
        }
        return refuted;
    }

    /** Whether the suspects are reason enough to renew now that no answer is awaited that could tell. */
    boolean provenByQuiet(Life life) {
        if (renewalsAreBarren()) {
            return firsts > 0;
        }
        if (useless < tolerated) {
            return life.accepted > 0;
        }
        // too many were in vain: only when several were refused, and the last answer of all was a refusal
        return life.accepted > 0 && firsts > 1 && life.refusedAt > life.acceptedAt;
    }

    /** No answer will come that tells more; the refusals stand. */
    List<Passage> standInQuiet(Life life) {
        life.doubted = life.refusedAt > life.acceptedAt;
        life.stoodInVain |= firsts < parked.size();
        return drain();
    }

    /** The generation is given up because of its refusals; whether its renewal was useless. */
    boolean givenUp(Life life) {
        boolean vain = life.unproven() && life.inVain;
        useless += vain ? 1 : 0;
        return vain;
    }

    /** Whether renewals succeed, and everything is refused all the same. */
    boolean renewalsAreBarren() {
        return barren >= tolerated;
    }

    /** How many log-ins are left before the row of barren ones counts as a failure. */
    int attemptsLeft() {
        return Math.max(1, tolerated - barren);
    }

    /** The row of barren renewals has counted as a failure: from now on one more is enough. */
    void punished() {
        barren = tolerated - 1;
    }

    int barren() {
        return barren;
    }

    int size() {
        return parked.size();
    }

    boolean isEmpty() {
        return parked.isEmpty();
    }
}
