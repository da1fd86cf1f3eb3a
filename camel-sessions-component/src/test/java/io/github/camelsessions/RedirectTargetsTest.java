/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Redirects lead where a browser would go, in all forms of sending. The site is reached as a proxy, so that its request
 * lines show the whole URL.
 */
class RedirectTargetsTest extends SharedContextTest {

    private static final String SHOP = "http://shop.example:8080";
    private static final Map<String, String> TARGETS = new LinkedHashMap<>();

    static {
        TARGETS.put("?x=1", SHOP + "/start/page?x=1");
        TARGETS.put("", SHOP + "/start/page?o=1");
        TARGETS.put("#top", SHOP + "/start/page?o=1");
        TARGETS.put("other", SHOP + "/start/other");
        TARGETS.put("/a//b/http://h/", SHOP + "/a//b/http://h/");
        TARGETS.put("/café", SHOP + "/caf%C3%A9");
        TARGETS.put("/my page", SHOP + "/my%20page");
        TARGETS.put("/x?q=a b", SHOP + "/x?q=a%20b");
        TARGETS.put("/x?q=a|b", SHOP + "/x?q=a%7Cb");
        TARGETS.put("/x?q={1}", SHOP + "/x?q=%7B1%7D");
        TARGETS.put("/x?q=\"a\"", SHOP + "/x?q=%22a%22");
        TARGETS.put("/x?q=100%", SHOP + "/x?q=100%25");
        TARGETS.put("/a\\b", SHOP + "/a/b");
        TARGETS.put("/a/../b/./c#d", SHOP + "/b/c");
        TARGETS.put("http://müller.example/", "http://xn--mller-kva.example/");
        TARGETS.put("//other.example:80//x", "http://other.example//x");
        TARGETS.put("http://under_score.example/x", "http://under_score.example/x");
        TARGETS.put("http://[2001:DB8::0:1]:81/x", "http://[2001:db8::1]:81/x");
    }

    @Override
    void configure(CamelContext context) {
        site.page("/start/", RedirectTargetsTest::redirect);
        site.page("/", http -> LoopbackSite.answer(http, 200, "there"));
        context.getRegistry().bind("profiles", """
                - name: shop
                  proxy: {url: "%s"}
                """.formatted(site.url()));
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.setProfiles("ref:profiles");
        SiteConfiguration shop = new SiteConfiguration();
        shop.setUris("http://*/*");
        shop.setWrap(true);
        shop.setForbiddenUris("http://xn--mller-kva.example/logout*, " + SHOP + "/log%20out*");
        component.getSites().put("shop", shop);
    }

