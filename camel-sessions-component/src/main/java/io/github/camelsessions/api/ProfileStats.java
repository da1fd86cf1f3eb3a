/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a client profile is used. Immutable; it shows no secret.
 *
 * @param name       the profile's name
 * @param users      how many sessions have it now
 * @param taken      how many times a session has taken it
 * @param asideUntil until when it is put aside because its proxy failed, null when it is not
 */
public record ProfileStats(
        String name, int users, long taken, @Nullable Instant asideUntil) {}
