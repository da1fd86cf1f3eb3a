/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import static io.github.camelsessions.cookie.TestJars.START;
import static io.github.camelsessions.cookie.TestJars.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.cookie.TestJars.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ExplicitCookieTest {

    private static final CookieTarget ORIGIN = at("https://shop.example/a/b");
    private static final SetCookie SID = SetCookie.of("sid", "secret");

    private final FakeClock clock = new FakeClock();
    private final CookieJar jar = TestJars.jar(clock);

    @Test
    void anExplicitCookieIsStoredAsIfTheOriginHadSetIt() {
        Cookie cookie = jar.add(ORIGIN, SID);
        assertThat(cookie).isEqualTo(TestJars.jar(clock).receive(ORIGIN, "sid=secret"));
        assertThat(jar.header(at("https://shop.example/a"))).isEqualTo("sid=secret");
        assertThat(jar.firstHost()).isEqualTo("shop.example");
    }

    @ParameterizedTest
    @CsvSource({
        "shop.example, shop.example",
        ".shop.example, shop.example",
        "SHOP.example, shop.example",
        "b\u00FCcher.shop.example, xn--bcher-kva.shop.example",
    })
    void theDomainMayBeWrittenInAnyForm(String domain, String canonical) {
        CookieTarget origin = CookieTarget.of("https", "www.b\u00FCcher.shop.example", "/");
        Cookie cookie = jar.add(origin, SID.withDomain(domain));
        assertThat(cookie.domain()).isEqualTo(canonical);
        assertThat(cookie.hostOnly()).isFalse();
    }

    @Test
    void anEmptyDomainAndAnEmptyPathMeanNone() {
        assertThat(jar.add(ORIGIN, SID.withDomain("").withPath("")))
                .isEqualTo(TestJars.jar(clock).add(ORIGIN, SID));
        assertThat(jar.add(ORIGIN, SID.withDomain(".")).hostOnly()).isTrue();
    }

    @Test
    void whitespaceAroundNameAndValueIsDropped() {
        assertThat(jar.add(ORIGIN, SetCookie.of(" a\t", " b c ")))
                .extracting(Cookie::name, Cookie::value)
                .containsExactly("a", "b c");
    }

    @Test
    void anExplicitCookieLives400DaysAtMost() {
        assertThat(jar.add(ORIGIN, SID.withExpiry(Instant.MAX)).expiry()).isEqualTo(START.plus(Duration.ofDays(400)));
    }

    @Test
    void anExplicitCookieWithAnExpiryInThePastDeletesTheSameCookie() {
        jar.receive(ORIGIN, "sid=1; Domain=shop.example");
        assertThat(jar.add(ORIGIN, SID.withExpiry(Instant.MIN)).name()).isEqualTo("sid");
        assertThat(jar.size()).isZero();
    }

    @Test
    void ofSeveralAllAreStoredOrNone() {
        CookieTarget plain = CookieTarget.of("http", "www.shop.example", "/");
        CookieJar.Given lang = new CookieJar.Given(plain, SetCookie.of("lang", "de"));
        CookieJar.Given covered = new CookieJar.Given(plain, SetCookie.of("sid", "2"));
        CookieJar.Given secure = new CookieJar.Given(
                CookieTarget.of("https", "www.shop.example", "/"),
                SetCookie.of("sid", "1").withSecure(true));

        // covered by one of the same list
        assertThatThrownBy(() -> jar.addAll(List.of(lang, secure, covered)))
                .hasMessageContaining("cookie 'sid': a Secure cookie of this name covers its path");
        assertThat(jar.size()).isZero();

        jar.addAll(List.of(lang, secure));
        assertThat(jar.size()).isEqualTo(2);

        // covered by one of the jar
        assertThatThrownBy(() -> jar.addAll(List.of(new CookieJar.Given(plain, SetCookie.of("lang", "en")), covered)))
                .hasMessageContaining("cookie 'sid': a Secure cookie of this name covers its path");
        assertThat(jar.header(plain)).isEqualTo("lang=de");
    }

    @Test
    void anExplicitCookieMayHaveNoName() {
        assertThat(jar.add(ORIGIN, SetCookie.of("", "bare")).name()).isEmpty();
        assertThat(jar.header(ORIGIN)).isEqualTo("bare");
    }

    static Stream<Arguments> badCookies() {
        return Stream.of(
                Arguments.of(SetCookie.of("", ""), "cookie '': it has no name"),
                Arguments.of(SetCookie.of("", "__Host-sid=secret"), "cookie '': it has no name, and its value begins"),
                Arguments.of(SetCookie.of(" ", "secret"), "cookie '': it has no name"),
                Arguments.of(SetCookie.of("sid=secret", ""), "cookie 'sid': its name holds '=' or ';'"),
                Arguments.of(SetCookie.of("sid;secret", ""), "cookie 'sid': its name holds '=' or ';'"),
                Arguments.of(
                        SetCookie.of("si\rd", "secret"), "cookie 'si?d': its name holds the control character U+000D"),
                Arguments.of(
                        SetCookie.of("sid", "secret\r\nX: y"),
                        "cookie 'sid': its value holds the control character U+000D at position 6"),
                Arguments.of(
                        SetCookie.of("sid", "secret\nX"), "cookie 'sid': its value holds the control character U+000A"),
                Arguments.of(
                        SetCookie.of("sid", "secret\0"), "cookie 'sid': its value holds the control character U+0000"),
                Arguments.of(
                        SetCookie.of("sid", "secret\u007F"),
                        "cookie 'sid': its value holds the control character U+007F"),
                Arguments.of(
                        SetCookie.of("sid", "secret\u20AC"),
                        "cookie 'sid': its value holds U+20AC at position 6, which is no octet"),
                Arguments.of(SetCookie.of("sid", "secret; Path=/"), "cookie 'sid': its value holds ';' at position 6"),
                Arguments.of(
                        SetCookie.of("sid", "secret".repeat(700)),
                        "cookie 'sid': name and value have 4203 octets, the limit is 4096"),
                Arguments.of(SID.withPath("a"), "cookie 'sid': its path must start with '/'"),
                Arguments.of(SID.withPath("/a;b"), "cookie 'sid': its path must start with '/' and hold no ';'"),
                Arguments.of(SID.withPath("/a\n"), "cookie 'sid': its path holds the control character U+000A"),
                Arguments.of(SID.withPath("/" + "a".repeat(1024)), "cookie 'sid': its path has 1025 octets"),
                Arguments.of(SID.withDomain("a".repeat(1025)), "cookie 'sid': its domain has 1025 octets"),
                Arguments.of(
                        SID.withDomain("..shop.example"), "cookie 'sid': its domain '.shop.example' is no host name"),
                Arguments.of(SID.withDomain("a b"), "cookie 'sid': its domain 'a b' is no host name"),
                Arguments.of(
                        SID.withDomain("shop.example:443"),
                        "cookie 'sid': its domain 'shop.example:443' is no host name"),
                Arguments.of(
                        SID.withDomain("other.example"),
                        "cookie 'sid': its domain 'other.example' is neither the origin's host 'shop.example' nor a parent"),
                Arguments.of(
                        SID.withDomain("www.shop.example"), "cookie 'sid': its domain 'www.shop.example' is neither"),
                Arguments.of(
                        SID.withDomain("example"),
                        "cookie 'sid': its domain 'example' is a public suffix, or holds one; use 'shop.example'"),
                Arguments.of(SID.withSameSite(SameSite.NONE), "cookie 'sid': SameSite=None asks for Secure too"),
                Arguments.of(
                        SetCookie.of("__Secure-sid", "secret"),
                        "cookie '__Secure-sid': the prefix of its name asks for Secure"),
                Arguments.of(
                        SetCookie.of("__Host-sid", "secret").withSecure(true),
                        "cookie '__Host-sid': the prefix __Host- asks for the path '/'"),
                Arguments.of(
                        SetCookie.of("__Http-sid", "secret").withSecure(true),
                        "cookie '__Http-sid': the prefix of its name asks for HttpOnly"));
    }

    @ParameterizedTest
    @MethodSource("badCookies")
    void aBadCookieIsRefusedByNameWithReasonAndWithoutItsValue(SetCookie cookie, String message) {
        assertThatThrownBy(() -> jar.add(ORIGIN, cookie))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContainingAny("secret", "\r", "\n", "\0");
        assertThat(jar.size()).isZero();
    }

    @Test
    void aSecureCookieForAnInsecureOriginIsRefused() {
        assertThatThrownBy(() -> jar.add(at("http://shop.example/"), SID.withSecure(true)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "cookie 'sid': it is Secure, but http://shop.example is not; give an https URL, or leave the"
                                + " Secure attribute out");
    }

    @Test
    void aCookieThatWouldHideASecureOneIsRefused() {
        jar.receive(ORIGIN, "sid=1; Secure; Path=/");
        assertThatThrownBy(() -> jar.add(at("http://shop.example/"), SID))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cookie 'sid': a Secure cookie of this name covers its path");
        assertThat(jar.header(ORIGIN)).isEqualTo("sid=1");
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void anExplicitCookieMergesWithTheOneTheServerSets(boolean explicitDomain, boolean serverDomain) {
        jar.add(ORIGIN, SID.withDomain(explicitDomain ? ".shop.example" : null).withPath("/"));
        clock.tick();
        Cookie cookie = jar.receive(ORIGIN, "sid=2; Path=/" + (serverDomain ? "; Domain=shop.example" : ""));
        assertThat(jar.header(ORIGIN)).isEqualTo("sid=2");
        assertThat(jar.cookies()).containsExactly(cookie);
        assertThat(cookie.hostOnly()).isEqualTo(!serverDomain);
        assertThat(cookie.created()).isEqualTo(START);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void anExplicitCookieMergesWithTheOneTheServerHasSet(boolean explicitDomain, boolean serverDomain) {
        jar.receive(ORIGIN, "sid=2; Path=/" + (serverDomain ? "; Domain=shop.example" : ""));
        clock.tick();
        Cookie cookie = jar.add(
                ORIGIN, SID.withDomain(explicitDomain ? ".shop.example" : null).withPath("/"));
        assertThat(jar.header(ORIGIN)).isEqualTo("sid=secret");
        assertThat(jar.cookies()).containsExactly(cookie);
        assertThat(cookie.hostOnly()).isEqualTo(!explicitDomain);
        assertThat(cookie.created()).isEqualTo(START);
    }

    @Test
    void aMergedCookieStaysOne() {
        jar.add(ORIGIN, SID.withPath("/"));
        jar.receive(ORIGIN, "sid=1; Path=/; Domain=shop.example");
        jar.receive(ORIGIN, "sid=2; Path=/");
        jar.receive(ORIGIN, "sid=3; Path=/; Domain=.shop.example");
        assertThat(jar.header(ORIGIN)).isEqualTo("sid=3");
    }

    @Test
    void anExplicitCookieReplacesBothCookiesTheServerSet() {
        jar.receive(ORIGIN, "sid=1; Path=/");
        jar.receive(ORIGIN, "other=1; Path=/");
        jar.receive(ORIGIN, "sid=2; Path=/; Domain=shop.example");
        jar.add(ORIGIN, SID.withPath("/"));
        assertThat(jar.header(ORIGIN)).isEqualTo("sid=secret; other=1");
    }

    @Test
    void theServerCanDeleteAnExplicitCookie() {
        jar.add(ORIGIN, SID.withPath("/"));
        jar.receive(ORIGIN, "sid=; Path=/; Domain=shop.example; Max-Age=0");
        assertThat(jar.size()).isZero();
    }

    @Test
    void anExplicitCookieOfAnotherPathOrDomainStaysApart() {
        CookieTarget www = at("https://www.shop.example/");
        jar.add(www, SID);
        jar.receive(www, "sid=1; Path=/a");
        jar.receive(www, "sid=2; Path=/; Domain=shop.example");
        assertThat(jar.header(at("https://www.shop.example/a"))).isEqualTo("sid=1; sid=secret; sid=2");
    }
}
