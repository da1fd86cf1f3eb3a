/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import static io.github.camelsessions.cookie.TestJars.START;
import static io.github.camelsessions.cookie.TestJars.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.cookie.TestJars.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CookieJarTest {

    private static final CookieTarget HTTPS = at("https://shop.example/a/b");
    private static final CookieTarget HTTP = at("http://shop.example/a/b");

    private final FakeClock clock = new FakeClock();
    private final CookieJar jar = TestJars.jar(clock);

    @Nested
    class Domains {

        @Test
        void aCookieWithoutDomainGoesToItsHostOnly() {
            assertThat(jar.receive(HTTPS, "a=1; Path=/").hostOnly()).isTrue();
            assertThat(jar.header(at("https://shop.example/"))).isEqualTo("a=1");
            assertThat(jar.header(at("https://www.shop.example/"))).isNull();
        }

        @ParameterizedTest
        @ValueSource(strings = {"shop.example", ".shop.example", "SHOP.Example"})
        void aCookieWithADomainGoesToTheHostsBelowIt(String domain) {
            jar.receive(at("https://www.shop.example/"), "a=1; Domain=" + domain);
            assertThat(jar.header(at("https://api.shop.example/"))).isEqualTo("a=1");
            assertThat(jar.header(at("https://shop.example/"))).isEqualTo("a=1");
            assertThat(jar.header(at("https://myshop.example/"))).isNull();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "other.example",
                    "www.shop.example",
                    "example",
                    ".example",
                    "..shop.example",
                    "shop.example.",
                    "hop.example",
                    "shop.example:443",
                    "\"shop.example\"",
                    "sh\u00F6p.example",
                    "https://shop.example"
                })
        void aCookieForAForeignDomainIsIgnored(String domain) {
            assertThat(jar.receive(HTTPS, "a=1; Domain=" + domain)).isNull();
            assertThat(jar.size()).isZero();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", ".", "foreign.example; Domain="})
        void anEmptyDomainMeansHostOnly(String domain) {
            assertThat(jar.receive(HTTPS, "a=1; Domain=" + domain).hostOnly()).isTrue();
        }

        @Test
        void cookiesThatDifferInHostOnlyAloneAreTwo() {
            jar.receive(HTTPS, "a=1; Path=/");
            jar.receive(HTTPS, "a=2; Path=/; Domain=shop.example");
            assertThat(jar.header(HTTPS)).isEqualTo("a=1; a=2");
            jar.receive(HTTPS, "a=3; Path=/; Domain=shop.example");
            assertThat(jar.header(HTTPS)).isEqualTo("a=1; a=3");
        }

        @Test
        void aDomainThatIsAPublicSuffixIsIgnored() {
            assertThat(jar.receive(at("https://shop.co.uk/"), "a=1; Domain=co.uk"))
                    .isNull();
            assertThat(jar.receive(at("https://me.github.io/"), "a=1; Domain=github.io"))
                    .isNull();
            assertThat(jar.receive(at("https://a.b.compute.amazonaws.com/"), "a=1; Domain=amazonaws.com"))
                    .isNull();
        }

        @Test
        void aHostThatIsAPublicSuffixKeepsItsCookiesToItself() {
            Cookie cookie = jar.receive(at("https://github.io/"), "a=1; Domain=github.io");
            assertThat(cookie.hostOnly()).isTrue();
            assertThat(jar.header(at("https://github.io/"))).isEqualTo("a=1");
            assertThat(jar.header(at("https://me.github.io/"))).isNull();
        }

        @Test
        void sitesUnderAPrivateSuffixShareNothing() {
            jar.receive(at("https://a.me.github.io/"), "a=1; Domain=me.github.io");
            assertThat(jar.header(at("https://b.me.github.io/"))).isEqualTo("a=1");
            assertThat(jar.header(at("https://you.github.io/"))).isNull();
        }

        @Test
        void aSingleLabelHostKeepsItsCookiesToItself() {
            assertThat(jar.receive(at("http://portal/"), "a=1; Domain=portal").hostOnly())
                    .isTrue();
            assertThat(jar.receive(at("http://localhost/"), "a=1; Domain=localhost")
                            .hostOnly())
                    .isTrue();
            assertThat(jar.header(at("http://portal:8080/"))).isEqualTo("a=1");
            assertThat(jar.header(at("http://app.localhost/"))).isNull();
        }

        @Test
        void anAddressIsOneHost() {
            jar.receive(at("http://192.0.2.7/"), "a=1; Domain=192.0.2.7");
            assertThat(jar.receive(at("http://192.0.2.7/"), "b=1; Domain=2.7")).isNull();
            assertThat(jar.header(at("http://192.0.2.7:8080/"))).isEqualTo("a=1");
            assertThat(jar.header(at("http://1.192.0.2.7/"))).isNull();
        }

        @Test
        void anIpv6AddressIsOneHostHoweverItIsWritten() {
            jar.receive(at("http://[2001:db8:0:0:0:0:0:1]/"), "a=1");
            assertThat(jar.header(at("http://[2001:DB8::1]:8080/"))).isEqualTo("a=1");
        }

        @Test
        void anInternationalHostIsOneHostHoweverItIsWritten() {
            jar.receive(CookieTarget.of("https", "www.b\u00FCcher.example", "/"), "a=1; Domain=xn--bcher-kva.example");
            assertThat(jar.header(at("https://XN--BCHER-KVA.example/"))).isEqualTo("a=1");
        }

        @Test
        void aHostWithATrailingDotIsAnotherHost() {
            jar.receive(at("https://shop.example./"), "a=1; Path=/");
            assertThat(jar.header(HTTPS)).isNull();
            assertThat(jar.header(at("https://shop.example./x"))).isEqualTo("a=1");

            jar.receive(HTTPS, "b=2; Path=/; Domain=shop.example");
            assertThat(jar.header(at("https://shop.example./"))).isEqualTo("a=1");
            assertThat(jar.header(at("https://www.shop.example./"))).isNull();
        }

        @Test
        void aDomainWithATrailingDotIsOneOfHostsWithTrailingDots() {
            CookieTarget www = at("https://www.shop.example./");

            assertThat(jar.receive(www, "a=1; Path=/; Domain=shop.example.").hostOnly())
                    .isFalse();
            assertThat(jar.header(at("https://api.shop.example./"))).isEqualTo("a=1");
            assertThat(jar.header(at("https://api.shop.example/"))).isNull();
            assertThat(jar.receive(www, "b=2; Path=/; Domain=shop.example")).isNull();
        }

        @ParameterizedTest
        @CsvSource({"https://shop.example./, example.", "https://anna.github.io./, github.io."})
        void aPublicSuffixIsOneWithATrailingDotToo(String url, String domain) {
            assertThat(jar.receive(at(url), "a=1; Domain=" + domain)).isNull();
        }

        @Test
        void anAddressWithATrailingDotIsTheSameHost() {
            jar.receive(at("http://127.0.0.1./"), "a=1; Path=/; Secure");
            assertThat(jar.header(at("http://127.0.0.1/"))).isEqualTo("a=1");
        }

        @Test
        void aHostWithAnUnderscoreHasCookies() {
            jar.receive(at("http://my_service.internal.example:8080/"), "a=1; Domain=internal.example");
            assertThat(jar.header(at("http://other_service.internal.example/"))).isEqualTo("a=1");
        }
    }

    @Nested
    class Paths {

        @Test
        void aCookieWithoutPathGetsTheDefaultPath() {
            assertThat(jar.receive(HTTPS, "a=1").path()).isEqualTo("/a");
            assertThat(jar.receive(HTTPS, "b=1; Path=x").path()).isEqualTo("/a");
            assertThat(jar.receive(HTTPS, "c=1; Path=/x; Path=").path()).isEqualTo("/a");
        }

        @Test
        void aCookieGoesToItsPathAndBelow() {
            jar.receive(HTTPS, "a=1; Path=/x");
            assertThat(jar.header(at("https://shop.example/x?y"))).isEqualTo("a=1");
            assertThat(jar.header(at("https://shop.example/x/y"))).isEqualTo("a=1");
            assertThat(jar.header(at("https://shop.example/xy"))).isNull();
            assertThat(jar.header(at("https://shop.example/"))).isNull();
        }

        @Test
        void longerPathsComeFirstAndThenEarlierCookies() {
            jar.receive(HTTPS, "c=1; Path=/");
            jar.receive(HTTPS, "b=1; Path=/a");
            jar.receive(HTTPS, "a=1; Path=/a/b");
            jar.receive(HTTPS, "d=1; Path=/");
            clock.tick();
            jar.receive(HTTPS, "e=1; Path=/a; Domain=shop.example");
            assertThat(jar.header(HTTPS)).isEqualTo("a=1; b=1; e=1; c=1; d=1");
        }
    }

    @Nested
    class SecureCookies {

        @Test
        void aSecureCookieFromAnInsecureOriginIsIgnored() {
            assertThat(jar.receive(HTTP, "a=1; Secure")).isNull();
        }

        @Test
        void aSecureCookieGoesOverSecureConnectionsOnly() {
            jar.receive(HTTPS, "a=1; Secure");
            assertThat(jar.header(HTTP)).isNull();
            assertThat(jar.header(at("wss://shop.example/a"))).isEqualTo("a=1");
        }

        @ParameterizedTest
        @ValueSource(strings = {"127.0.0.1", "[::1]", "localhost", "keycloak.localhost"})
        void aLoopbackHostIsSecure(String host) {
            CookieTarget loopback = at("http://" + host + ":8080/");
            assertThat(jar.receive(loopback, "KEYCLOAK_SESSION=1; Secure; SameSite=None"))
                    .isNotNull();
            assertThat(jar.header(loopback)).isEqualTo("KEYCLOAK_SESSION=1");
        }

        @Test
        void anInsecureOriginLeavesSecureCookiesAlone() {
            CookieTarget login = at("http://shop.example/login/x");
            jar.receive(HTTPS, "a=1; Secure; Path=/login; Domain=shop.example");
            assertThat(jar.receive(login, "a=2; Path=/login")).isNull();
            assertThat(jar.receive(login, "a=2; Path=/login/en")).isNull();
            assertThat(jar.receive(login, "a=; Path=/login; Max-Age=0")).isNull();
            assertThat(jar.receive(at("http://www.shop.example/"), "a=2; Path=/login"))
                    .isNull();
            assertThat(jar.size()).isOne();
        }

        @Test
        void anInsecureOriginMaySetWhatHidesNoSecureCookie() {
            jar.receive(HTTPS, "a=1; Secure; Path=/login");
            assertThat(jar.receive(HTTP, "a=2; Path=/")).isNotNull();
            assertThat(jar.receive(HTTP, "a=2; Path=/foo")).isNotNull();
            assertThat(jar.receive(HTTP, "b=2; Path=/login")).isNotNull();
            assertThat(jar.receive(at("http://www.shop.example/"), "a=2; Path=/login"))
                    .as("below a host-only Secure cookie: the domains match all the same")
                    .isNull();
        }

        @Test
        void aSecureCookieThatExpiredIsLeftAloneNoMore() {
            jar.receive(HTTPS, "a=1; Secure; Path=/; Max-Age=10");
            clock.advance(Duration.ofSeconds(10));
            assertThat(jar.receive(HTTP, "a=2; Path=/")).isNotNull();
        }

        @Test
        void aSecureOriginMayReplaceASecureCookie() {
            jar.receive(HTTPS, "a=1; Secure; Path=/");
            assertThat(jar.receive(HTTPS, "a=2; Path=/")).isNotNull();
            assertThat(jar.header(HTTP)).isEqualTo("a=2");
        }
    }

    @Nested
    class Prefixes {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "__Secure-a=1; Secure",
                    "__sEcUrE-a=1; Secure; Domain=shop.example; Path=/x",
                    "__Host-a=1; Secure; Path=/",
                    "__HOST-a=1; Secure; Path=/; Domain=",
                    "__Http-a=1; Secure; HttpOnly; Domain=shop.example",
                    "__Host-Http-a=1; Secure; HttpOnly; Path=/",
                    "__Hosta=1",
                    "_Secure-a=1",
                })
        void aPrefixedCookieThatKeepsItsPromiseIsStored(String field) {
            assertThat(jar.receive(HTTPS, field)).isNotNull();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "__Secure-a=1",
                    "__SECURE-a=1; Path=/",
                    "__Host-a=1; Path=/",
                    "__Host-a=1; Secure",
                    "__host-a=1; Secure; Path=/a",
                    "__Host-a=1; Secure; Path=/; Domain=shop.example",
                    "__Http-a=1; Secure",
                    "__Http-a=1; HttpOnly",
                    "__Host-Http-a=1; Secure; Path=/",
                    "__Host-Http-a=1; Secure; HttpOnly",
                    "__Secure-a",
                    "=__secure-a=1; Secure",
                    "=__HOST-a; Secure; Path=/",
                    "=__Http-a",
                    "=__Host-Http-a",
                })
        void aPrefixedCookieThatBreaksItsPromiseIsIgnored(String field) {
            assertThat(jar.receive(HTTPS, field)).isNull();
        }

        @Test
        void aHostPrefixAsksForAPathAttributeEvenWhereTheDefaultPathWouldDo() {
            assertThat(jar.receive(at("https://shop.example/"), "__Host-a=1; Secure"))
                    .isNull();
        }
    }

    @Nested
    class OtherRules {

        @Test
        void sameSiteNoneWithoutSecureIsIgnored() {
            assertThat(jar.receive(HTTPS, "a=1; SameSite=None")).isNull();
            assertThat(jar.receive(HTTPS, "a=1; SameSite=None; Secure").sameSite())
                    .isEqualTo(SameSite.NONE);
        }

        @Test
        void sameSiteStrictIsSentNevertheless() {
            jar.receive(HTTPS, "a=1; SameSite=Strict; HttpOnly");
            assertThat(jar.header(HTTPS)).isEqualTo("a=1");
        }

        @Test
        void aNamelessCookieIsSentWithoutEqualsSign() {
            jar.receive(HTTPS, "a");
            jar.receive(HTTPS, "=b");
            jar.receive(HTTPS, "c=");
            assertThat(jar.header(HTTPS)).isEqualTo("b; c=");
        }

        @Test
        void octetsAreSentAsTheyCame() {
            StringBuilder value = new StringBuilder();
            for (char c = 0x80; c <= 0xFF; c++) {
                value.append(c);
            }
            jar.receive(HTTPS, "a=" + value);
            assertThat(jar.header(HTTPS)).isEqualTo("a=" + value);
        }

        @Test
        void theNamesOfCookiesAreCaseSensitive() {
            jar.receive(HTTPS, "a=1");
            jar.receive(HTTPS, "A=2");
            assertThat(jar.header(HTTPS)).isEqualTo("a=1; A=2");
        }

        @Test
        void portsShareCookies() {
            jar.receive(at("https://shop.example:8443/"), "a=1");
            assertThat(jar.header(at("https://shop.example/"))).isEqualTo("a=1");
        }
    }

    @Nested
    class Lifetimes {

        @Test
        void aReplacedCookieKeepsItsCreationTimeAndPlace() {
            jar.receive(HTTPS, "a=1");
            clock.tick();
            jar.receive(HTTPS, "b=1");
            clock.tick();
            assertThat(jar.receive(HTTPS, "a=2; Secure").created()).isEqualTo(START);
            assertThat(jar.header(HTTPS)).isEqualTo("a=2; b=1");
        }

        @Test
        void aCookieSetAgainAfterItExpiredIsANewOne() {
            jar.receive(HTTPS, "a=1; Max-Age=1");
            jar.receive(HTTPS, "b=1");
            clock.advance(Duration.ofSeconds(1));
            assertThat(jar.receive(HTTPS, "a=2").created()).isEqualTo(START.plusSeconds(1));
            assertThat(jar.header(HTTPS)).isEqualTo("b=1; a=2");
        }

        @Test
        void anExpiredCookieIsNeitherSentNorShown() {
            jar.receive(HTTPS, "a=1; Max-Age=10");
            clock.advance(Duration.ofMillis(9_999));
            assertThat(jar.header(HTTPS)).isEqualTo("a=1");
            assertThat(jar.size()).isOne();
            clock.tick();
            assertThat(jar.cookies()).isEmpty();
            assertThat(jar.cookies("shop.example")).isEmpty();
            assertThat(jar.size()).isZero();
            assertThat(jar.header(HTTPS)).isNull();
            assertThat(jar).hasToString("CookieJar[cookies=0, sites=0]");
        }

        @Test
        void aCookieWithAnExpiryInThePastDeletesTheSameCookie() {
            jar.receive(HTTPS, "a=1");
            jar.receive(HTTPS, "a=1; Domain=shop.example");
            assertThat(jar.receive(HTTPS, "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"))
                    .isNull();
            assertThat(jar.cookies()).singleElement().matches(cookie -> !cookie.hostOnly());
            assertThat(jar.receive(HTTPS, "a=; Max-Age=0; Domain=shop.example")).isNull();
            assertThat(jar.size()).isZero();
        }

        @Test
        void deletingWhatIsNotThereDoesNothing() {
            assertThat(jar.receive(HTTPS, "a=; Max-Age=0")).isNull();
            assertThat(jar.firstHost()).isNull();
            assertThat(jar).hasToString("CookieJar[cookies=0, sites=0]");
        }

        @Test
        void aCookieWithoutLifetimeLivesAsLongAsTheSession() {
            assertThat(jar.receive(HTTPS, "a=1").expiry()).isNull();
            clock.advance(Duration.ofDays(4000));
            assertThat(jar.header(HTTPS)).isEqualTo("a=1");
        }
    }

    @Nested
    class Contents {

        @Test
        void anEmptyJarHasNothing() {
            assertThat(jar.header(HTTPS)).isNull();
            assertThat(jar.cookies()).isEmpty();
            assertThat(jar.cookies("shop.example")).isEmpty();
            assertThat(jar.firstHost()).isNull();
            assertThat(jar.size()).isZero();
        }

        @Test
        void theFirstHostIsThatOfTheFirstRequestThatStoredACookie() {
            jar.receive(at("https://broken.example/"), "__Host-a=1");
            jar.receive(at("https://www.shop.example/"), "a=1; Domain=shop.example");
            jar.receive(at("https://other.example/"), "a=1");
            assertThat(jar.firstHost()).isEqualTo("www.shop.example");
        }

        @Test
        void allCookiesAreListedInTheOrderTheyWereCreated() {
            jar.receive(at("https://z.example/"), "a=1");
            clock.tick();
            jar.receive(at("https://b.example/"), "b=1");
            clock.tick();
            jar.receive(at("https://a.example/"), "c=1");
            assertThat(jar.cookies()).extracting(Cookie::name).containsExactly("a", "b", "c");
        }

        @ParameterizedTest
        @ValueSource(strings = {"www.shop.example", ".www.shop.example", "WWW.SHOP.EXAMPLE"})
        void theCookiesOfAHostAreThoseThatGoToItWhateverThePathAndTheConnection(String host) {
            jar.receive(at("https://www.shop.example/"), "deep=1; Path=/x/y");
            jar.receive(at("https://www.shop.example/"), "secure=1; Secure");
            jar.receive(HTTPS, "parent=1; Path=/; Domain=shop.example");
            jar.receive(HTTPS, "parentOnly=1; Path=/");
            jar.receive(at("https://a.www.shop.example/"), "below=1");
            jar.receive(at("https://other.example/"), "other=1");
            assertThat(jar.cookies(host)).extracting(Cookie::name).containsExactly("deep", "secure", "parent");
        }

        @Test
        void cookiesOfWhatIsNoHostAreRefused() {
            assertThatThrownBy(() -> jar.cookies("a b")).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void aListOfCookiesIsACopy() {
            jar.receive(HTTPS, "a=1");
            List<Cookie> before = jar.cookies();
            jar.receive(HTTPS, "b=1");
            assertThat(before).hasSize(1).isUnmodifiable();
        }

        @Test
        void aClearedJarIsAsNew() {
            jar.receive(HTTPS, "a=1");
            jar.clear();
            assertThat(jar.cookies()).isEmpty();
            assertThat(jar.firstHost()).isNull();
            assertThat(jar.header(HTTPS)).isNull();
            jar.receive(at("https://other.example/"), "a=1");
            assertThat(jar.firstHost()).isEqualTo("other.example");
        }

        @Test
        void thePublicSuffixListIsAskedForNamesOfTwoLabelsOnly() {
            List<String> asked = new ArrayList<>();
            CookieJar asking = new CookieJar(
                    host -> {
                        asked.add(host);
                        return TestJars.registrableDomain(host);
                    },
                    clock,
                    CookieLimits.DEFAULT);
            for (String host : List.of("localhost", "127.0.0.1", "[::1]", "portal", "www.shop.example")) {
                asking.receive(at("http://" + host + "/"), "a=1");
                asking.header(at("http://" + host + "/"));
            }
            assertThat(asked).containsOnly("www.shop.example");
        }
    }
}
