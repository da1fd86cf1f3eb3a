/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import io.github.camelsessions.cookie.CookieJar;
import io.github.camelsessions.profile.ClientProfile;

/**
 * One life of a session: the jar and the client profile between two renewals or clears. A request keeps the generation
 * it was admitted with, so a late response writes to its own, old jar, which nobody reads any more.
 *
 * <p>Compare generations by identity, never by number: a session that was evicted and created again starts at 0.
 *
 * <p>Immutable, but for the jar, which is thread-safe.
 */
public final class Generation {

    private final SessionKey session;
    private final long number;
    private final ClientProfile profile;
    private final CookieJar jar;

    Generation(SessionKey session, long number, ClientProfile profile, CookieJar jar) {
        this.session = session;
        this.number = number;
        this.profile = profile;
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

    /** The client identity of each request of this generation, {@link ClientProfile#NONE} without profiles. */
    public ClientProfile profile() {
        return profile;
    }

    /** The cookies of this generation. */
    public CookieJar jar() {
        return jar;
    }

    @Override
    public String toString() {
        return session + "#" + number;
    }
}
