/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.connection;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A SOCKS proxy cannot be reached, or made no connection. */
final class SocksException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String what;
    private final boolean siteInDoubt;

    /**
     * @param what        what the proxy did, such as {@code cannot be reached}
     * @param siteInDoubt whether the proxy works, but did not get to the site
     */
    SocksException(String what, @Nullable Throwable cause, boolean siteInDoubt) {
        super("the SOCKS proxy " + what, cause);
        this.what = what;
        this.siteInDoubt = siteInDoubt;
    }

    String what() {
        return what;
    }

    boolean isSiteInDoubt() {
        return siteInDoubt;
    }
}
