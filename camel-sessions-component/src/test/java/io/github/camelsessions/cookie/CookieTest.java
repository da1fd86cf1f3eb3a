/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import static io.github.camelsessions.cookie.TestJars.START;
import static io.github.camelsessions.cookie.TestJars.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.cookie.TestJars.FakeClock;
import org.junit.jupiter.api.Test;

class CookieTest {

    private static final String FULL =
            "sid=secret; Domain=shop.example; Path=/a; Expires=Thu, 01 Jan 2026 00:01:00 GMT;"
                    + " Secure; HttpOnly; SameSite=Strict";

    private final CookieJar jar = TestJars.jar(new FakeClock());

    @Test
    void theFullStringMeansTheSameCookieAgain() {
        Cookie cookie = jar.receive(at("https://www.shop.example/"), FULL);
        assertThat(cookie).isNotNull();
        assertThat(cookie.toSetCookieString()).isEqualTo(FULL);
        CookieJar other = TestJars.jar(new FakeClock());
        assertThat(other.receive(at("https://www.shop.example/"), cookie.toSetCookieString()))
                .isEqualTo(cookie)
                .hasSameHashCodeAs(cookie);
    }

    @Test
    void theFullStringOfAHostOnlyCookieHasNoDomain() {
        assertThat(jar.receive(at("https://shop.example/a/b"), "sid=1").toSetCookieString())
                .isEqualTo("sid=1; Path=/a");
    }

    @Test
    void theFullStringOfANamelessCookieBeginsWithAnEqualsSign() {
        assertThat(jar.receive(at("https://shop.example/"), "=a=b").toSetCookieString())
                .isEqualTo("=a=b; Path=/");
    }

    @Test
    void theStringFormMasksTheValue() {
        assertThat(jar.receive(at("https://www.shop.example/"), FULL))
                .hasToString(FULL.replace("sid=secret", "sid=***"));
        assertThat(jar.toString()).isEqualTo("CookieJar[cookies=1, sites=1]");
    }

    @Test
    void aCookieSaysWhatWasStored() {
        Cookie cookie = jar.receive(at("https://www.shop.example/"), FULL);
        assertThat(cookie.name()).isEqualTo("sid");
        assertThat(cookie.value()).isEqualTo("secret");
        assertThat(cookie.domain()).isEqualTo("shop.example");
        assertThat(cookie.path()).isEqualTo("/a");
        assertThat(cookie.hostOnly()).isFalse();
        assertThat(cookie.secure()).isTrue();
        assertThat(cookie.httpOnly()).isTrue();
        assertThat(cookie.sameSite()).isEqualTo(SameSite.STRICT);
        assertThat(cookie.expiry()).isEqualTo(START.plusSeconds(60));
        assertThat(cookie.created()).isEqualTo(START);
    }

    @Test
    void cookiesDifferWhenOneThingDiffers() {
        Cookie cookie = jar.receive(at("https://shop.example/"), "a=1");
        for (String other : new String[] {
            "a=2",
            "b=1",
            "a=1; Path=/x",
            "a=1; Domain=shop.example",
            "a=1; Secure",
            "a=1; HttpOnly",
            "a=1; SameSite=Lax",
            "a=1; Max-Age=9"
        }) {
            assertThat(TestJars.jar(new FakeClock()).receive(at("https://shop.example/"), other))
                    .isNotNull()
                    .isNotEqualTo(cookie);
        }
    }
}
