/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import io.github.camelsessions.Sessions;
import io.github.camelsessions.SessionsComponent;
import io.github.camelsessions.api.SessionsConstants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** What very many idle sessions cost: the heap each takes, and whether the time to use one grows with their number. */
final class Size implements Experiment {

    private static final int MANY = 1_000_000;
    private static final int SMOKE_MANY = 20_000;
    private static final int RENEWED = 100_000;
    private static final int SMOKE_RENEWED = 2_000;
    private static final int TIMES_FEW = 100;
    private static final int WARM_UP = 20;
    private static final int BATCHES = 10;
    private static final int PAGES = 10;
    private static final int PAGE = 100;
    private static final int PROFILES = 100;
    private static final int SEED = 1;

    /** The time of each, in micros. */
    private record Times(double create, double find, double clear, double firstPage, double lastPage) {}

    @Override
    public String name() {
        return "size";
    }

    @Override
    public void run(Settings settings, Report report) throws Exception {
        int many = settings.smoke() ? SMOKE_MANY : MANY;
        int few = many / TIMES_FEW;
        Path profiles = writeProfiles(settings.output());
        try (Population warmUp = new Population(profiles, WARM_UP * few)) {
            warmUp.grow((WARM_UP - 1) * few);
            warmUp.times(few);
        }
        int renewed = settings.smoke() ? SMOKE_RENEWED : RENEWED;
        double bytesRenewed = bytesRenewed(profiles, renewed, report);
        try (Population population = new Population(profiles, many)) {
            long before = Heap.used();
            Times atFew = population.times(few);
            report.progress(name() + ": creating " + many + " sessions");
            population.grow(many - few);
            Times atMany = population.times(few);
            double bytes = (Heap.used() - before) / (double) many;
            report.add(new Table(
                            name(), "Heap of idle sessions with 3 cookies and a profile", "", "sessions", "bytes each")
                    .row("never renewed", many, bytes)
                    .row("renewed once", renewed, bytesRenewed));
            report.target(
                    name(),
                    "heap bytes of a session with 3 cookies and a profile, never renewed",
                    bytes,
                    Bound.atMost(1024));
            add(report, few, atFew, many, atMany);
            report.exactly(name(), "sessions on all pages of list", many, population.listed(many / PAGES));
        }
    }

    private double bytesRenewed(Path profiles, int size, Report report) throws Exception {
        int warmUp = size / 10; // keeps what they need in common, such as threads, out of the figure
        try (Population population = new Population(profiles, warmUp + size)) {
            population.renew(warmUp);
            long before = Heap.used();
            report.progress(name() + ": renewing " + size + " sessions");
            population.renew(size);
            double bytes = (Heap.used() - before) / (double) size;
            report.exactly(name(), "renewed sessions with all cookies", warmUp + size, population.renewed());
            return bytes;
        }
    }

    private void add(Report report, int few, Times atFew, int many, Times atMany) {
        Table table = new Table(
                name(), "Time of each, by number of sessions: micros", "what", "of " + few, "of " + many, "ratio");
        row(table, "create, with cookies", atFew.create, atMany.create);
        row(table, "find, with cookies", atFew.find, atMany.find);
        row(table, "clear", atFew.clear, atMany.clear);
        row(table, "list, first page", atFew.firstPage, atMany.firstPage);
        row(table, "list, last page", atFew.lastPage, atMany.lastPage);
        report.add(table);
        String beside = ", one of " + many + " / one of " + few;
        Bound constant = Bound.atMost(3); // one of very many is in no cache of the processor
        report.target(name(), "create" + beside, atMany.create / atFew.create, constant);
        report.target(name(), "find" + beside, atMany.find / atFew.find, constant);
        report.target(name(), "clear" + beside, atMany.clear / atFew.clear, constant);
    }

    private static void row(Table table, String what, double atFew, double atMany) {
        table.row(what, atFew, atMany, atMany / atFew);
    }

    private static Path writeProfiles(Path folder) throws IOException {
        Path file = Files.createDirectories(folder).resolve("profiles.yaml");
        return Files.writeString(
                file,
                IntStream.range(0, PROFILES)
                        .mapToObj(i -> "- name: agent-" + i + "\n  userAgent: Mozilla/5.0 (Agent " + i + ")\n")
                        .collect(Collectors.joining()));
    }

    /** Sessions that are created by their number, from 0 on, as routes would create them. */
    private static final class Population implements AutoCloseable {

