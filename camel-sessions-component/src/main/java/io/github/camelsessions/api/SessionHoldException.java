/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

import org.apache.camel.CamelException;

/**
 * An exchange could not be held, or not for as long as it would have to be: too many are held, its {@code holdTimeout} is
 * over, or ends before the time until which the site wants to be left alone, or its route was stopped. Its request was not
 * accepted by the server.
 */
public final class SessionHoldException extends CamelException implements SessionFailure {

    private static final long serialVersionUID = 1L;

    private final SessionSituation situation;

    public SessionHoldException(SessionSituation situation, String message) {
        super(message);
        this.situation = situation;
    }

    @Override
    public SessionSituation getSituation() {
        return situation;
    }
}
