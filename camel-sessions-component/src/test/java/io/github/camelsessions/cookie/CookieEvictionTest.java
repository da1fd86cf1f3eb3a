/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import static io.github.camelsessions.cookie.TestJars.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.cookie.TestJars.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CookieEvictionTest {

    private static final CookieTarget SHOP = at("https://shop.example/");

    private final FakeClock clock = new FakeClock();

    @Test
    void theDefaultLimitsAreThoseOfBrowsers() {
        assertThat(CookieLimits.DEFAULT).isEqualTo(new CookieLimits(180, 3000));
        assertThatThrownBy(() -> new CookieLimits(0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cookie limits: perDomain=0, total=1, both must be 1 or more");
    }

    @Test
    void aSiteHoldsNoMoreThanItsLimitOverAllItsHosts() {
        CookieJar jar = TestJars.jar(clock);
        for (int i = 0; i < 400; i++) {
            jar.receive(at("https://h" + i % 7 + ".shop.example/"), "c" + i + "=1");
            clock.tick();
        }
        assertThat(jar.size()).isEqualTo(180);
        assertThat(jar.cookies()).first().matches(cookie -> cookie.name().equals("c220"));
    }

    @Test
    void expiredCookiesGoBeforeAllOthers() {
        CookieJar jar = jar(3, 10);
        receive(jar, SHOP, "oldest=1", "expiring=1; Secure; Max-Age=5", "newer=1");
        clock.advance(Duration.ofSeconds(5));
        receive(jar, SHOP, "newest=1");
        assertThat(jar.cookies()).extracting(Cookie::name).containsExactly("oldest", "newer", "newest");
    }

    @Test
    void cookiesWithoutSecureGoBeforeThoseWithIt() {
        CookieJar jar = jar(3, 10);
        receive(jar, SHOP, "secure=1; Secure", "plain=1", "secure2=1; Secure", "newest=1; Secure");
        assertThat(jar.cookies()).extracting(Cookie::name).containsExactly("secure", "secure2", "newest");
    }

    @Test
    void theCookieAccessedEarliestGoesFirst() {
        CookieJar jar = jar(3, 10);
        receive(jar, SHOP, "a=1; Path=/a", "b=1; Path=/b", "c=1; Path=/c");
        jar.header(at("https://shop.example/a"));
        clock.tick();
        receive(jar, SHOP, "d=1; Path=/d");
        assertThat(jar.cookies()).extracting(Cookie::name).containsExactly("a", "c", "d");
    }

    @Test
    void replacingACookieEvictsNone() {
        CookieJar jar = jar(2, 2);
        receive(jar, SHOP, "a=1", "b=1", "a=2");
        assertThat(jar.header(SHOP)).isEqualTo("a=2; b=1");
    }

    @Test
    void whereTheClockCannotTellTheNewcomerStays() {
        CookieJar jar = jar(2, 100);
        for (int i = 0; i < 5; i++) {
            assertThat(jar.receive(SHOP, "c" + i + "=1; Path=/" + "x".repeat(i)))
                    .isNotNull();
        }
        assertThat(jar.cookies()).extracting(Cookie::name).contains("c4");
    }

    @Test
    void aCookieWithoutSecureFindsNoRoomAmongSecureOnes() {
        CookieJar jar = jar(2, 10);
        receive(jar, SHOP, "a=1; Secure", "b=1; Secure");
        assertThat(jar.receive(SHOP, "c=secret")).isNull();
        assertThat(jar.header(SHOP)).isEqualTo("a=1; b=1");
        assertThatThrownBy(() -> jar.add(SHOP, SetCookie.of("c", "secret")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cookie 'c': the jar holds 2 Secure cookies for its domain")
                .hasMessageNotContaining("secret");
    }

    @Test
    void theTotalLimitEvictsTheCookieOfAnySiteAccessedEarliest() {
        CookieJar jar = jar(10, 3);
        receive(jar, at("https://a.example/"), "a=1; Secure");
        receive(jar, at("https://b.example/"), "b=1");
        receive(jar, at("https://c.example/"), "c=1");
        jar.header(at("https://a.example/"));
        clock.tick();
        receive(jar, at("https://d.example/"), "d=1");
        assertThat(jar.cookies()).extracting(Cookie::name).containsExactly("a", "c", "d");
        receive(jar, at("https://e.example/"), "e=1");
        assertThat(jar.cookies()).extracting(Cookie::name).containsExactly("a", "d", "e");
    }

    @Test
    void theTotalLimitRemovesExpiredCookiesOfAllSitesFirst() {
        CookieJar jar = jar(10, 3);
        receive(jar, at("https://a.example/"), "a=1");
        receive(jar, at("https://b.example/"), "b=1; Max-Age=1", "b2=1; Max-Age=1");
        clock.advance(Duration.ofSeconds(1));
        receive(jar, at("https://c.example/"), "c=1", "c2=1");
        assertThat(jar.cookies()).extracting(Cookie::name).containsExactly("a", "c", "c2");
    }

    @Test
    void theTotalLimitHoldsForManySites() {
        CookieJar jar = TestJars.jar(clock);
        for (int i = 0; i < 3500; i++) {
            jar.receive(CookieTarget.of("https", "www.site" + i + ".example", "/"), "c=1");
            clock.tick();
        }
        assertThat(jar.size()).isEqualTo(3000);
        assertThat(jar.cookies("www.site499.example")).isEmpty();
        assertThat(jar.cookies("www.site500.example")).hasSize(1);
    }

    private CookieJar jar(int perDomain, int total) {
        return TestJars.jar(clock, new CookieLimits(perDomain, total));
    }

    private void receive(CookieJar jar, CookieTarget origin, String... fields) {
        for (String field : fields) {
            assertThat(jar.receive(origin, field)).isNotNull();
            clock.tick();
        }
    }
}
