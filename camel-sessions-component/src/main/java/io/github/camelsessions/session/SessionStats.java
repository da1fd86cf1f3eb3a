/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import java.time.Instant;

/**
 * What a session looks like at one moment. Immutable; holds no cookie value.
 *
 * @param key        the session
 * @param generation how many times it was renewed or cleared
 * @param cookies    how many cookies its jar holds
 * @param profile    the name of its client profile, empty when it has none
 * @param uses       how many exchanges were admitted since it was created
 * @param inFlight   how many exchanges use it now
 * @param created    when it was created
 * @param lastUsed   when an exchange was last admitted or done, or cookies were added
 */
public record SessionStats(
        SessionKey key,
        long generation,
        int cookies,
        String profile,
        long uses,
        int inFlight,
        Instant created,
        Instant lastUsed) {}
