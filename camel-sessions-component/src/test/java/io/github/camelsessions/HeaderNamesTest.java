/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.internal.http.HeaderNames;
import org.apache.camel.CamelContext;
import org.apache.camel.Message;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.HashMapHeadersMapFactory;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class HeaderNamesTest {

    private static final HeaderNames NAMES = new HeaderNames("CamelHttpUri", "CamelHttpPath");

    @Test
    void theNamedHeadersGoInWhateverCaseAndTheOthersStay() throws Exception {
        try (CamelContext context = new DefaultCamelContext()) {
            Message message = message(context);
            message.setHeader("camelHTTPuri", "https://portal.example");

            NAMES.removeFrom(message);

            assertThat(message.getHeaders()).containsOnlyKeys("Accept", "User");
        }
    }

    @Test
    void theyGoFromACopiedMessageOfAContextWithPlainMaps() throws Exception {
        try (CamelContext context = new DefaultCamelContext()) {
            context.getCamelContextExtension().setHeadersMapFactory(new HashMapHeadersMapFactory());
            Message copy = message(context).copy();
            copy.setHeader("CamelHttpUri", "https://portal.example"); // from here on it has a map of its own

            NAMES.removeFrom(copy);

            assertThat(copy.getHeaders()).containsOnlyKeys("Accept", "User");
        }
    }

    private static Message message(CamelContext context) {
        Message message = new DefaultExchange(context).getMessage();
        message.setHeader("Accept", "text/html");
        message.setHeader("CamelHttpPath", "/orders");
        message.setHeader("User", "anna");
        return message;
    }
}
