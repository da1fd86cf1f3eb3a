/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The heap exhausted again and again: no exchange without an end, no session that does not work again. */
@Tag("long")
class HeapExhaustionTest {

    private static final int USES = 5;
    private static final int LARGE = 24 * 1024 * 1024;
    private static final byte[] SOME = new byte[64 * 1024];

    @TempDir
    private Path folder;

    private final LoopbackSite site = new LoopbackSite();
    private final Map<String, AtomicInteger> uses = new ConcurrentHashMap<>();
    private final AtomicInteger logIns = new AtomicInteger();

    @BeforeEach
    void openSite() {
        site.page("/login", http -> {
            String id = "sid=" + logIns.incrementAndGet();
            uses.put(id, new AtomicInteger());
            http.getResponseHeaders().add("Set-Cookie", id + "; Path=/");
            LoopbackSite.answer(http, 200, "in");
        });
        site.page(
                "/page",
                http -> LoopbackSite.answer(
                        http, isLoggedIn(http.getRequestHeaders().getFirst("Cookie")) ? 200 : 401, "page"));
        site.page("/large", http -> {
            if (!isLoggedIn(http.getRequestHeaders().getFirst("Cookie"))) {
                LoopbackSite.answer(http, 401, "");
                return;
            }
            http.sendResponseHeaders(200, LARGE);
            OutputStream body = http.getResponseBody();
            for (int i = 0; i < LARGE; i += SOME.length) {
                body.write(SOME);
            }
        });
    }

    private boolean isLoggedIn(String cookie) {
        AtomicInteger used = cookie == null ? null : uses.get(cookie);
        return used != null && used.incrementAndGet() <= USES;
    }

    @AfterEach
    void closeSite() {
        site.close();
    }

    @Test
    void everyExchangeEndsOnceAndEachSessionWorksAgain() throws Exception {
        long seed = System.nanoTime();
        File output = folder.resolve("output").toFile();
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-XX:+UseSerialGC", // the quickest to see that a small heap is full
                "-cp",
                System.getProperty("java.class.path"),
                SmallHeap.class.getName(),
                site.url(),
                String.valueOf(seed));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES))
                    .as(() -> "it has ended, seed " + seed + ":\n" + end(output.toPath()))
                    .isTrue();
            assertThat(process.exitValue())
                    .as(() -> "exit of the JVM, seed " + seed + ":\n" + end(output.toPath()))
                    .isZero();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(output.toPath())) // else nothing was shown
                .containsPattern("good=[1-9][0-9]* withoutMemory=[1-9]");
    }

    private static String end(Path output) {
        try {
            String text = Files.readString(output);
            return text.substring(Math.max(0, text.length() - 80_000));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
