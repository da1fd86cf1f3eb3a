/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.net.URI;
import org.apache.camel.Exchange;
import org.apache.camel.component.http.HttpMethods;
import org.jspecify.annotations.Nullable;

/** The HTTP request of one exchange, which can be sent more than once, one send at a time. */
public interface HttpSending {

    /** Where it goes, absolute http or https, in the form that HttpClient sends. */
    URI target();

    HttpMethods method();

    /** The request by which a client goes on after a 303: a GET of its target, with the headers of this one and no body. */
    HttpSending seeOther(URI target);

    /** Whether a status outside the ok range becomes an exception, by the rules or by the endpoint's own option. */
    boolean throwsOnFailure(CallRules rules);

    /**
     * Sends what the exchange's in-message says now, waits for the response and puts it on the exchange, as camel-http
     * does.
     *
     * @param call the session it is sent in, and how, made for this one send; null outside all sessions, which only the
     *             forms over plain camel-http endpoints know
     * @throws Exception what camel-http throws: an I/O error, or HttpOperationFailedException for a status outside the ok
     *                   range unless the rules say otherwise. The session is usable afterwards.
     */
    void send(Exchange exchange, @Nullable SessionCall call) throws Exception;
}
