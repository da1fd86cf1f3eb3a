/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.OnRenewalFailure;
import io.github.camelsessions.api.ReplayStale;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.WhenFull;
import io.github.camelsessions.internal.session.GateRules;
import java.time.Duration;
import java.util.function.Function;
import org.apache.camel.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * When a session counts as expired, how it is renewed, and what becomes of the exchanges meanwhile; resolved from
 * endpoint, site and component. Immutable.
 *
 * @param renewalUri        where the priority exchange is sent, null when none is
 * @param logIn             makes the request that logs in where there is no renewalUri: that of a log-in page; null when
 *                          the session does not renew by itself
 * @param renewFirst        whether an empty session is renewed before its first request
 * @param expiry            which answers mean that the session has expired
 * @param renewedWhen       whether a renewal's exchange shows success, null when any cookie does
 * @param profile           the name of the fixed client profile, null for the next one of the rotation
 * @param sameProfile       whether a renewed session keeps its client profile
 * @param maxReplays        how many refusals of one exchange may be judged its own before the last one stands
 * @param replayStale       which requests are sent again when their answers are stale
 * @param drainTimeout      how long a renewal waits for requests under way
 * @param renewalTimeout    how long a renewal may take, all attempts and the time between them included
 * @param renewalBackoff    the time between the first two attempts; it doubles
 * @param holdTimeout       how long an exchange is held at most
 * @param whenFull          what becomes of an exchange for which the hold has no room
 * @param onRenewalFailure  what becomes of exchanges while no renewal is tried after one that failed
 * @param closeUri          where the exchange is sent that logs the session out, null for nowhere
 * @param closeOnStop       whether the session is logged out when the context stops
 * @param gate              the rules that belong to the session
 * @param configuresSession whether any of those is set, and not just the default
 * @param place             where they are set, for messages
 * @param rate              how many requests the site is sent in a second at most, null when that is not set
 * @param check             how it is asked whether the session lives, null when it is not
 * @param keep              what outlives a renewal
 * @param renewAfter        tells how long after a log-in the session is renewed, null when nothing does
 * @param blockedBackoff    how long a session waits when the site wants to be left alone and does not say how long; it
 *                          doubles, up to {@link #LONGEST_BACKOFF}; zero for not at all
 */
public record RenewalRules(
        @Nullable String renewalUri,
        @Nullable Function<SessionKey, SendableRequest> logIn,
        boolean renewFirst,
        ExpiryRules expiry,
        @Nullable Predicate renewedWhen,
        @Nullable String profile,
        boolean sameProfile,
        int maxReplays,
        ReplayStale replayStale,
        Duration drainTimeout,
        Duration renewalTimeout,
        Duration renewalBackoff,
        Duration holdTimeout,
        WhenFull whenFull,
        OnRenewalFailure onRenewalFailure,
        @Nullable String closeUri,
        boolean closeOnStop,
        GateRules gate,
        boolean configuresSession,
        String place,
        @Nullable RateRule rate,
        @Nullable CheckRules check,
        KeepRules keep,
        @Nullable RenewAfter renewAfter,
        Duration blockedBackoff) {

    /** What {@code blockedBackoff} grows to at most, unless it is longer itself. */
    static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

    /** The same, but renewed there. */
    public RenewalRules withRenewalUri(String uri) {
        return with(uri, logIn, holdTimeout, check);
    }

    /** The same, but whoever is held gives up after that time. */
    public RenewalRules withHoldTimeout(Duration time) {
        return with(renewalUri, logIn, time, check);
    }

    /** The same, but logged in and asked so whether it lives. */
    public RenewalRules with(@Nullable Function<SessionKey, SendableRequest> requests, @Nullable CheckRules other) {
        return with(renewalUri, requests, holdTimeout, other);
    }

    private RenewalRules with(
            @Nullable String uri,
            @Nullable Function<SessionKey, SendableRequest> requests,
            Duration time,
            @Nullable CheckRules asked) {
        return new RenewalRules(
                uri,
                requests,
                renewFirst,
                expiry,
                renewedWhen,
                profile,
                sameProfile,
                maxReplays,
                replayStale,
                drainTimeout,
                renewalTimeout,
                renewalBackoff,
                time,
                whenFull,
                onRenewalFailure,
                closeUri,
                closeOnStop,
                gate,
                configuresSession,
                place,
                rate,
                asked,
                keep,
                renewAfter,
                blockedBackoff);
    }

    /** How long a check may take. Those whose refusals it is to judge wait that long too. */
    Duration checkTimeout() {
        return renewalTimeout.dividedBy(3);
    }

    /** How long a log-out may take. Those that are held for the renewal after it wait that long too. */
    Duration closeTimeout() {
        return renewalTimeout.dividedBy(3);
    }

    /**
     * Whether requests are sent again: those of an endpoint that tells an expired session from a valid one. Of the others
     * nothing has to be remembered.
     */
    boolean replays() {
        return renews() || !expiry.isEmpty();
    }

    /** Whether whoever is held goes on waiting while no renewal is tried after one that failed. */
    public boolean endures() {
        return onRenewalFailure == OnRenewalFailure.hold;
    }

    /** Whether the session renews by itself. */
    public boolean renews() {
        return renewalUri != null || logIn != null;
    }
}
