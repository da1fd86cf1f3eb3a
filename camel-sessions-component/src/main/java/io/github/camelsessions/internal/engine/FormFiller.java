/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.engine;

import io.github.camelsessions.internal.form.HtmlPage;
import io.github.camelsessions.internal.form.Submission;
import io.github.camelsessions.internal.renewal.Reply;
import io.github.camelsessions.internal.session.Generation;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Fills in forms, as often as their request is sent. Immutable. */
interface FormFiller {

    /**
     * Begins a send.
     *
     * @param exchange with the message that the route has sent
     */
    Work begin(Exchange exchange, Generation generation);

    /** One send: pages come, and forms go. Used by one thread. */
    interface Work {

        /** Whether a form is still to come, so that an answer without any is none. */
        boolean needsForm();

        /** Whether an answer of that status may be a page with a form for it; otherwise it ends the send. */
        boolean reads(int status);

        /**
         * Fills in the form of a page.
         *
         * @return null when the page is the answer to all
         * @throws IllegalArgumentException when it can do nothing with the page
         */
        @Nullable
        Submission fill(HtmlPage page);

        /**
         * Looks at the answer that is on the exchange in the end.
         *
         * @throws Exception which becomes that of the exchange
         */
        default void end(Exchange done, Reply answer) throws Exception {}
    }
}
