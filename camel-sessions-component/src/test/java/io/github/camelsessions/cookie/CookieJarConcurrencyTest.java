/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import static io.github.camelsessions.cookie.TestJars.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.cookie.TestJars.FakeClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CookieJarConcurrencyTest {

    private static final int THREADS = 8;

    private final FakeClock clock = new FakeClock();

    @Test
    void noCookieIsLostWhenManyThreadsSetThemForOneSite() throws Exception {
        CookieJar jar = TestJars.jar(clock);
        CookieTarget origin = at("https://shop.example/");
        inParallel(thread -> {
            for (int i = 0; i < 20; i++) {
                assertThat(jar.receive(origin, "t" + thread + "c" + i + "=1")).isNotNull();
                assertThat(jar.header(origin)).contains("t" + thread + "c" + i + "=1");
            }
        });
        assertThat(jar.cookies())
                .extracting(Cookie::name)
                .doesNotHaveDuplicates()
                .hasSize(THREADS * 20);
    }

    /** Each thread walks the same jars, so that they meet at the first cookie of many. */
    @Test
    void noFirstCookieIsLost() throws Exception {
        List<CookieJar> jars =
                Stream.generate(() -> TestJars.jar(clock)).limit(100_000).toList();
        CookieTarget origin = at("https://shop.example/");
        inParallel(thread -> jars.forEach(jar -> jar.receive(origin, "t" + thread + "=1")));

        assertThat(jars)
                .allMatch(jar -> jar.size() == THREADS && jar.cookies(origin).size() == THREADS);
    }

    @Test
    void oneCookieSetByManyThreadsIsOne() throws Exception {
        CookieJar jar = TestJars.jar(clock);
        CookieTarget origin = at("https://shop.example/");
        inParallel(thread -> {
            for (int i = 0; i < 200; i++) {
                if (thread % 2 == 0) {
                    jar.receive(origin, "sid=" + i + "; Domain=shop.example");
                } else {
                    jar.add(origin, SetCookie.of("sid", "x" + i));
                }
            }
        });
        assertThat(jar.cookies()).hasSize(1);
        assertThat(jar.header(origin)).startsWith("sid=").doesNotContain(";");
    }

    @Test
    void theLimitsHoldAfterwardsAndNothingIsCountedWrong() throws Exception {
        CookieLimits limits = new CookieLimits(20, 60);
        CookieJar jar = TestJars.jar(clock, limits);
        inParallel(thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 3000; i++) {
                CookieTarget target = at("https://h" + random.nextInt(3) + ".site" + random.nextInt(8) + ".example/");
                switch (random.nextInt(6)) {
                    case 0 -> jar.header(target);
                    case 1 -> jar.receive(target, "c" + random.nextInt(40) + "=; Max-Age=0");
                    case 2 -> jar.receive(target, "c" + random.nextInt(40) + "=1; Max-Age=1");
                    case 3 -> clock.tick();
                    default -> jar.receive(target, "c" + random.nextInt(40) + "=1");
                }
                if (random.nextInt(500) == 0) {
                    jar.clear();
                }
            }
        });
        assertThat(jar.size()).isEqualTo(jar.cookies().size()).isLessThanOrEqualTo(limits.total());
        Map<String, Long> bySite = jar.cookies().stream()
                .collect(Collectors.groupingBy(
                        cookie -> TestJars.registrableDomain(cookie.domain()), Collectors.counting()));
        assertThat(bySite.values()).allMatch(count -> count <= limits.perDomain());
        assertThat(jar.cookies())
                .extracting(cookie -> cookie.name() + " " + cookie.domain())
                .doesNotHaveDuplicates();

        // a count that had drifted would now leave room for fewer, or for more
        jar.clear();
        for (int i = 0; i < 2 * limits.total(); i++) {
            jar.receive(at("https://full" + i % 10 + ".example/"), "c" + i + "=1");
        }
        assertThat(jar.size()).isEqualTo(limits.total());
    }

    private static void inParallel(IntConsumer work) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try {
            CyclicBarrier start = new CyclicBarrier(THREADS);
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                futures.add(executor.submit(() -> {
                    start.await(10, TimeUnit.SECONDS);
                    work.accept(thread);
                    return null;
                }));
            }
            for (Future<?> future : futures) {
                future.get(60, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
