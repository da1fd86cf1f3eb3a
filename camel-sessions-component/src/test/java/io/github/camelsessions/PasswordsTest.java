/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The log-in that the documentation shows sends any password as it is. */
@Timeout(60)
class PasswordsTest {

    private static final String LOG_IN = "${map('user', 'anna', 'password', ${properties:portal.password})}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "it's",
                "a}b",
                "a{b",
                "x${header.n}y",
                "$simple{header.n}",
                "a\\nb",
                "say \"x\"",
                "a,b",
                "a&b=c+d%41",
                "gr\u00fcn \u20ac",
                "RAW(x)",
                "#bean:x",
                "', 'admin', 'yes",
                "?",
            })
    void aPasswordFromAPropertyIsSentAsItIs(String password) throws Exception {
        try (LoopbackSite site = new LoopbackSite();
                DefaultCamelContext context = new DefaultCamelContext()) {
            Properties properties = new Properties();
            properties.setProperty("portal.password", password);
            context.getPropertiesComponent().setInitialProperties(properties);
            context.disableJMX();
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:login").setBody(simple(LOG_IN)).to("sessions:fetch/" + site.url() + "/echo");
                }
            });
            context.start();

            context.createProducerTemplate().requestBodyAndHeader("direct:login", null, "n", "evaluated");

            assertThat(URLDecoder.decode(site.lastRequest().body(), StandardCharsets.UTF_8))
                    .isEqualTo("user=anna&password=" + password);
        }
    }

    @Test
    void anErrorInASessionHeaderDoesNotShowItsText() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.disableJMX();
            context.start();

            assertThatThrownBy(() -> context.createProducerTemplate()
                            .requestBody(
                                    "sessions:fetch/http://127.0.0.1:1/?sessionHeaders.X-Key=RAW(geheim ${bodyy.x)",
                                    "x"))
                    .hasStackTraceContaining("sessionHeaders.X-Key is no expression in Simple")
                    .satisfies(failure -> {
                        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                            if (cause instanceof IllegalArgumentException) {
                                assertThat(cause)
                                        .hasMessageNotContaining("geheim")
                                        .hasNoCause();
                            }
                        }
                    });
        }
    }
}
