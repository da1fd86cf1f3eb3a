/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A SOCKS proxy cannot be reached, or made no connection. */
final class SocksException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String what;

    /**
     * @param what what the proxy did, such as {@code cannot be reached}
     */
    SocksException(String what, @Nullable Throwable cause) {
        super("the SOCKS proxy " + what, cause);
        this.what = what;
    }

    String what() {
        return what;
    }
}
