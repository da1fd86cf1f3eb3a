/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SiteConfiguration;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PropertyBindingSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A wrong value of an option of pools is named at start, wherever it is set. */
class PoolOptionsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    poolSize                | 0         | poolSize=0: must be at least 1
                    poolLogins              | 0         | poolLogins=0: must be at least 1
                    poolWarm                | -1        | poolWarm=-1: must be at least 0
                    poolWarm                | 1001      | poolWarm=1001: must be at most poolSize=1000
                    poolWarm                | 1         | poolWarm=1: needs a renewalUri that logs a session in
                    maxErrorScore           | 0         | maxErrorScore=0.0: must be more than 0
                    maxErrorScore           | NaN       | maxErrorScore=NaN: must be more than 0
                    errorScoreDecrement     | -0.5      | errorScoreDecrement=-0.5: must be at least 0
                    blockedStatusCodeRange  | 4xx       | blockedStatusCodeRange=4xx: must be statuses and ranges
                    blockedStatusCodeRange  | 403;429   | blockedStatusCodeRange=403;429: must be statuses and ranges
                    maxConcurrentPerSession | -1        | maxConcurrentPerSession=-1: must be at least 0
                    minDelay                | -1        | minDelay=-1ms: must not be negative
                    minDelay                | 4000d     | minDelay=4000d: must be at most 3650d
                    blockedStatusCodeRange  | 500-400   | blockedStatusCodeRange=500-400: a range goes from the lower
                    maxUses                 | -1        | maxUses=-1: must be at least 1, or 0 for any number
                    maxAge                  | -1        | maxAge=-1ms: must not be negative
                    """)
    void aWrongValueIsNamed(String option, String value, String message) throws Exception {
        assertThat(refusal(option + "=" + value, "", "")).contains(message);
        assertThat(refusal("", option, value)).contains(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    poolStrategy=fair             | option poolStrategy=fair: must be one of [random, roundRobin,
                    poolSize=many                 | option poolSize=many: must be a whole number
                    maxErrorScore=low             | option maxErrorScore=low: must be a number, such as 0.5
                    minDelay=short                | option minDelay=short: must be a duration
                    sessionId=1                   | pool=shop and sessionId=1: a session of a pool is chosen by the pool
                    poolSze=3                     | unknown option 'poolSze', did you mean poolSize?
                    """)
    void aValueThatMakesNoSenseIsNamed(String option, String message) throws Exception {
        assertThat(refusal(option, "", "")).contains(message);
    }

    @Test
    void anEmptyPoolIsNamed() {
        assertThat(failure("sessions:fetch/https://portal.example/?pool=RAW()")).contains("option pool: it names");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "poolSize=1",
                "poolStrategy=random",
                "maxErrorScore=1",
                "errorScoreDecrement=1",
                "blockedStatusCodeRange=403",
                "maxConcurrentPerSession=1",
                "minDelay=1s",
                "poolLogins=1",
                "poolWarm=0"
            })
    void anOptionOfPoolsIsRefusedWithoutAPool(String option) {
        String name = option.substring(0, option.indexOf('='));
        assertThat(failure("sessions:fetch/https://portal.example/?" + option))
                .contains("option " + name + " has no effect without a pool: set pool, or remove it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"clear", "renew", "getCookies", "getProfile", "addCookies", "list", "markGood", "retire"})
    void onlyFetchHasAPool(String operation) {
        assertThat(failure("sessions:" + operation + "?pool=shop"))
                .contains("option 'pool' belongs to the operation fetch, not to " + operation);
    }

    @ParameterizedTest
    @CsvSource({
        "list?maxHeld=3,                       maxHeld",
        "list?sessionId=1,                     sessionId",
        "clear?expiredText=log-in,             expiredText",
        "getCookies?method=GET,                method",
        "getProfile?http.connectTimeout=1,     http.connectTimeout",
        "endCooldown?sessionHeaders.X-A=1,     sessionHeaders.X-A",
        "markBad?maxErrorScre=1,               ''",
        "retire/https://h.example?query.a=1,   query.a",
        "close?keepAlive=5m,                   keepAlive"
    })
    void anOptionThatAnOperationDoesNotUseIsRefused(String uri, String option) {
        String operation = uri.replaceFirst("[^a-zA-Z].*", "");
        assertThat(failure("sessions:" + uri))
                .contains(
                        option.isEmpty()
                                ? "unknown option 'maxErrorScre'"
                                : "option '" + option + "' has no effect on the operation " + operation
                                        + ": remove it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "list?site=portal&limit=3",
                "clear?sessionId=1&site=portal",
                "getCookies/https://portal.example?sessionId=1&domain=*&lazyStartProducer=true",
                "close?sessionId=1&closeUri=direct:start&renewalTimeout=9s&holdTimeout=10s",
                "addCookies/https://portal.example?maxUses=3&profile=desk",
                "check?checkUri=https://portal.example/me&expiredStatusCodeRange=401&http.connectTimeout=1000"
            })
    void anOptionThatAnOperationUsesIsAccepted(String uri) throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            SiteConfiguration portal = new SiteConfiguration();
            portal.setUris("https://portal.example");
            context.getComponent("sessions", SessionsComponent.class).getSites().put("portal", portal);
            assertThat(started(context, "sessions:" + uri)).isEmpty();
        }
    }

    @Test
    void onlyListHasRowsOfPools() {
        assertThat(failure("sessions:fetch?of=pools")).contains("option 'of' belongs to the operation list");
        assertThat(failure("sessions:list?of=poles")).contains("option of=poles: must be one of [sessions, pools]");
    }

    @Test
    void marksOfASessionOfNoPoolAreRefused() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.start();
            Sessions sessions = Sessions.get(context);
            assertThatThrownBy(() -> sessions.session("anna").markBad())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("session 'anna' belongs to no pool");
            assertThatThrownBy(() -> sessions.session("shop-1").markGood())
                    .hasMessageContaining("session 'shop-1' belongs to no");
            assertThat(sessions.session("anna").retire()).isFalse();
            assertThat(sessions.pool("shop")).isEmpty();
            assertThat(sessions.endPoolCooldown("shop")).isFalse();
        }
    }

    private static String failure(String uri) {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.disableJMX();
            return started(context, uri);
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String refusal(String option, String siteOption, String value) throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.disableJMX();
            if (!siteOption.isEmpty()) {
                SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
                set(context, component, "sites[portal].uris", "https://portal.example");
                try {
                    set(context, component, "sites[portal]." + siteOption, value);
                } catch (RuntimeException e) {
                    return String.valueOf(e);
                }
            }
            return started(
                    context,
                    "sessions:fetch/https://portal.example/?pool=shop" + (option.isEmpty() ? "" : "&" + option));
        }
    }

    private static String started(DefaultCamelContext context, String uri) {
        java.io.StringWriter text = new java.io.StringWriter();
        try {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:start").to(uri);
                }
            });
            context.start();
        } catch (Exception e) {
            e.printStackTrace(new java.io.PrintWriter(text));
        }
        return text.toString();
    }

    private static void set(DefaultCamelContext context, Object target, String name, String value) {
        PropertyBindingSupport.build().bind(context, target, name, value);
    }
}
