/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.profile.Totp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The account of a client profile is there for log-in routes, and goes with its proxy and user agent for good. */
class AccountsTest extends SharedContextTest {

    private static final String LOG_IN = "?renewalUri=direct:login";

    AccountsTest() {
        site.page("/login", http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=" + site.requests().size() + "; Path=/");
            LoopbackSite.answer(http, 200, "welcome");
        });
    }

    @Override
    void configure(CamelContext context) {
        context.getRegistry().bind("profiles", """
                - name: anna
                  userAgent: Agent-of-anna
                  account: {user: anna, password: geheim-a, totp: GEZD GNBV GY3T QOJQ}
                - name: ben
                  userAgent: Agent-of-ben
                  account: {user: ben, password: geheim-b}
                - name: carl
                  userAgent: Agent-of-carl
                  account: {user: carl, password: geheim-c, totp: JBSW Y3DP EHPK 3PXP}
                """);
        context.getComponent("sessions", SessionsComponent.class).setProfiles("ref:profiles");
    }

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:login")
                        .setBody(simple("${sessionAccount(user)}:${sessionAccount(password)}"))
                        .to(fetchUri("/login"));
                from("direct:plain-login").setBody(constant("plain")).to(fetchUri("/login"));
                from("direct:code").setBody(simple("${sessionTotp()}|${sessionTotp}"));
                from("direct:login-with-code")
                        .setBody(simple("code=${sessionTotp()}"))
                        .to(fetchUri("/login"));
                from("direct:account").setBody(simple("${sessionAccount(user)} ${sessionAccount(none)}"));
            }
        };
    }

    private List<LoopbackSite.Request> logIns() {
        return site.requests().stream()
                .filter(request -> request.uri().equals("/login"))
                .filter(request -> !request.body().isEmpty())
                .toList();
    }

    private static boolean belongsTogether(LoopbackSite.Request logIn) {
        String user = logIn.userAgent().substring("Agent-of-".length());
        return logIn.body().equals(user + ":geheim-" + user.charAt(0));
    }

    @Test
    void eachLogInHasTheAccountOfTheProfileThatSendsIt() {
        int before = logIns().size();
        for (int i = 0; i < 6; i++) {
            page("/echo" + LOG_IN);
            sessions().session(session).expire();
        }

        List<LoopbackSite.Request> all = logIns().subList(before, logIns().size());
        assertThat(all).hasSize(6).allMatch(AccountsTest::belongsTogether);
        assertThat(all).extracting(LoopbackSite.Request::userAgent).contains("Agent-of-anna", "Agent-of-ben");
    }

    @Test
    void aFixedProfileKeepsItsAccountThroughRenewals() {
        int before = logIns().size();
        for (int i = 0; i < 3; i++) {
            assertThat(page("/echo" + LOG_IN + "&profile=ben")).contains("Agent-of-ben");
            sessions().session(session).expire();
        }

        assertThat(logIns().subList(before, logIns().size()))
                .hasSize(3)
                .extracting(LoopbackSite.Request::body)
                .containsOnly("ben:geheim-b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"anna", "ben"})
    void aLogInThatAsksForNoAccountComesFromTheFixedProfileToo(String profile) {
        String plain = "/echo" + LOG_IN.replace("direct:login", "direct:plain-login");

        page(plain + "&profile=" + profile);
        sessions().session(session).expire();
        Exchange done = send(fetchUri(plain), null, Map.of(SessionsConstants.PROFILE, profile));

        assertThat(done.getMessage().getHeader(SessionsConstants.USED_PROFILE)).isEqualTo(profile);
        assertThat(logIns()).hasSizeGreaterThanOrEqualTo(2);
        assertThat(logIns().subList(logIns().size() - 2, logIns().size()))
                .extracting(LoopbackSite.Request::userAgent)
                .containsOnly("Agent-of-" + profile);
    }

    @Test
    void anExchangeWithoutASessionTakesOneForItsAccount() {
        String account = text(send("direct:account", null));

        String name = sessions().session(session).profile().name();
        assertThat(account.trim()).isEqualTo(name).isIn("anna", "ben", "carl");
    }

    @Test
    void aOneTimeCodeIsThatOfTheAccountOfTheSession() {
        Instant before = Instant.now();
        page("/echo?renewalUri=direct:login-with-code&profile=anna");
        List<String> valid = Stream.of(before, Instant.now())
                .map(time -> "code=" + Totp.parse("GEZDGNBVGY3TQOJQ").code(time))
                .toList();

        assertThat(logIns().get(logIns().size() - 1).body()).isIn(valid);
    }

    @Test
    void aOneTimeCodeIsThatOfTheSessionWhateverTheBodyIs() {
        page("/echo" + LOG_IN + "&profile=carl");
        for (String body : List.of("carl", "portal/carl:totp", "<html>")) {
            assertThat(text(send("direct:code", body))).matches("(\\d{6})\\|\\d{6}");
        }
    }

    @Test
    void anAccountWithoutASecretHasNoOneTimeCode() {
        page("/echo" + LOG_IN + "&profile=ben");

        assertThat(text(send("direct:code", "x"))).isEqualTo("|");
    }

    @Test
    void theAccountIsMaskedAndInNoHeader() {
        Exchange done = fetch("/echo" + LOG_IN);
        Exchange profile = send("sessions:getProfile", null);

        assertThat(text(done)).doesNotContain("geheim");
        assertThat(done.getMessage().getHeaders().toString()).doesNotContain("geheim");
        assertThat(profile.getMessage().getBody().toString())
                .contains("password=***")
                .doesNotContain("geheim", "GEZD");
        assertThat(sessions().session(session).profile().toString()).doesNotContain("geheim");
    }

    @Test
    void theProfileIsThereInTheLogInFromTheBeginning() {
        String page = page("/echo" + LOG_IN + "&profile=anna");

        assertThat(page).contains("Agent-of-anna");
        assertThat(logIns().get(logIns().size() - 1).body()).isEqualTo("anna:geheim-a");
    }
}
