/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PropertyBindingSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong value of an option of renewal is named at start, wherever it is set. */
class AutomaticRenewalOptionsTest {

    private final DefaultCamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    renewalTimeout          | 0         | renewalTimeout=0ms: must be longer than 0
                    renewalTimeout          | -1        | renewalTimeout=-1ms: must be longer than 0
                    renewalTimeout          | 60s       | holdTimeout=60000ms: must be longer than renewalTimeout=60000ms
                    holdTimeout             | 45s       | holdTimeout=45000ms: must be longer than renewalTimeout=45000ms
                    holdTimeout             | 0         | holdTimeout=0ms: must be longer than 0
                    renewalBackoff          | 0         | renewalBackoff=0ms: must be longer than 0
                    renewalCooldown         | -5        | renewalCooldown=-5ms: must be longer than 0
                    renewalCooldownMax      | 0         | renewalCooldownMax=0ms: must be longer than 0
                    drainTimeout            | -1        | drainTimeout=-1ms: must not be negative
                    maxAge                  | -1        | maxAge=-1ms: must not be negative
                    maxIdle                 | -1        | maxIdle=-1ms: must not be negative
                    maxUses                 | -1        | maxUses=-1: must be at least 1, or 0 for any number
                    maxHeld                 | 0         | maxHeld=0: must be at least 1
                    maxReplays              | -1        | maxReplays=-1: must be at least 0
                    renewalAttempts         | 0         | renewalAttempts=0: must be at least 1
                    renewalProfile          | new       | renewalProfile=new: must be one of [next, same]
                    expiredStatusCodeRange  | 4xx       | expiredStatusCodeRange=4xx: must be statuses and ranges
                    expiredStatusCodeRange  | 401-      | expiredStatusCodeRange=401-: must be statuses and ranges
                    expiredUri              | /login    | expiredUri
                    expiredWhen             | ${body    | expiredWhen is no predicate in Simple
                    renewedWhen             | ${boddy}  | renewedWhen is no predicate in Simple
                    renewalUri              | drect:in  | renewalUri=drect:in: there is no component 'drect'
                    renewalUri              | login     | renewalUri=login: must be the URI of an endpoint
                    checkUri                | /account  | checkUri '/account' must be an absolute http or https URL
                    checkUri                | https://portal.example/a?b=c | checkUri: nothing tells by its answer whether
                    validWhen               | true      | validWhen: there is no checkUri that tells
                    keepAlive               | 5m        | keepAlive=300000ms: there is no checkUri that tells
                    keepAlive               | -1        | keepAlive=-1ms: must not be negative
                    idempotencyHeader       | a b       | idempotencyHeader
                    keepAlive               | 999999999d | keepAlive=999999999d: must be at most 3650d
                    maxAge                  | 3651d     | maxAge=3651d: must be at most 3650d
                    maxIdle                 | P9999Y    | must be a duration
                    holdTimeout             | 999999999999d | holdTimeout=999999999999d: must be a duration
                    requestTimeout          | 4000d     | requestTimeout=4000d: must be at most 3650d
                    blockedBackoff          | 4000d     | blockedBackoff=4000d: must be at most 3650d
                    blockedBackoff          | -1        | blockedBackoff=-1ms: must not be negative
                    blockedBackoff          | -1s       | blockedBackoff=-1s: must be a duration
                    expiredStatusCodeRange  | 401,500-400 | expiredStatusCodeRange=401,500-400: a range goes from the lower
                    renewalCooldown         | 31m       | renewalCooldown=1860000ms: must be at most renewalCooldownMax=1800000ms
                    renewalCooldownMax      | 29s       | renewalCooldown=30000ms: must be at most renewalCooldownMax=29000ms
                    checkUri                | https://portal.example/a b | checkUri: the URL contains a space
                    checkUri                | ftp://portal.example/a     | must be an absolute http or https URL
                    expiredUri              | https://portal.example/log in | contains a space, which no URL does
                    forbiddenUris           | https://portal.example/a https://portal.example/b | contains a space
                    maxRequestsPerSecond    | -1        | maxRequestsPerSecond=-1.0: must be at least 0.0001
                    maxRedirects            | 0         | maxRedirects=0: must be at least 1
                    maxResponseSize         | -1        | maxResponseSize=-1: must be a number of bytes
                    """)
    void aWrongValueIsNamed(String option, String value, String message) throws Exception {
        assertRefused(option, value, message, "endpoint");
        assertRefused(option, value, message, "site");
        assertRefused(option, value, message, "component");
    }

    private static void assertRefused(String option, String value, String message, String place) throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.disableJMX();
            SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
            assertThatThrownBy(() -> {
                        if (place.equals("site")) {
                            set(context, component, "sites[portal].uris", "https://portal.example");
                            set(context, component, "sites[portal]." + option, value);
                        } else if (place.equals("component")) {
                            set(context, component, "configuration." + option, value);
                        }
                        context.addRoutes(new RouteBuilder() {
                            @Override
                            public void configure() {
                                from("direct:start")
                                        .to("sessions:fetch/https://portal.example/"
                                                + (place.equals("endpoint") ? "?" + option + "=" + value : ""));
                            }
                        });
                        context.start();
                    })
                    .as(place)
                    .hasStackTraceContaining(message)
                    .satisfies(failure -> {
                        if (place.equals("site")) {
                            assertThat(failure).hasStackTraceContaining("sites[portal]");
                        }
                    });
        }
    }

    private static void set(DefaultCamelContext context, SessionsComponent component, String name, String value) {
        PropertyBindingSupport.build().bind(context, component, name, value);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    replayStale=unsafe      | replayStale=unsafe: must be one of
                    renewFirst=perhaps      | renewFirst=perhaps: must be true or false
                    maxUses=many            | maxUses=many
                    holdTimeout=long        | holdTimeout=long: must be a duration
                    maxAge=none             | maxAge=none: must be a duration
                    expiredWhen=#bean:nobody| nobody
                    renewalUrl=direct:login | did you mean renewalUri
                    """)
    void aValueOfAnotherKindIsNamed(String options, String message) {
        assertThatThrownBy(() -> {
                    context.addRoutes(new RouteBuilder() {
                        @Override
                        public void configure() {
                            from("direct:start").to("sessions:fetch/https://portal.example/?" + options);
                        }
                    });
                    context.start();
                })
                .hasStackTraceContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"resumeConcurrency", "renewalConcurrency", "maxHeldTotal"})
    void aLimitOfTheComponentIsAtLeastOne(String option) {
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        assertThatThrownBy(() -> {
                    set(context, component, option, "0");
                    context.start();
                })
                .hasStackTraceContaining(option + "=0: must be at least 1");
    }

    @Test
    void anEmptyTextIsNoRule() {
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.getConfiguration().setExpiredText("");

        assertThatThrownBy(context::start).hasStackTraceContaining("expiredText is empty");
    }

    @Test
    void aFixedProfileCannotBeTheNextOne() {
        assertThatThrownBy(() -> {
                    context.addRoutes(new RouteBuilder() {
                        @Override
                        public void configure() {
                            from("direct:start")
                                    .to("sessions:fetch/https://portal.example/?profile=desk&renewalProfile=next");
                        }
                    });
                    context.start();
                })
                .hasStackTraceContaining("renewalProfile=next: the session has a fixed profile");
    }

    @Test
    void theRenewalUriMayBeAPropertyOrABean() throws Exception {
        context.getPropertiesComponent().addInitialProperty("login", "direct:login");
        context.getRegistry().bind("loginEndpoint", context.getEndpoint("direct:login"));
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.getConfiguration().setRenewalUri("{{login}}");
        set(context, component, "sites[portal].renewalUri", "ref:loginEndpoint");
        context.start();
    }
}
