/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.testkit.FrameworkSite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** Forms with a hidden token of their session, at sites as well-known frameworks build them: none is lost, none is double. */
class FormTokenTest {

    private static final int CALLERS = 16;
    private static final Pattern ACTION = Pattern.compile("<form[^>]* action=\"?([^\" >]+)");
    private static final Pattern HIDDEN = Pattern.compile("type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]+)\"");

    @Test
    void springSecurityRefusesTheFormBeforeItSeesThatTheSessionIsGone() throws Exception {
        try (FrameworkSite site = FrameworkSite.springSecurity()) {
            noFormIsLostWhenSessionsEnd(site, "${sessionVar(token)}", "&expiredStatusCodeRange=401,403");
            assertThat(site.refusedForms())
                    .as("they were refused for their token")
                    .isPositive();
        }
    }

    @Test
    void djangoLeadsTheFormToTheLogIn() throws Exception {
        try (FrameworkSite site = FrameworkSite.django()) {
            noFormIsLostWhenSessionsEnd(site, "${sessionCookie(csrftoken)}", "");
            assertThat(site.refusedForms()).isZero();
        }
    }

    @Test
    void keycloakIsOnTheWayToTheFormsTarget() throws Exception {
        try (FrameworkSite site = FrameworkSite.keycloak()) {
            noFormIsLostWhenSessionsEnd(site, "${sessionVar(token)}", "");
            assertThat(site.refusedForms()).isZero();
        }
    }

    private static void noFormIsLostWhenSessionsEnd(FrameworkSite site, String token, String options) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addRoutes(routes(site, token, options));
            context.start();
            ProducerTemplate template = context.createProducerTemplate();
            List<String> sent = new ArrayList<>();
            for (int round = 1; round <= 4; round++) {
                CountDownLatch start = new CountDownLatch(1);
                List<Future<Exchange>> sendings = new ArrayList<>();
                for (int i = 0; i < CALLERS; i++) {
                    String title = "book " + round + "-" + i;
                    sent.add(title);
                    sendings.add(threads.submit(() -> {
                        start.await();
                        return template.request(
                                "direct:order",
                                exchange -> exchange.getMessage().setBody(Map.of("title", title)));
                    }));
                }
                start.countDown();
                for (Future<Exchange> sending : sendings) {
                    Exchange done = sending.get(60, TimeUnit.SECONDS);
                    assertThat(done.getException()).isNull();
                    assertThat(done.getMessage().getHeader(SessionsConstants.FINAL_URI, String.class))
                            .startsWith(site.url() + "/orders/");
                }
                assertThat(site.orders()).containsExactlyInAnyOrderElementsOf(sent);
                assertThat(site.logins()).isEqualTo(round);
                site.expireNow();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static RouteBuilder routes(FrameworkSite site, String token, String options) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:order")
                        .to("sessions:fetch/" + site.url()
                                + "/orders?sessionId=anna&renewalUri=direct:login&expiredUri=" + site.expiredUri()
                                + "&sessionFields." + site.field() + "=" + token + options);

                from("direct:login")
                        .to("sessions:fetch/" + site.url() + "/orders") // leads to the log-in
                        .process(FormTokenTest::fillIn)
                        .to("sessions:fetch?method=POST") // leads back
                        .process(exchange -> exchange.setVariable(
                                "session:token",
                                hidden(exchange.getMessage().getBody(String.class))
                                        .get(site.field())));
            }
        };
    }

    private static void fillIn(Exchange exchange) {
        String page = exchange.getMessage().getBody(String.class);
        Matcher action = ACTION.matcher(page);
        assertThat(action.find()).as("a form in " + page).isTrue();
        String url = exchange.getMessage().getHeader(SessionsConstants.FINAL_URI, String.class);
        exchange.getMessage()
                .setHeader(
                        "CamelHttpUri",
                        java.net
                                .URI
                                .create(url)
                                .resolve(action.group(1).replace("&amp;", "&"))
                                .toString());
        Map<String, String> form = new HashMap<>(hidden(page));
        form.put("username", "anna");
        form.put("password", "secret");
        exchange.getMessage().setBody(form);
    }

    private static Map<String, String> hidden(String page) {
        Map<String, String> fields = new HashMap<>();
        for (Matcher field = HIDDEN.matcher(page); field.find(); ) {
            fields.put(field.group(1), field.group(2));
        }
        return fields;
    }
}
