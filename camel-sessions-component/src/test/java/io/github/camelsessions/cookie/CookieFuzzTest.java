/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import static io.github.camelsessions.cookie.TestJars.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.camelsessions.cookie.TestJars.FakeClock;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
class CookieFuzzTest {

    private static final String[] PIECES = {
        "=",
        ";",
        "; ",
        ",",
        " ",
        "\t",
        "\"",
        ".",
        "/",
        "-",
        ":",
        "%",
        "\0",
        "\r\n",
        "\u007F",
        "\u00E4",
        "\u20AC",
        "\uD800",
        "a",
        "sid",
        "__Host-",
        "__Secure-",
        "Path=",
        "Domain=",
        "Expires=",
        "Max-Age=",
        "Secure",
        "HttpOnly",
        "SameSite=",
        "None",
        "Lax",
        "Strict",
        "/a",
        "shop.example",
        ".example",
        "0",
        "9",
        "99999999999999999999",
        "Fri, 07 Aug 2027 08:04:19 GMT",
        "31",
        "Feb",
        "2027",
        "08:04:19",
        "1601"
    };

    private final FakeClock clock = new FakeClock();
    private final CookieJar jar = TestJars.jar(clock);

    @Test
    void malformedSetCookieNeverThrowsAndNeverMakesAMalformedHeader() {
        long seed = Long.getLong("cookie.fuzz.seed", System.nanoTime());
        System.out.println("CookieFuzzTest: -Dcookie.fuzz.seed=" + seed);
        Random random = new Random(seed);
        CookieTarget[] targets = {
            at("https://www.shop.example/a/b"),
            at("http://shop.example/a"),
            at("http://127.0.0.1/"),
            at("http://[::1]/a")
        };
        for (int i = 0; i < 100_000; i++) {
            String field = field(random);
            CookieTarget target = targets[random.nextInt(targets.length)];
            assertThatCode(() -> jar.receive(target, field))
                    .as("seed %d, field <%s>", seed, field)
                    .doesNotThrowAnyException();
            String header = jar.header(target);
            if (header != null) {
                assertThat(header.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7F && c <= 0xFF)))
                        .as("seed %d, field <%s>, header <%s>", seed, field, header)
                        .isTrue();
            }
            if (random.nextInt(100) == 0) {
                clock.advance(Duration.ofHours(random.nextInt(200)));
            }
        }
        assertThat(jar.size()).isLessThanOrEqualTo(4 * CookieLimits.DEFAULT.perDomain());
    }

    private static String field(Random random) {
        StringBuilder field = new StringBuilder();
        for (int i = random.nextInt(14); i >= 0; i--) {
            field.append(
                    random.nextInt(8) == 0
                            ? String.valueOf((char) random.nextInt(0x180))
                            : PIECES[random.nextInt(PIECES.length)]);
        }
        return random.nextInt(1000) == 0 ? field.toString().repeat(400) : field.toString();
    }
}
