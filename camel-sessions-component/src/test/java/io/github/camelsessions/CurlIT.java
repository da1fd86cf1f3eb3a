/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The cookies of a session go to curl and come from it, by its {@code cookies.txt}. */
@EnabledIf(value = "curlIsInstalled", disabledReason = "curl is not installed (apt-get install curl)")
class CurlIT extends SharedContextTest {

    private static final List<String> COOKIES = List.of(
            "sid=a\"b c=; Path=/; HttpOnly; SameSite=Lax",
            "lang=de; Path=/shop; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
            "secret=1; Path=/; Secure",
            "empty=; Path=/",
            "deep=x; Path=/shop/cart");

    @TempDir
    private Path folder;

    static boolean curlIsInstalled() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "curl")));
    }

    @Override
    void configure(CamelContext context) {
        site.page("/shop", http -> {
            COOKIES.forEach(cookie -> http.getResponseHeaders().add("Set-Cookie", cookie));
            LoopbackSite.answer(http, 200, "ok");
        });
    }

    @Test
    void whatCurlWasGivenASessionSends() throws Exception {
        Path jar = folder.resolve("cookies.txt");
        curl("-c", jar.toString(), site.url() + "/shop");
        assertThat(jar).content().contains("Netscape HTTP Cookie File");

        assertThat(send("sessions:addCookies", jar.toFile()).getException()).isNull();

        assertThat(sessions().session(session).cookies()).hasSize(COOKIES.size());
        assertTheSameIsSent(jar);
    }

    @Test
    void whatASessionWasGivenCurlSends() throws Exception {
        fetch("/shop");
        String text =
                send("sessions:getCookies?format=netscape", null).getMessage().getBody(String.class);

        assertTheSameIsSent(Files.writeString(folder.resolve("cookies.txt"), text));
    }

    private void assertTheSameIsSent(Path jar) throws Exception {
        for (String path : List.of("/shop/cart/pay", "/shop", "/other")) {
            curl("-b", jar.toString(), site.url() + path);
            List<String> byCurl = pairs(site.lastRequest().cookie());
            fetch(path);
            assertThat(pairs(site.lastRequest().cookie())).as(path).isNotEmpty().hasSameElementsAs(byCurl);
        }
    }

    private static List<String> pairs(String cookie) {
        return List.of(cookie.split("; "));
    }

    private void curl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("curl", "--silent", "--noproxy", "*"));
        command.addAll(List.of(arguments));
        Process curl = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("curl.txt").toFile())
                .start();
        assertThat(curl.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(curl.exitValue())
                .as(Files.readString(folder.resolve("curl.txt")))
                .isZero();
    }
}
