/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import static io.github.camelsessions.cookie.TestJars.START;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SetCookieTest {

    @Test
    void allAttributesAreRead() {
        SetCookie cookie = parse("sid=1; Domain=.Shop.example; Path=/a; Max-Age=60; Secure; HttpOnly; SameSite=Lax");
        assertThat(cookie)
                .isEqualTo(new SetCookie(
                        "sid", "1", ".Shop.example", "/a", START.plusSeconds(60), true, true, SameSite.LAX));
    }

    @Test
    void attributeNamesAreCaseInsensitiveAndTheLastOfEachCounts() {
        SetCookie cookie =
                parse("a=b; PATH=/x; path=/y; DoMain=a.b; dOmAin=c.d; sEcure; samesite=lax; SAMESITE=STRICT");
        assertThat(cookie.path()).isEqualTo("/y");
        assertThat(cookie.domain()).isEqualTo("c.d");
        assertThat(cookie.secure()).isTrue();
        assertThat(cookie.sameSite()).isEqualTo(SameSite.STRICT);
    }

    @Test
    void anUnknownSameSiteValueIsTheDefault() {
        assertThat(parse("a=b; SameSite=Lax; SameSite=Sometimes").sameSite()).isEqualTo(SameSite.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource({
        "'a=b', a, b",
        "' a = b ', a, b",
        "'a=b=c', a, b=c",
        "'a=', a, ''",
        "'a', '', a",
        "'=a', '', a",
        "'=a=b', '', a=b",
        "'a=\"b; c\"', a, '\"b'",
        "'a=b c', a, b c",
        "'a b=c', a b, c",
    })
    void nameAndValueArePartedAtTheFirstEqualsSign(String field, String name, String value) {
        assertThat(parse(field).name()).isEqualTo(name);
        assertThat(parse(field).value()).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "=", " = ", ";", "; Path=/", "=; Secure"})
    void aCookieWithNeitherNameNorValueIsIgnored(String field) {
        assertThat(SetCookie.parse(field, START)).isNull();
    }

    @Test
    void controlCharactersMakeTheFieldIgnoredWhereverTheyStand() {
        for (char c = 0; c < 0x80; c++) {
            boolean allowed = c == '\t' || (c >= ' ' && c != 0x7F);
            assertThat(SetCookie.parse("a=b" + c + "c", START) != null)
                    .as("value with U+%04X", (int) c)
                    .isEqualTo(allowed);
            assertThat(SetCookie.parse("a=b; x=" + c, START) != null)
                    .as("attribute with U+%04X", (int) c)
                    .isEqualTo(allowed);
        }
    }

    @Test
    void whatIsNoOctetIsIgnored() {
        assertThat(SetCookie.parse("a=\u00FF", START)).isNotNull();
        assertThat(SetCookie.parse("a=\u0100", START)).isNull();
    }

    @Test
    void nameAndValueHave4096OctetsAtMost() {
        assertThat(SetCookie.parse("ab=" + "x".repeat(4094), START)).isNotNull();
        assertThat(SetCookie.parse("ab=" + "x".repeat(4095), START)).isNull();
        assertThat(SetCookie.parse("x".repeat(4096), START)).isNotNull();
        assertThat(SetCookie.parse("x".repeat(4097), START)).isNull();
    }

    @Test
    void anAttributeOfMoreThan1024OctetsIsIgnored() {
        assertThat(parse("a=b; Path=/x; Path=/" + "y".repeat(1023)).path()).hasSize(1024);
        assertThat(parse("a=b; Path=/x; Path=/" + "y".repeat(1024)).path()).isEqualTo("/x");
    }

    @Test
    void maxAgeWinsOverExpiresInWhateverOrder() {
        String expires = "Expires=Fri, 02 Jan 2026 00:00:00 GMT";
        assertThat(parse("a=b; " + expires).expiry()).isEqualTo("2026-01-02T00:00:00Z");
        assertThat(parse("a=b; Max-Age=5; " + expires).expiry()).isEqualTo(START.plusSeconds(5));
        assertThat(parse("a=b; " + expires + "; Max-Age=5").expiry()).isEqualTo(START.plusSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-", "+5", "5s", "5.0", "--5", "5 5"})
    void aMaxAgeThatIsNoNumberIsIgnored(String maxAge) {
        assertThat(parse("a=b; Max-Age=" + maxAge).expiry()).isNull();
        assertThat(parse("a=b; Max-Age=7; Max-Age=" + maxAge).expiry()).isEqualTo(START.plusSeconds(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "-1", "-99999999999999999999999"})
    void aMaxAgeOfZeroOrLessIsInThePast(String maxAge) {
        assertThat(parse("a=b; Max-Age=" + maxAge).expiry()).isBefore(START);
    }

    @Test
    void anUnreadableExpiresIsIgnored() {
        assertThat(parse("a=b; Expires=soon").expiry()).isNull();
    }

    @Test
    void noCookieLivesLongerThan400Days() {
        Instant limit = START.plus(Duration.ofDays(400));
        assertThat(parse("a=b; Max-Age=34559999").expiry()).isEqualTo(limit.minusSeconds(1));
        assertThat(parse("a=b; Max-Age=34560001").expiry()).isEqualTo(limit);
        assertThat(parse("a=b; Max-Age=99999999999999999999999").expiry()).isEqualTo(limit);
        assertThat(parse("a=b; Expires=Fri, 31 Dec 9999 23:59:59 GMT").expiry()).isEqualTo(limit);
    }

    @Test
    void anExpiresBeforeTheEpochIsInThePast() {
        assertThat(parse("a=b; Expires=Mon, 01 Jan 1601 00:00:00 GMT").expiry()).isBefore(START);
    }

    @Test
    void withersChangeOneThing() {
        SetCookie cookie = SetCookie.of("a", "b")
                .withDomain("d")
                .withPath("/p")
                .withExpiry(START)
                .withSecure(true)
                .withHttpOnly(true)
                .withSameSite(SameSite.NONE);
        assertThat(cookie).isEqualTo(new SetCookie("a", "b", "d", "/p", START, true, true, SameSite.NONE));
    }

    @Test
    void theStringFormMasksTheValue() {
        assertThat(SetCookie.of("sid", "secret").toString()).contains("sid").doesNotContain("secret");
    }

    private static SetCookie parse(String field) {
        SetCookie cookie = SetCookie.parse(field, START);
        assertThat(cookie).isNotNull();
        return cookie;
    }
}
