/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * No client profile is to be had: the proxies of all have failed, and the profiles are put aside. Nothing was taken. The
 * cause is the latest of these failures.
 */
public final class ProfilesAsideException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final Instant freeAt;

    ProfilesAsideException(int profiles, Instant freeAt, @Nullable Throwable cause) {
        super(
                (profiles == 1 ? "the only client profile is" : "all " + profiles + " client profiles are")
                        + " put aside, because their proxies have failed; the first is free again at " + freeAt
                        + ": mend the proxies, or add profiles that have others"
                        + (cause == null ? "" : " (latest failure: " + cause.getMessage() + ")"),
                cause);
        this.freeAt = freeAt;
    }

    /** When the first of the profiles is free again. */
    public Instant freeAt() {
        return freeAt;
    }

    /** When the first of the profiles is free again, if this is the reason of a failure; else null. */
    public static @Nullable Instant freeAt(Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof ProfilesAsideException)) {
            cause = cause.getCause() == cause ? null : cause.getCause();
        }
        return cause instanceof ProfilesAsideException aside ? aside.freeAt : null;
    }
}
