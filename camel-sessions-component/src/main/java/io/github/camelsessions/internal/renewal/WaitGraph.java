/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.hold.Guard;
import io.github.camelsessions.internal.session.RenewalToken;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelException;
import org.jspecify.annotations.Nullable;

/**
 * Which renewals wait for other sessions. When the renewal of A waits for B, and that of B for A, neither would ever end:
 * the one that closes such a cycle fails instead. Thread-safe: one lock for all sessions; nothing is called out under it.
 */
final class WaitGraph {

    private final Guard lock = new Guard();
    // guarded by lock
    private final Set<Wait> waits = new HashSet<>();

    /** A renewal waits for sessions that wait for it. */
    static final class CycleException extends CamelException {
        private static final long serialVersionUID = 1L;

        CycleException(String message) {
            super(message);
        }
    }

    /** An exchange of some renewals that waits for a session. Compared by identity. */
    final class Wait {
        private final List<RenewalToken> renewals;
        private final SessionKey awaited;

        private Wait(List<RenewalToken> renewals, SessionKey awaited) {
            this.renewals = renewals;
            this.awaited = awaited;
        }

        private boolean isOfRenewalOf(SessionKey session) {
            return renewals.stream()
                    .anyMatch(renewal -> renewal.state() == RenewalToken.State.LIVE
                            && renewal.session().equals(session));
        }

        /** It waits no more. */
        void leave() {
            try (Guard ignored = lock.hold()) {
                waits.remove(this);
            }
        }
    }

    /**
     * An exchange is about to wait for a session.
     *
     * @param renewals that the exchange belongs to
     * @return null when it belongs to none
     * @throws CycleException when that session's renewal waits, in the end, for one of these renewals
     */
    @Nullable
    Wait enter(List<RenewalToken> renewals, SessionKey awaited) throws CycleException {
        if (renewals.isEmpty()) {
            return null;
        }
        try (Guard ignored = lock.hold()) {
            Wait wait = new Wait(renewals, awaited);
            for (RenewalToken renewal : renewals) {
                List<SessionKey> path = path(awaited, renewal.session(), new HashSet<>());
                if (path != null && renewal.state() == RenewalToken.State.LIVE) {
                    throw new CycleException("renewals wait for each other: '" + renewal.session() + "' for "
                            + path.stream().map(key -> "'" + key + "'").collect(Collectors.joining(" for "))
                            + "; let one of the log-ins do without the other session");
                }
            }
            waits.add(wait);
            return wait;
        }
    }

    /** The sessions from one to another, each of whose renewals waits for the next; null when there is no such way. */
    private @Nullable List<SessionKey> path(SessionKey from, SessionKey to, Set<SessionKey> seen) {
        if (from.equals(to)) {
            return new ArrayList<>(List.of(from));
        }
        if (seen.add(from)) {
            for (Wait wait : waits) {
                List<SessionKey> rest = wait.isOfRenewalOf(from) ? path(wait.awaited, to, seen) : null;
                if (rest != null) {
                    rest.add(0, from);
                    return rest;
                }
            }
        }
        return null;
    }

    /** Whether a renewal waits for the session. */
    boolean isAwaited(SessionKey session) {
        try (Guard ignored = lock.hold()) {
            return waits.stream().anyMatch(wait -> wait.awaited.equals(session));
        }
    }

    /** How many waits there are. */
    int size() {
        try (Guard ignored = lock.hold()) {
            return waits.size();
        }
    }
}