    /** Redirects a session's first request to what its header says, and answers the next. */
    private static void redirect(HttpExchange http) throws IOException {
        if (http.getRequestHeaders().containsKey("Cookie")) {
            LoopbackSite.answer(http, 200, "there");
            return;
        }
        String location = http.getRequestHeaders().getFirst("Case");
        http.getResponseHeaders().add("Set-Cookie", "hop=1; Path=/");
        http.getResponseHeaders().add("Location", URLDecoder.decode(location, StandardCharsets.ISO_8859_1));
        LoopbackSite.answer(http, 302, "");
    }

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:fetch").to("sessions:fetch");
                from("direct:finalUri")
                        .to("sessions:fetch")
                        .setBody(simple("${header.CamelSessionsFinalUri.replaceAll('[?].*', '')}"));
                from("direct:wrap").to(SHOP + "/none?followRedirects=true");
                from("direct:processor").process(Sessions.get(getContext()).wrap(SHOP + "/none?followRedirects=true"));
            }
        };
    }

    static Stream<Arguments> targets() {
        return Stream.of("fetch", "wrap", "processor")
                .flatMap(form ->
                        TARGETS.entrySet().stream().map(entry -> Arguments.of(form, entry.getKey(), entry.getValue())));
    }

    private Exchange fetch(String form, String location) {
        return send(
                "direct:" + form,
                null,
                Map.of(
                        Exchange.HTTP_URI,
                        SHOP + "/start/page?o=1",
                        "Case",
                        URLEncoder.encode(location, StandardCharsets.UTF_8)));
    }

    private String cookie() {
        return sessions().site("shop").session(session).cookieMap().get("hop");
    }

    @ParameterizedTest
    @MethodSource("targets")
    void aRedirectIsFollowedToWhereABrowserWouldGo(String form, String location, String target) {
        Exchange done = fetch(form, location);

        assertThat(text(done)).isEqualTo("there");
        assertThat(site.lastRequest().uri()).isEqualTo(target);
        assertThat(done.getMessage().getHeader(SessionsConstants.FINAL_URI)).isEqualTo(target);
        assertThat(cookie()).isEqualTo("1");
    }

    @ParameterizedTest
    @CsvSource({
        "fetch,     app://callback?code=secret",
        "wrap,      app://callback?code=secret",
        "processor, app://callback?code=secret",
        "fetch,     http://anna:secret@shop.example:8080/x",
        "wrap,      http://anna:secret@shop.example:8080/x",
        "processor, http://anna:secret@shop.example:8080/x",
        "fetch,     http://shop.example:123456/x?code=secret",
    })
    void aRedirectThatCannotBeFollowedEndsTheExchangeAndItsCookiesAreKept(String form, String location) {
        Exchange done = fetch(form, location);

        assertThat(done.getException())
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("GET " + SHOP + "/start/page was answered 302 with a Location that cannot be"
                        + " followed: its ")
                .hasMessageEndingWith("; followRedirects=false shows the answer itself");
        assertThat(failureOf(done)).doesNotContain("secret", "anna", "o=1");
        assertThat(cookie()).isEqualTo("1");
        SessionStats stats = sessions().site("shop").session(session).stats().orElseThrow();
        assertThat(stats.inFlight()).isZero();
        assertThat(stats.held()).isZero();
        assertThat(text(fetch(form, "/")))
                .as("the session goes on, with the cookie of the hop")
                .isEqualTo("there");
    }

    private static String failureOf(Exchange done) {
        StringWriter text = new StringWriter();
        done.getException().printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "fetch,     http://m\u00fcller.example/logout",
        "wrap,      http://m\u00fcller.example/logout",
        "processor, http://m\u00fcller.example/logout",
        "fetch,     /log out",
        "wrap,      /x/../log out?now",
        "processor, \\log out",
    })
    void forbiddenUrisAreComparedWithTheUrlThatWouldBeSent(String form, String location) {
        Exchange done = fetch(form, location);

        assertThat(done.getException())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("forbiddenUris");
        assertThat(site.lastRequest().uri()).isEqualTo(SHOP + "/start/page?o=1");
        assertThat(cookie()).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "wrap", "processor"})
    void aHostOfThousandsOfLabelsIsAHostLikeAnyOther(String form) {
        String url = "http://" + "a.".repeat(2_000) + "example/x";

        assertThat(text(send("direct:" + form, null, Map.of(Exchange.HTTP_URI, url))))
                .isEqualTo("there");
        assertThat(site.lastRequest().uri()).isEqualTo(url);
        assertThat(text(fetch(form, url))).isEqualTo("there");
        assertThat(site.lastRequest().uri()).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x?code=secret", "/x"})
    void theFinalUriCanBeLoggedWithoutItsQuery(String location) {
        assertThat(text(fetch("finalUri", location))).isEqualTo(SHOP + "/x");
    }

    @Test
    void withoutFollowingTheLocationIsShownAsItCame() {
        Exchange done = send(
                "sessions:fetch?followRedirects=false&throwExceptionOnFailure=false",
                null,
                Map.of(Exchange.HTTP_URI, SHOP + "/start/page", "Case", "app%3A//callback"));
        assertThat(done.getMessage().getHeader("Location")).isEqualTo("app://callback");
    }
}
