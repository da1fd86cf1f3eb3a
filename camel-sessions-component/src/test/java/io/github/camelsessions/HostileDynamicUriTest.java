/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.camelsessions.LoopbackSite.Request;
import io.github.camelsessions.api.SessionsConstants;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.NotifyBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a message brings into a dynamic URI is data, whatever signs are in it. */
@Tag("long")
class HostileDynamicUriTest {

    private static final String REFUSED = "refused";
    private static final String SET_PROPERTY =
            "${bean:type:java.lang.System?method=setProperty('camelsessions.hostile','yes')}";
    private static final String ROUTE_OPTIONS = "&method=GET&renewalUri=direct:login&renewFirst=false"
            + "&expiredWhen=${body} contains 'Please log in'&sessionHeaders.X-Own=own-${header.CamelSessionsUsedId}";

    private final LoopbackSite site = new LoopbackSite();
    private final LoopbackSite elsewhere = new LoopbackSite();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final AtomicInteger calls = new AtomicInteger();
    private ProducerTemplate template;

    /** Nothing that a message brings may call it. */
    public final class Marker {
        public boolean call() {
            calls.incrementAndGet();
            return true;
        }
    }

    @BeforeEach
    void start() throws Exception {
        context.disableJMX();
        context.getRegistry().bind("marker", new Marker());
        context.getPropertiesComponent().addInitialProperty("secret", "S3CRET");
        context.getPropertiesComponent().addInitialProperty("site", site.url());
        site.page("/", http -> LoopbackSite.answer(http, 200, "page"));
        elsewhere.page("/", http -> LoopbackSite.answer(http, 200, "elsewhere"));
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                String uri =
                        "sessions:fetch/{{site}}/pages/${exchangeProperty.page}?sessionId=${exchangeProperty.user}&q=${exchangeProperty.q}"
                                + ROUTE_OPTIONS;
                from("direct:toD").toD(uri);
                from("direct:uncached").toD(uri, -1);
                from("direct:raw")
                        .toD("sessions:fetch/" + site.url()
                                + "/pages/${exchangeProperty.page}?sessionId=RAW(${exchangeProperty.user})"
                                + "&query.q=RAW(${exchangeProperty.q})&method=RAW(GET)");
                from("direct:option")
                        .toD(
                                "sessions:fetch?sessionId=${exchangeProperty.user}&method=${exchangeProperty.method}&httpUri="
                                        + site.url() + "/pages/${exchangeProperty.page}?q=${exchangeProperty.q}");
                from("direct:rawOption")
                        .toD("sessions:fetch?sessionId=${exchangeProperty.user}&method=GET&httpUri=RAW(" + site.url()
                                + "/pages/${exchangeProperty.page}?q=${exchangeProperty.q})");
                from("direct:enrich").enrich().simple(uri);
                from("direct:wireTap").wireTap(uri);
                from("direct:login").process(exchange -> calls.incrementAndGet());
                from("direct:evil").process(exchange -> calls.incrementAndGet());
            }
        });
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromString("routes.yaml", """
                        - route:
                            from:
                              uri: direct:yaml
                              steps:
                                - toD:
                                    uri: sessions:fetch/%1$s/pages/${exchangeProperty.page}?sessionId=${exchangeProperty.user}&q=${exchangeProperty.q}&method=GET
                        - route:
                            from:
                              uri: direct:yamlParameters
                              steps:
                                - toD:
                                    uri: sessions:fetch/%1$s/pages/${exchangeProperty.page}
                                    parameters:
                                      sessionId: ${exchangeProperty.user}
                                      q: ${exchangeProperty.q}
                                      method: GET
                                      expiredWhen: ${body} contains 'Please log in'
                        - route:
                            from:
                              uri: direct:yamlOption
                              steps:
                                - toD:
                                    uri: sessions:fetch
                                    parameters:
                                      httpUri: RAW(%1$s/pages/${exchangeProperty.page}?q=${exchangeProperty.q})
                                      sessionId: ${exchangeProperty.user}
                                      method: GET
                        """.formatted(site.url())));
        context.start();
        template = context.createProducerTemplate();
    }

    @AfterEach
    void stop() {
        context.stop();
        site.close();
        elsewhere.close();
        assertThat(calls).hasValue(0);
        assertThat(System.clearProperty("camelsessions.hostile")).isNull();
    }

    /** A value, and what is in the path where it stands for a page. */
    static Stream<Arguments> values() {
        return Stream.of(
                arguments("news", "news"),
                arguments("anna&sessionHeaders.X-A=" + SET_PROPERTY, null),
                arguments("anna&sessionHeaders.X-A=${bean:marker?method=call}", null),
                arguments("anna&expiredWhen=${bean:marker?method=call}", null),
                arguments("anna&expiredWhen=#bean:marker", "anna&expiredWhen=%23bean:marker"),
                arguments("anna&renewedWhen=#class:java.lang.ProcessBuilder", null),
                arguments("anna&validWhen=${bean:marker?method=call}", null),
                arguments("anna&renewalUri=direct:evil", "anna&renewalUri=direct:evil"),
                arguments("anna&renewalUri=direct:evil&renewFirst=true", null),
                arguments("anna&closeUri=direct:evil&closeOnStop=true", null),
                arguments("anna&checkUri=http://127.0.0.1:1/&keepAlive=1s", null),
                arguments("anna&http.proxyHost=127.0.0.1&http.proxyPort=1", null),
                arguments("anna&http.httpClientConfigurer=#bean:marker", null),
                arguments("anna&http.headerFilterStrategy=#class:java.util.ArrayList", null),
                arguments("anna&site=other", "anna&site=other"),
                arguments("anna&profile=other", "anna&profile=other"),
                arguments("anna&sessionId=mallory", "anna&sessionId=mallory"),
                arguments("anna&method=DELETE", "anna&method=DELETE"),
                arguments("anna&httpUri=http://127.0.0.1:1/", "anna&httpUri=http://127.0.0.1:1/"),
                arguments("anna&forbiddenUris=*", "anna&forbiddenUris=*"),
                arguments("anna&throwExceptionOnFailure=false", "anna&throwExceptionOnFailure=false"),
                arguments("anna&lazyStartProducer=true", "anna&lazyStartProducer=true"),
                arguments("anna&exchangePattern=InOnly", "anna&exchangePattern=InOnly"),
                arguments("anna&unknown=1", "anna&unknown=1"),
                arguments("anna&", "anna&"),
                arguments("&&", "&&"),
                arguments("list?sort=asc", "list%3Fsort=asc"),
                arguments("a?b=c&sessionId=mallory", "a%3Fb=c&sessionId=mallory"),
                arguments("a#fragment", "a%23fragment"),
                arguments("a%2Fb", "a%252Fb"),
                arguments("100%", "100%25"),
                arguments("%zz", "%25zz"),
                arguments("%26sessionId%3Dmallory", "%2526sessionId%253Dmallory"),
                arguments("a=b", "a=b"),
                arguments("a+b", "a+b"),
                arguments("a b", "a%20b"),
                arguments(" a ", "%20a%20"),
                arguments("a/b/c", "a/b/c"),
                arguments("/", "/"),
                arguments("//elsewhere.example/x", "//elsewhere.example/x"),
                arguments("http://elsewhere.example/x", "http://elsewhere.example/x"),
                arguments("@elsewhere.example", "@elsewhere.example"),
                arguments(":80", ":80"),
                arguments("a;jsessionid=1", "a%3Bjsessionid=1"),
                arguments(".", REFUSED),
                arguments("..", REFUSED),
                arguments("../admin", REFUSED),
                arguments("a/../../admin", REFUSED),
                arguments("a/..", REFUSED),
                arguments("./a", REFUSED),
                arguments("..\\admin", REFUSED),
                arguments("a\\..\\..\\admin", REFUSED),
                arguments("..;/admin", REFUSED),
                arguments("%2e%2e/admin", "%252e%252e/admin"),
                arguments("...", "..."),
                arguments(".hidden", ".hidden"),
                arguments("a..b", "a..b"),
                arguments("a\\b", "a%5Cb"),
                arguments("${exchangeProperty.q}", "$%7BexchangeProperty.q%7D"),
                arguments("${bean:marker?method=call}", null),
                arguments("$simple{bean:marker?method=call}", null),
                arguments("{{secret}}", "%7B%7Bsecret%7D%7D"),
                arguments("{{nosuch}}", "%7B%7Bnosuch%7D%7D"),
                arguments("{{?nosuch}}", null),
                arguments("{{bean:marker.call}}", null),
                arguments("{{env:PATH}}", null),
                arguments("RAW(x)&sessionId=mallory", null),
                arguments("RAW(anna)", "RAW(anna)"),
                arguments("RAW{anna}", "RAW%7Banna%7D"),
                arguments(")&sessionId=mallory", ")&sessionId=mallory"),
                arguments("}&sessionId=mallory", "%7D&sessionId=mallory"),
                arguments("#bean:marker", "%23bean:marker"),
                arguments("'a'", "'a'"),
                arguments("\"a\" == 'a' || true", null),
                arguments("a\" onload=\"x", null),
                arguments("a ?: 'b'", null),
                arguments("a++", "a++"),
                arguments("+language:bean:marker", null),
                arguments("language:bean:marker", null),
                arguments("a\r\nX-Injected: yes", "a%0D%0AX-Injected:%20yes"),
                arguments("a\nb", "a%0Ab"),
                arguments("a\u0000b", "a%00b"),
                arguments("a\tb", "a%09b"),
                arguments("\u00e9\u20ac", "%C3%A9%E2%82%AC"),
                arguments("\ud83d\ude00", "%F0%9F%98%80"),
                arguments("\u202eanna", "%E2%80%AEanna"),
                arguments("\uff0e\uff0e\uff0fadmin", "%EF%BC%8E%EF%BC%8E%EF%BC%8Fadmin"),
                arguments("<script>", "%3Cscript%3E"),
                arguments("a|b^c`d", "a%7Cb%5Ec%60d"),
                arguments("[::1]", "%5B::1%5D"),
                arguments("a".repeat(20_000), "a".repeat(20_000)),
                arguments("&a=".repeat(5_000), "&a=".repeat(5_000)));
    }

    @ParameterizedTest
    @MethodSource("values")
    void aUserIsTheNameOfASessionAndNothingElse(String user, String ignored) {
        assumeLiteral(user);
        Sessions sessions = Sessions.get(context);
        sessions.session("mallory").addCookies(site.url(), Map.of("who", "mallory"));
        sessions.session("0").addCookies(site.url(), Map.of("who", "nobody"));
        boolean tooLong = user.length() > 1024;
        boolean valid = !tooLong && user.chars().noneMatch(Character::isISOControl);
        if (valid) {
            sessions.session(user).addCookies(site.url(), Map.of("who", "right"));
        }

        Exchange done = request("direct:toD", user, "news", "1");

        if (valid) {
            assertThat(done.getException()).isNull();
            assertThat(done.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo(user);
            assertThat(onlyRequest()).returns("who=right", Request::cookie).returns("/pages/news?q=1", Request::uri);
        } else {
            assertThat(done.getException())
                    .hasMessageContaining(
                            tooLong
                                    ? "must not be longer than 1024 characters"
                                    : "must not contain a control character");
            assertThat(site.requests()).isEmpty();
        }
        assertThat(sessions.ids()).hasSize(valid ? 3 : 2);
        assertThat(elsewhere.requests()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("values")
    void aPageIsAPartOfThePathAndNothingElse(String page, String path) {
        assumeLiteral(page);
        Sessions.get(context).session("anna").addCookies(site.url(), Map.of("who", "anna"));

        Exchange done = request("direct:toD", "anna", page, "1");

        if (REFUSED.equals(path)) {
            assertThat(done.getException())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(
                            "the value of ${exchangeProperty.page} brings a segment . or .. into the path");
            assertThat(site.requests()).isEmpty();
        } else {
            assertThat(done.getException()).isNull();
            assertThat(onlyRequest()).returns("who=anna", Request::cookie).returns("GET", Request::method);
            assertThat(onlyRequest().uri()).isEqualTo("/pages/" + (path == null ? encoded(page) : path) + "?q=1");
        }
        assertThat(Sessions.get(context).ids()).containsExactly("anna");
    }

    // all that may stand in a path; the table says the rows that matter
    private static String encoded(String page) {
        String encoded = parameter(page);
        for (String kept : List.of("!", "$", "&", "'", "(", ")", "*", "+", ",", "=", ":", "@", "/")) {
            encoded = encoded.replace(String.format("%%%02X", (int) kept.charAt(0)), kept);
        }
        return encoded;
    }

    @ParameterizedTest
    @MethodSource("values")
    void aValueInTheQueryIsThatOfItsParameterAndNothingElse(String q, String ignored) {
        assumeLiteral(q);
        Sessions.get(context).session("anna").addCookies(site.url(), Map.of("who", "anna"));

        Exchange done = request("direct:toD", "anna", "news", q);

        assertThat(done.getException()).isNull();
        assertThat(onlyRequest()).returns("who=anna", Request::cookie).returns("GET", Request::method);
        assertThat(onlyRequest().uri()).isEqualTo("/pages/news?q=" + parameter(q));
        assertThat(Sessions.get(context).ids()).containsExactly("anna");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"toD", "uncached", "raw", "option", "rawOption", "enrich", "yaml", "yamlParameters", "yamlOption"
            })
    void allFormsTakeItAsData(String form) {
        String hostile = "a?b=c&sessionId=mallory&expiredWhen=${bean:marker?method=call}&renewalUri=direct:evil#x)&y";
        Sessions.get(context).session("mallory").addCookies(site.url(), Map.of("who", "mallory"));
        Sessions.get(context).session(hostile).addCookies(site.url(), Map.of("who", "right"));

        Exchange done = request("direct:" + form, hostile, hostile, hostile);

        assertThat(done.getException()).isNull();
        assertThat(onlyRequest()).returns("who=right", Request::cookie).returns("GET", Request::method);
        assertThat(onlyRequest().uri()).isEqualTo("/pages/" + encoded(hostile) + "?q=" + parameter(hostile));
        assertThat(done.getMessage().getHeaders())
                .doesNotContainKeys(SessionsConstants.ID, Exchange.HTTP_URI, Exchange.HTTP_METHOD);
    }

    @Test
    void aWireTapTakesItAsData() {
        String hostile = "a?b=c&sessionId=mallory&renewalUri=direct:evil";
        NotifyBuilder tapped = new NotifyBuilder(context).whenDone(2).create();

        request("direct:wireTap", hostile, hostile, hostile);

        assertThat(tapped.matches(30, TimeUnit.SECONDS)).isTrue();
        assertThat(onlyRequest().uri()).isEqualTo("/pages/" + encoded(hostile) + "?q=" + parameter(hostile));
        assertThat(Sessions.get(context).ids()).containsExactly(hostile);
    }

    @Test
    void oneEndpointServesAllThatMessagesBring() {
        request("direct:toD", "anna", "news", "1");
        int before = context.getEndpoints().size();

        values().map(row -> (String) row.get()[0])
                .filter(value -> !value.contains("{{"))
                .forEach(value -> request("direct:toD", value, value, value));
        IntStream.range(0, 50).forEach(i -> request("direct:option", "user" + i, "page" + i, "" + i));

        assertThat(context.getEndpoints()).hasSize(before + 1);
    }

    @Test
    void aMethodThatIsNoneIsRefused() {
        Exchange done = request("direct:option", "anna", "news", "1", "GET&sessionId=mallory");

        assertThat(done.getException()).hasMessageContaining("unknown HTTP method 'GET&sessionId=mallory'");
        assertThat(done.getMessage().getHeaders())
                .doesNotContainKeys(SessionsConstants.ID, Exchange.HTTP_URI, Exchange.HTTP_METHOD);
        assertThat(site.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "fetch/${header.x}?sessionId=1                  | SITE/a?b=c&sessionId=mallory#x | /a?b=c&sessionId=mallory",
                "fetch?httpUri=${header.x}                      | SITE/a?b=c&method=PUT          | /a?b=c&method=PUT",
                "fetch?httpUri=RAW(${header.x})                 | SITE/a/../b                    | /a/../b",
                "fetch/${header.x}?q=1                          | SITE/a?b=c                     | /a?b=c&q=1",
                "fetch/${header.x}?q=1                          | SITE/a#x                       | /a?q=1",
                "fetch/${header.x}/a?q=1                        | SITE                           | /a?q=1",
                "fetch/${header.x}/a                            | SITE/b?c                       | a URL without query",
                "fetch/${header.x}/a                            | SITE/b#c                       | a URL without query",
                "fetch/${header.x}                              | file:/etc/passwd               | must be an absolute http or https URL",
                "fetch/${header.x}                              | /a                             | must be an absolute http or https URL",
                "fetch/${header.x}                              | //127.0.0.1/a                  | must be an absolute http or https URL",
                "fetch/${header.x}                              | sessions:clear                 | must be an absolute http or https URL",
                "fetch/${header.x}                              | RAW(SITE/a)                    | must be an absolute http or https URL",
                "fetch/${header.x}                              | http://u:p@127.0.0.1/          | user and password must not stand in the URL",
                "fetch/${header.x}                              | ``                             | must be an absolute http or https URL",
                "fetch/SITE${header.x}                          | /a/b                           | /a/b",
                "fetch/SITE${header.x}                          | /a?b                           | /a%3Fb",
                "fetch/SITE${header.x}                          | ``                             | /",
                "fetch/SITE${header.x}                          | /..                            | brings a segment . or ..",
                "fetch/SITE${header.x}                          | 1/a                            | must begin with a slash",
                "fetch/SITE${header.x}                          | @elsewhere.example/            | must begin with a slash",
                "fetch/http://127.0.0.1${header.x}/a            | .elsewhere.example             | must begin with a slash",
                "fetch/http://127.0.0.1${header.x}/a            | :80                            | must begin with a slash",
                "fetch/http://${header.x}/a                     | HOST                           | /a",
                "fetch/http://${header.x}/a                     | HOST/b                         | stands for a host or port",
                "fetch/http://${header.x}/a                     | HOST?b                         | stands for a host or port",
                "fetch/http://${header.x}/a                     | u@HOST                         | stands for a host or port",
                "fetch/http://${header.x}/a                     | HOST#                          | stands for a host or port",
                "fetch/http://127.0.0.1:${header.x}/a           | PORT                           | /a",
                "fetch/http://127.0.0.1:${header.x}/a           | PORT/b                         | stands for a host or port",
                "fetch/${header.x}://HOST/a                     | http                           | /a",
                "fetch/${header.x}://HOST/a                     | http://elsewhere.example       | stands for the scheme",
                "fetch/${header.x}://HOST/a                     | ftp                            | must be an absolute http or https URL",
                "fetch/SITE/.${header.x}/a                      | .                              | brings a segment . or ..",
                "fetch/SITE/${header.x}./a                      | .                              | brings a segment . or ..",
                "fetch/SITE/${header.x}${header.x}              | .                              | brings a segment . or ..",
                "fetch/SITE/.${header.x}./a                     | ``                             | brings a segment . or ..",
                "fetch/SITE/%2${header.x}%2e                    | e                              | brings a segment . or ..",
                "fetch/SITE/a?q=%26z&w=a%2Bb+c&v=%C3%A9&x=${header.x} | 1                        | /a?q=%26z&w=a%2Bb+c&v=%C3%A9&x=1",
                "fetch/SITE/a?query.b=1&x=a-${header.x}-b       | &                              | /a?b=1&x=a-%26-b",
                "fetch/SITE/a?x=RAW(a&b=${header.x})            | &                              | /a?x=a%26b%3D%26",
                "fetch/SITE/a?x                                 | 1                              | /a?x"
            })
    void aTargetIsWhatTheRouteLeavesOpen(String uri, String value, String expected) throws Exception {
        route("sessions:" + located(uri));

        Exchange done = template.request(
                "direct:test", exchange -> exchange.getMessage().setHeader("x", located(value)));

        if (expected.startsWith("/")) {
            assertThat(done.getException()).isNull();
            assertThat(onlyRequest()).returns("GET", Request::method).returns(expected, Request::uri);
        } else {
            assertThat(done.getException())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(expected);
            assertThat(site.requests()).isEmpty();
        }
        assertThat(done.getMessage().getHeaders()).doesNotContainKeys(SessionsConstants.ID, Exchange.HTTP_URI);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "fetch/SITE/a?renewalUri=direct:${header.x} | option renewalUri holds an expression",
                "fetch/SITE/a?closeUri=${header.x}          | option closeUri holds an expression",
                "fetch/SITE/a?checkUri=${header.x}          | option checkUri holds an expression",
                "fetch/SITE/a?site=${header.x}              | leave it out, and the site is found by the URL",
                "fetch/SITE/a?profile=RAW(${header.x})      | set the header CamelSessionsProfile",
                "fetch/SITE/a?pool=$simple{header.x}        | option pool holds an expression",
                "fetch/SITE/a?maxReplays=${header.x}        | option maxReplays holds an expression",
                "fetch/SITE/a?expiredText=${header.x}       | option expiredText holds an expression",
                "fetch/SITE/a?capture.x=${header.x}    | option capture.x holds an expression",
                "fetch/SITE/a?forbiddenUris=${header.x}     | option forbiddenUris holds an expression",
                "fetch/SITE/a?http.proxyHost=${header.x}    | option http.proxyHost holds an expression",
                "fetch/SITE/a?http.x=${header.x}            | option http.x holds an expression",
                "fetch/SITE/a?${header.x}=1                 | cannot be an expression, but is ${header.x}",
                "fetch/SITE/a?${header.x}                   | cannot be an expression, but is ${header.x}",
                "fetch/SITE/a?http.${header.x}=1            | cannot be an expression, but is http.${header.x}",
                "${header.x}                                | the operation of a dynamic URI cannot be an expression",
                "${header.x}/SITE/a                         | the operation of a dynamic URI cannot be an expression",
                "fet${header.x}/SITE/a                      | the operation of a dynamic URI cannot be an expression",
                "//${header.x}                              | the operation of a dynamic URI cannot be an expression",
                "fetch/SITE/a?sesionId=${header.x}          | did you mean sessionId?",
                "fetch?q=${header.x}                        | query.q",
                "fetch?query.q=${header.x}                  | options query. need a target",
                "fetch/SITE/a?connectTimeout=${header.x}    | http.connectTimeout",
                "fetch/SITE/a?limit=${header.x}             | belongs to the operation list",
                "fetch/SITE/a?sessionId=1&sessionId=${header.x} | option sessionId is given twice",
                "fetch/SITE/a?httpUri=${header.x}           | the target is given twice",
                "list?offset=${header.x}                    | option offset: what its expression gives must consist of",
                "getCookies?domain=${header.x}              | option domain: what its expression gives must consist of"
            })
    void whatAMessageMustNotChooseIsRefusedByName(String uri, String named) throws Exception {
        route("sessions:" + located(uri));

        Exchange done = template.request(
                "direct:test", exchange -> exchange.getMessage().setHeader("x", "0&sessionId=mallory"));

        assertThat(done.getException()).hasStackTraceContaining(named);
        assertThat(site.requests()).isEmpty();
    }

    @Test
    void whatAListShowsMayComeFromTheMessage() throws Exception {
        route("sessions:list?offset=${header.x}&limit=${header.x}");
        Sessions.get(context).session("anna").addCookies(site.url(), Map.of("a", "b"));
        Sessions.get(context).session("ben").addCookies(site.url(), Map.of("a", "b"));

        Exchange done = template.request(
                "direct:test", exchange -> exchange.getMessage().setHeader("x", 1));

        assertThat(done.getMessage().getBody(List.class))
                .singleElement()
                .asString()
                .contains("id=ben");
    }

    @Test
    void operatorsOfSimpleHoldInTheSession() throws Exception {
        route("sessions:fetch/" + site.url() + "/a?sessionId=user-${header.x}%20x");

        Exchange done = template.request(
                "direct:test", exchange -> exchange.getMessage().setHeader("x", "anna%20"));

        assertThat(done.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("user-anna%20 x");
    }

    @Test
    void aConstantIsNotEvaluated() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:test").enrich("sessions:fetch/" + site.url() + "/a?sessionId=${exchangeProperty.user}");
            }
        });

        Exchange done = request("direct:test", "anna", "news", "1");

        assertThat(done.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("${exchangeProperty.user}");
    }

    /** Before 4.22 Camel resolves placeholders in what a message brings, before any component is asked. */
    private void assumeLiteral(String value) {
        assumeTrue(!value.contains("{{") || !context.getVersion().startsWith("4.18."));
    }

    private Request onlyRequest() {
        assertThat(site.requests()).hasSize(1);
        return site.lastRequest();
    }

    private static String parameter(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    private String located(String text) {
        return text.replace("SITE", site.url())
                .replace("HOST", "127.0.0.1:" + site.port())
                .replace("PORT", "" + site.port());
    }

    private void route(String uri) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:test").toD(uri);
            }
        });
    }

    private Exchange request(String route, String user, String page, String q) {
        return request(route, user, page, q, "GET");
    }

    // properties: as headers they would go out with the request
    private Exchange request(String route, String user, String page, String q, String method) {
        return template.request(route, exchange -> {
            exchange.setProperty("user", user);
            exchange.setProperty("page", page);
            exchange.setProperty("q", q);
            exchange.setProperty("method", method);
        });
    }
}
