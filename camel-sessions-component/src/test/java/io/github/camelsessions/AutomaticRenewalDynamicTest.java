/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.testkit.ExpiringSite;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Renewal of sessions that {@code toD} names, by rules in its URI. */
class AutomaticRenewalDynamicTest extends AutomaticRenewalSupport {

    AutomaticRenewalDynamicTest() {
        super(siteOfAnna().refusesWith(200));
    }

    @Override
    void configure() throws Exception {
        context.getPropertiesComponent().addInitialProperty("text", ExpiringSite.LOGIN_TEXT);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                String page =
                        "sessions:fetch/" + site.url() + "${header.path}?renewalUri=direct:login&renewFirst=false";
                from("direct:plain")
                        .toD(page + "&sessionId=${header.user}&expiredWhen=${body} contains 'Please log in'");
                from("direct:raw")
                        .toD(page + "&expiredWhen=RAW(${body} contains 'Please log in' && ${header.path} != 'x')"
                                + "&sessionId=${header.user}");
                from("direct:raw2")
                        .toD(page + "&expiredWhen=RAW{${body} contains '{{text}}' && ${body} !contains ')'}"
                                + "&sessionId=${header.user}");
                from("direct:encoded")
                        .toD(page + "&expiredWhen=${body}%20contains%20'Please%20log%20in'&sessionId=${header.user}");
                from("direct:amid")
                        .toD("sessions:fetch/" + site.url()
                                + "${header.path}?expiredWhen=${body} contains 'Please log in'&sessionId=${header.user}"
                                + "&renewalUri=direct:login&renewFirst=false&q=${header.user}");
                from("direct:renewedWhen")
                        .toD(page + "&expiredText=Please log in&sessionId=${header.user}"
                                + "&renewedWhen=${body} startsWith 'user=anna'");
                from("direct:noTarget")
                        .toD("sessions:fetch?renewalUri=direct:login&renewFirst=false&sessionId=${header.user}"
                                + "&expiredWhen=${body} contains 'Please log in'");
                from("direct:byHeader").toD("${header.uri}");
                from("direct:loginBeside")
                        .toD("sessions:addCookies?sessionId=other-${header.CamelSessionsId}&httpUri=" + site.url())
                        .process(exchange -> exchange.setProperty(
                                "idAfter", exchange.getMessage().getHeader(SessionsConstants.ID)))
                        .process(loginOf("anna"))
                        .to("sessions:fetch/" + site.url("/login"));
                from("direct:loginSame")
                        .process(loginOf("anna"))
                        .toD("sessions:fetch/" + site.url("/login") + "?sessionId=${header.CamelSessionsId}");
            }
        });
    }

    private Exchange page(String route, Object body) {
        Exchange made = exchange(body, Map.of("user", session, "path", "/page/1"));
        made.getMessage().removeHeader(SessionsConstants.ID);
        return template.send(route, made);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "raw", "raw2", "encoded", "amid", "renewedWhen"})
    void aPredicateSpeaksOfTheAnswerAndNotOfTheRequest(String route) {
        int before = context.getEndpoints().size();
        Exchange done = page("direct:" + route, "a=b&c=d?e");

        assertThat(text(done)).contains("path=/page/1\nuser=anna\n");
        assertThat(replays(done)).isEqualTo(1);
        assertThat(site.loginsAttempted()).isEqualTo(1);
        assertThat(site.acceptedPosts()).hasSize(1);
        assertThat(sessions().session(session).stats()).isPresent();
        String first = session;
        session = first + "-other";
        assertThat(text(page("direct:" + route, null))).contains("user=anna");
        assertThat(context.getEndpoints()).hasSizeLessThanOrEqualTo(before + 1); // one for all sessions
    }

    @Test
    void aPredicateNeedsNoTargetInTheUri() {
        Exchange made = exchange(null, Map.of("user", session, Exchange.HTTP_URI, site.url("/page/1")));
        made.getMessage().removeHeader(SessionsConstants.ID);

        assertThat(text(template.send("direct:noTarget", made))).contains("user=anna");
    }

    @Test
    void aUriThatIsAllDynamicIsTakenAsItWasEvaluated() {
        Exchange made = exchange(
                null,
                Map.of(
                        "uri",
                        "sessions:fetch/" + site.url("/page/1")
                                + "?renewalUri=direct:login&renewFirst=false&expiredText=Please log in&sessionId="
                                + session));
        made.getMessage().removeHeader(SessionsConstants.ID);

        assertThat(text(template.send("direct:byHeader", made))).contains("user=anna");
    }

    @Test
    void withinARenewalTheSessionOfTheUriWinsOverTheOneThatIsRenewed() throws Exception {
        route("direct:beside", exchange -> exchange.getMessage().setBody(Map.of("a", "b")), "direct:loginBeside");
        Exchange done = fetch(uri(site, "/page/1", "renewalUri=direct:beside"));

        assertThat(text(done)).contains("user=anna");
        assertThat(sessions().session("other-" + session).cookieMap()).isEqualTo(Map.of("a", "b"));
        assertThat(sessions().session(session).cookieMap()).containsKey("sid").doesNotContainKey("a");
    }

    @Test
    void withinARenewalTheSameSessionIsTheOneThatIsRenewed() {
        assertThat(text(fetch(uri(site, "/page/1", "renewalUri=direct:loginSame"))))
                .contains("user=anna");
        assertThat(stats().renewals()).isEqualTo(1);
    }
}
