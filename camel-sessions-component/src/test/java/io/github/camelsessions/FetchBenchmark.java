/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import com.sun.management.OperatingSystemMXBean;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;

/**
 * What a session costs: requests a second of {@code sessions:fetch} beside those of plain camel-http, with and without
 * its own cookie store. All take turns of a twentieth of a second in one process, so that whatever else the machine does
 * meets all alike; the ratios are those within a round. The site is a process of its own. Takes about a minute:
 *
 * <pre>
 * mvn -q -pl camel-sessions-component test-compile exec:java -Dexec.classpathScope=test \
 *     -Dexec.mainClass=io.github.camelsessions.FetchBenchmark
 * </pre>
 */
public final class FetchBenchmark {

    private static final List<String> ROUTES = List.of("plain", "store", "fetch");
    private static final int ROUNDS = 160;
    private static final int WARM_UP_ROUNDS = 40;
    private static final long TURN_NANOS = 50_000_000;
    private static final int BODY = 1024;

    private final ProducerTemplate template;
    private final List<Endpoint> routes;
    private final OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    /** What one route did in one turn. */
    private record Turn(double perSecond, double cpuMicros) {}

    private FetchBenchmark(CamelContext context) {
        template = context.createProducerTemplate();
        routes = ROUTES.stream()
                .map(name -> context.getEndpoint("direct:" + name))
                .toList();
    }

    public static void main(String[] args) throws Exception {
        Process site = startSite();
        try (CamelContext context = new DefaultCamelContext()) {
            String port = new BufferedReader(new InputStreamReader(site.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            String page = "http://127.0.0.1:" + port + "/page";
            HttpClientConfigurer noCookies = HttpClientBuilder::disableCookieManagement;
            context.getRegistry().bind("noCookies", noCookies);
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:plain").to(page + "?httpClientConfigurer=#noCookies&clearExpiredCookies=false");
                    from("direct:store").to(page);
                    from("direct:fetch").to("sessions:fetch/" + page + "?sessionId=1");
                }
            });
            context.start();
            System.out.printf(
                    Locale.ROOT,
                    "Java %s, %d processors, Camel %s%n",
                    Runtime.version(),
                    Runtime.getRuntime().availableProcessors(),
                    context.getVersion());
            FetchBenchmark benchmark = new FetchBenchmark(context);
            benchmark.logIn();
            benchmark.compare(1);
            benchmark.compare(8);
        } finally {
            site.destroy();
        }
    }

    private void logIn() {
        for (Endpoint route : routes) {
            check(template.request(route, exchange -> exchange.getMessage().setHeader("Login", "please")));
        }
    }

    private void compare(int concurrency) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(concurrency);
        try {
            List<List<Turn>> turns = new ArrayList<>();
            ROUTES.forEach(route -> turns.add(new ArrayList<>()));
            for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
                for (int i = 0; i < ROUTES.size(); i++) {
                    int route = Math.floorMod(round + i, ROUTES.size()); // each comes first in its turn
                    Turn turn = turn(routes.get(route), threads, concurrency);
                    if (round >= 0) {
                        turns.get(route).add(turn);
                    }
                }
            }
            print(concurrency, turns);
        } finally {
            threads.shutdownNow();
        }
    }

    private Turn turn(Endpoint route, ExecutorService threads, int concurrency) throws Exception {
        long cpu = process.getProcessCpuTime();
        long start = System.nanoTime();
        List<Future<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < concurrency; i++) {
            callers.add(threads.submit(() -> {
                int calls = 0;
                while (System.nanoTime() - start < TURN_NANOS) {
                    check(template.request(route, exchange -> {}));
                    calls++;
                }
                return calls;
            }));
        }
        int calls = 0;
        for (Future<Integer> caller : callers) {
            calls += caller.get();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Turn(calls / seconds, (process.getProcessCpuTime() - cpu) / 1e3 / calls);
    }

    private static void check(Exchange exchange) {
        byte[] body = exchange.getMessage().getBody(byte[].class);
        if (exchange.getException() != null || body == null || body.length != BODY) {
            throw new IllegalStateException("no page", exchange.getException());
        }
    }

    private static void print(int concurrency, List<List<Turn>> turns) {
        System.out.printf(Locale.ROOT, "%nconcurrency %d, median of %d rounds%n", concurrency, ROUNDS);
        for (int i = 0; i < ROUTES.size(); i++) {
            System.out.printf(
                    Locale.ROOT,
                    "  %-6s %7.0f requests/s %7.1f us of CPU each%n",
                    ROUTES.get(i),
                    sorted(turns.get(i).stream().map(Turn::perSecond).toList()).get(ROUNDS / 2),
                    sorted(turns.get(i).stream().map(Turn::cpuMicros).toList()).get(ROUNDS / 2));
        }
        for (int other = 0; other < 2; other++) {
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                ratios.add(turns.get(2).get(round).perSecond()
                        / turns.get(other).get(round).perSecond());
            }
            List<Double> sorted = sorted(ratios);
            System.out.printf(
                    Locale.ROOT,
                    "  fetch/%-5s  %.3f (middle half %.3f to %.3f, all %.3f to %.3f)%n",
                    ROUTES.get(other),
                    sorted.get(ROUNDS / 2),
                    sorted.get(ROUNDS / 4),
                    sorted.get(ROUNDS * 3 / 4),
                    sorted.get(0),
                    sorted.get(ROUNDS - 1));
        }
    }

    private static List<Double> sorted(List<Double> values) {
        return values.stream().sorted().toList();
    }

    private static Process startSite() throws IOException, URISyntaxException {
        Path classes = Path.of(
                Site.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        return new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-Dsun.net.httpserver.nodelay=true",
                        "-cp",
                        classes.toString(),
                        Site.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** The site: a page of a kilobyte, and a session cookie for who asks to log in. Ends with the benchmark. */
    static final class Site {

        private Site() {}

        public static void main(String[] args) throws IOException {
            byte[] body = "x".repeat(BODY).getBytes(StandardCharsets.US_ASCII);
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newCachedThreadPool());
            server.createContext("/page", http -> {
                try (http) {
                    if (http.getRequestHeaders().containsKey("Login")) {
                        http.getResponseHeaders()
                                .add("Set-Cookie", "JSESSIONID=0123456789ABCDEF0123456789ABCDEF; Path=/; HttpOnly");
                    }
                    http.getResponseHeaders().add("Content-Type", "text/html;charset=UTF-8");
                    http.sendResponseHeaders(200, body.length);
                    http.getResponseBody().write(body);
                }
            });
            server.start();
            System.out.println(server.getAddress().getPort());
            while (System.in.read() >= 0) {
                // until the benchmark closes its end
            }
            System.exit(0);
        }
    }
}
