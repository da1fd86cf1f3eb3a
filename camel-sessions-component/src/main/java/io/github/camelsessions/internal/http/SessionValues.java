/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.internal.capture.Captures;
import java.net.URI;
import java.util.Map;

/**
 * The values of a session that travel besides its cookies, in headers and in fields of forms: for one send. Used by one thread at a
 * time.
 */
public interface SessionValues {

    /**
     * Whether a request goes to the site's own URLs, first ones and those that redirects lead to. Only there values are
     * sent, and only from there they are taken.
     */
    boolean isOwn(URI url);

    /**
     * The headers of the next request, name to value.
     *
     * @throws IllegalArgumentException when a value cannot be sent; it names the header and shows no value
     */
    Map<String, String> requestHeaders();

    /** The fields that the next request's form has besides its own, or instead of its own of the same name. */
    Map<String, String> formFields();

    /** What of the answer becomes a variable of the session. */
    Captures captures();
}