        private static final String ADD_COOKIES = "sessions:addCookies/https://portal.example/";
        private static final String LOGIN = "direct:login"; // asks no site: only what sessions keep is of interest

        private final CamelContext context = new DefaultCamelContext();
        private final ProducerTemplate template = context.createProducerTemplate();
        private final Sessions sessions = Sessions.get(context);
        private final Endpoint addCookies;
        private int size;

        Population(Path profiles, int most) throws Exception {
            SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
            component.setMaxSessions(most);
            component.setProfiles("file:" + profiles.toAbsolutePath());
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from(LOGIN)
                            .setBody(exchange -> cookies(
                                    Objects.requireNonNull(exchange.getMessage().getHeader(SessionsConstants.ID))))
                            .to(ADD_COOKIES);
                }
            });
            context.start();
            addCookies = context.getEndpoint(ADD_COOKIES);
        }

        void grow(int newSize) {
            for (; size < newSize; size++) {
                fill(size);
            }
        }

        /** Creates some more sessions, and uses as many, so that the processor's caches have the same to hold. */
        Times times(int some) {
            int[] created = IntStream.range(size, size + some).toArray();
            double create = micros(created, this::fill);
            size += some;
            int[] used = new Random(SEED).ints(0, size).distinct().limit(some).toArray();
            micros(used, this::find);
            double find = micros(used, this::find);
            double clear = micros(used, this::clear);
            micros(used, this::fill);
            return new Times(create, find, clear, page(0), page(size - PAGE));
        }

        /** Creates some more sessions, each by a renewal. */
        void renew(int some) throws Exception {
            for (int last = size + some; size < last; size++) {
                sessions.session(id(size)).renew(LOGIN).get(1, TimeUnit.MINUTES);
            }
        }

        /** How many sessions were renewed and have all their cookies. */
        long renewed() {
            return IntStream.range(0, size)
                    .mapToObj(session -> sessions.session(id(session)).stats().orElseThrow())
                    .filter(stats -> stats.renewals() == 1 && stats.cookies() == 3)
                    .count();
        }

        private void fill(int session) {
            template.sendBodyAndHeader(addCookies, cookies(id(session)), SessionsConstants.ID, id(session));
        }

        private static String cookies(Object id) {
            String token = String.format("%40s", id).replace(' ', '0');
            // as JSON, because then names and values are read from a text, as those of responses are
            return "[{\"name\":\"JSESSIONID\",\"value\":\"" + token.substring(8) + "\"},"
                    + "{\"name\":\"XSRF-TOKEN\",\"value\":\"" + token + "\"},"
                    + "{\"name\":\"theme\",\"value\":\"dark\",\"maxAge\":31536000}]";
        }

        private void find(int session) {
            if (sessions.session(id(session)).cookies().size() != 3) {
                throw new IllegalStateException("session " + id(session) + " lost a cookie");
            }
        }

        private void clear(int session) {
            if (!sessions.session(id(session)).clear()) {
                throw new IllegalStateException("session " + id(session) + " was empty");
            }
        }

        private static String id(int session) {
            return "customer-" + session;
        }

        /** The median of some batches, so that a collection of garbage counts for none. */
        private static double micros(int[] all, IntConsumer use) {
            int batch = all.length / BATCHES;
            List<Double> micros = new ArrayList<>();
            for (int from = 0; from < all.length; from += batch) {
                long start = System.nanoTime();
                for (int i = from; i < from + batch; i++) {
                    use.accept(all[i]);
                }
                micros.add((System.nanoTime() - start) / 1e3 / batch);
            }
            return Trial.median(micros);
        }

        private double page(int offset) {
            List<Double> micros = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                long start = System.nanoTime();
                list(offset, PAGE);
                micros.add((System.nanoTime() - start) / 1e3);
            }
            return Trial.median(micros);
        }

        /** How many different sessions all pages show. */
        int listed(int page) {
            Set<Object> ids = new HashSet<>();
            for (int offset = 0; offset < size; offset += page) {
                for (Object row : list(offset, page)) {
                    ids.add(((Map<?, ?>) row).get("id"));
                }
            }
            return ids.size();
        }

        private List<?> list(int offset, int limit) {
            String uri = "sessions:list?offset=" + offset + "&limit=" + limit;
            return Objects.requireNonNull(
                    template.request(uri, exchange -> {}).getMessage().getBody(List.class));
        }

        @Override
        public void close() throws Exception {
            context.close();
        }
    }
}
