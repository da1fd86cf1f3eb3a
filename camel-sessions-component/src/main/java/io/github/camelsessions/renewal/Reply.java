/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import java.net.URI;

/**
 * What is known of an answer besides what is on the exchange. Immutable.
 *
 * @param status the status of the final response
 * @param uri    the URI that gave it, after redirects
 * @param ofSite whether that is a URI of the session's site: what others ask for concerns not the session
 */
public record Reply(int status, URI uri, boolean ofSite) {

    /** Whether the server says that it could not do what it was asked. */
    boolean isFailure() {
        return status >= 400;
    }
}
