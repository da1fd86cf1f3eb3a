/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The proxy of a client profile did not take a request: it cannot be reached, refused the credentials, or opened no
 * tunnel. The request has not reached the site, so it may be sent again, whatever its method; unless it was a redirect's,
 * for then the one before has. The message shows the profile's name and the proxy without credentials.
 */
public final class ProxyFailedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient ClientProfile profile;
    private final boolean siteInDoubt;

    /**
     * @param what        what the proxy did, such as {@code cannot be reached}
     * @param cause       null when the proxy answered
     * @param siteInDoubt whether the proxy works, as far as can be seen, and only the way from it to the site does not
     */
    public ProxyFailedException(ClientProfile profile, String what, @Nullable Throwable cause, boolean siteInDoubt) {
        super("profile '" + profile.name() + "': its proxy " + profile.proxy() + " " + what, cause);
        this.profile = profile;
        this.siteInDoubt = siteInDoubt;
    }

    private ProxyFailedException(ProxyFailedException failure, String why) {
        super(failure.getMessage() + "; " + why, failure.getCause());
        setStackTrace(failure.getStackTrace());
        this.profile = failure.profile;
        this.siteInDoubt = failure.siteInDoubt;
    }

    /** The profile whose proxy failed. */
    public ClientProfile profile() {
        return profile;
    }

    /**
     * Whether it may be the site that has failed: the proxy took the connection, but made none to the site. Then another
     * proxy may fail as well, and the profile is not put aside.
     */
    public boolean isSiteInDoubt() {
        return siteInDoubt;
    }

    /** The same failure, which also says why the request was not sent again. */
    public ProxyFailedException standing(String why) {
        return new ProxyFailedException(this, why);
    }
}
