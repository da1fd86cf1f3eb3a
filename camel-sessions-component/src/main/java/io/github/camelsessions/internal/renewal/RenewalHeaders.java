/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.session.Generation;
import org.apache.camel.Message;

/** The names of the message headers that renewals and replays read and write. */
public final class RenewalHeaders {

    public static final String ID = "CamelSessionsId";
    public static final String SITE = "CamelSessionsSite";
    public static final String GENERATION = "CamelSessionsGeneration";
    public static final String CAUSE = "CamelSessionsCause";
    public static final String REPLAYS = "CamelSessionsReplays";
    public static final String RENEWED = "CamelSessionsRenewed";

    private RenewalHeaders() {}

    /** Tells the exchange of a log-in or log-out what it is for. */
    static void tell(Message message, Generation generation, String cause) {
        SessionKey session = generation.session();
        message.setHeader(ID, session.id());
        if (!session.site().isEmpty()) {
            message.setHeader(SITE, session.site());
        }
        message.setHeader(GENERATION, generation.number());
        message.setHeader(CAUSE, cause);
    }
}
