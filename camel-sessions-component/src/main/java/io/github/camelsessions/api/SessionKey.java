/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

import java.io.Serializable;
import java.util.Comparator;
import java.util.Objects;

/**
 * Names a session: its site and its id within the site. The same id on two sites names two sessions.
 *
 * @param site the site's name, empty for the default site
 * @param id   the session id: 1 to 1024 characters, without control characters, because it is logged
 */
public record SessionKey(String site, String id) implements Comparable<SessionKey>, Serializable {

    /** The name of the default site. */
    public static final String DEFAULT_SITE = "";

    // it is kept, logged and shown, and may come from a message
    private static final int MOST = 1024;

    private static final Comparator<SessionKey> ORDER =
            Comparator.comparing(SessionKey::site).thenComparing(SessionKey::id);

    public SessionKey {
        Objects.requireNonNull(site, "site");
        if (id.isEmpty()) {
            throw new IllegalArgumentException("a session id must not be empty");
        }
        if (id.length() > MOST) {
            throw new IllegalArgumentException("a session id must not be longer than " + MOST
                    + " characters, this one has " + id.length() + "; take a hash of what it is made of");
        }
        if (id.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a session id must not contain a control character such as CR or LF");
        }
    }

    @Override
    public int compareTo(SessionKey other) {
        return ORDER.compare(this, other);
    }

    /**
     * The form shown to users: {@code anna}, or {@code portal/anna} on the site named portal; the id {@code portal/anna} of
     * the default site is {@code /portal/anna}, since no name of a site has a slash.
     */
    @Override
    public String toString() {
        return site.isEmpty() && id.indexOf('/') < 0 ? id : site + "/" + id;
    }
}
