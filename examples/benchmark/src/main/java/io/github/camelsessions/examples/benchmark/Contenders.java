/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.http.base.cookie.InstanceCookieHandler;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.cookie.BasicCookieStore;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/**
 * The ways to send a request that are compared, each with room for as many connections as there are callers. The routes
 * of Camel differ in their last step only; one of them sends a cookie that never changes, which shows what the mere
 * sending of a cookie costs, the site's work included.
 */
final class Contenders implements AutoCloseable {

    /** The one that the others are compared with: camel-http, told to keep no cookies. */
    static final String PLAIN = "camel-http";

    static final String COOKIE_HANDLER = "camel-http cookieHandler";
    static final String FETCH = "sessions:fetch";
    static final String RENEWED = "sessions:fetch renewalUri";

    private static final int CONNECTIONS = 200;

    private final SiteProcess site;
    private final List<Integer> sizes;
    private final String query;
    private final int connections;
    private final CamelContext context = new DefaultCamelContext();
    private final HttpClientLoop client;
    private final List<Contender> all = new ArrayList<>();

    private Contenders(SiteProcess site, List<Integer> sizes, String query, int connections) {
        this.site = site;
        this.sizes = sizes;
        this.query = query;
        this.connections = connections;
        this.client = new HttpClientLoop();
        HttpClientConfigurer withoutStore = HttpClientBuilder::disableCookieManagement;
        context.getRegistry().bind("withoutStore", withoutStore);
        context.getRegistry().bind("store", new BasicCookieStore());
        context.getRegistry().bind("handler", new InstanceCookieHandler());
    }

    /**
     * The ways to keep cookies.
     *
     * @param sizes the pages that will be asked for
     */
    static Contenders byCookies(SiteProcess site, List<Integer> sizes) throws Exception {
        Contenders made = new Contenders(site, sizes, "", CONNECTIONS);
        made.addWaysToKeepCookies();
        made.context.start();
        return made;
    }

    /**
     * The ways to name a target, each by camel-http with its cookie store and by sessions.
     *
     * @param query       what the pages are asked for with, empty or with its question mark
     * @param connections how many there is room for
     */
    static Contenders byTargets(SiteProcess site, List<Way> ways, List<Integer> sizes, String query, int connections)
            throws Exception {
        Contenders made = new Contenders(site, sizes, query, connections);
        made.addWaysToNameTargets(ways);
        made.context.start();
        return made;
    }

    private void addWaysToKeepCookies() throws Exception {
        String plain = room("?", "") + "&httpClientConfigurer=#withoutStore&clearExpiredCookies=false";
        all.add(client);
        String cookie = "JSESSIONID=" + new UUID(0, 0);
        all.add(new Route(PLAIN, false, (route, page) -> route.to(page + plain)));
        all.add(new Route(
                "camel-http, fixed Cookie",
                true,
                (route, page) -> route.setHeader("Cookie").constant(cookie).to(page + plain)));
        all.add(new Route(
                "camel-http cookie store",
                true,
                (route, page) -> route.to(page + room("?", "") + "&cookieStore=#store")));
        all.add(new Route(COOKIE_HANDLER, true, (route, page) -> route.to(page + plain + "&cookieHandler=#handler")));
        all.add(new Route(FETCH, true, (route, page) -> route.to("sessions:fetch/" + page + room("?", "http."))));
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:renewal").to("sessions:fetch/" + site.url("/login"));
            }
        });
        String renewed = room("?", "http.") + "&sessionId=renewed&renewalUri=direct:renewal";
        all.add(new Route(RENEWED, true, (route, page) -> route.to("sessions:fetch/" + page + renewed)));
    }

    private void addWaysToNameTargets(List<Way> ways) throws Exception {
        String store = room("&", "") + "&cookieStore=#store";
        for (Way way : ways) {
            all.add(new Route(way.camelHttp(), true, (route, page) -> {
                switch (way) {
                    case FIXED -> route.to(withOptions(page, store));
                    case HEADER ->
                        route.setHeader("CamelHttpUri")
                                .constant(page)
                                .to(site.url("/any") + room("?", "") + "&cookieStore=#store");
                    case TO_D ->
                        route.setHeader("page")
                                .constant(path(page))
                                .toD(withOptions(site.url("/${header.page}") + query, store));
                }
            }));
            all.add(new Route(way.sessions(), true, (route, page) -> {
                switch (way) {
                    case FIXED -> route.to(withOptions("sessions:fetch/" + page, room("&", "http.")));
                    case HEADER ->
                        route.setHeader("CamelHttpUri").constant(page).to("sessions:fetch" + room("?", "http."));
                    case TO_D ->
                        route.setHeader("page")
                                .constant(path(page))
                                .toD(withOptions(
                                        "sessions:fetch/" + site.url("/${header.page}") + query, room("&", "http.")));
                }
            }));
        }
    }

    /** Where the target of a request stands. */
    enum Way {
        FIXED("in the endpoint"),
        HEADER("in a header"),
        TO_D("by toD");

        private final String where;

        Way(String where) {
            this.where = where;
        }

        String where() {
            return where;
        }

        String camelHttp() {
            return "camel-http cookie store, target " + where;
        }

        String sessions() {
            return FETCH + ", target " + where;
        }
    }

    private String room(String before, String prefix) {
        return before + prefix + "maxTotalConnections=" + connections + "&" + prefix + "connectionsPerRoute="
                + connections;
    }

    private static String withOptions(String uri, String options) {
        return uri.indexOf('?') < 0 ? uri + "?" + options.substring(1) : uri + options;
    }

    /** The path of a page without its first slash and its query. */
    private String path(String page) {
        int query = page.indexOf('?');
        return page.substring(site.url("/").length(), query < 0 ? page.length() : query);
    }

    List<Contender> all() {
        return all;
    }

    @Override
    public void close() throws Exception {
        context.close();
        client.close();
    }

    private static void check(String contender, int expected, int got) {
        if (got != expected) {
            throw new IllegalStateException(contender + " got " + got + " bytes in place of " + expected);
        }
    }

    /** A loop around HttpClient, without Camel and without cookies. */
    private final class HttpClientLoop implements Contender {

        private final CloseableHttpClient client = HttpClientBuilder.create()
                .disableCookieManagement()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnTotal(connections)
                        .setMaxConnPerRoute(connections)
                        .build())
                .build();

        @Override
        public String name() {
            return "HttpClient";
        }

        @Override
        public boolean keepsCookies() {
            return false;
        }

        @Override
        public void logIn() throws IOException {
            client.execute(new HttpGet(site.url("/login/close")), response -> 0); // the cookie is forgotten
        }

        @Override
        public void get(int size) throws IOException {
            HttpGet request = new HttpGet(site.bytes(size));
            check(
                    name(),
                    size,
                    client.execute(request, response -> EntityUtils.toByteArray(response.getEntity()).length));
        }

        void close() throws IOException {
            client.close();
        }
    }

    /** Routes of Camel, one for each page, called as a bean would call them. */
    private final class Route implements Contender {

        private final String name;
        private final boolean keepsCookies;
        private final ProducerTemplate template = context.createProducerTemplate();
        private final Endpoint login;
        private final List<Endpoint> pages = new ArrayList<>();

        /** @param ending adds to a route the steps that get a page */
        Route(String name, boolean keepsCookies, BiConsumer<ProcessorDefinition<?>, String> ending) throws Exception {
            this.name = name;
            this.keepsCookies = keepsCookies;
            this.login = route(site.url("/login/close"), ending);
            for (int size : sizes) {
                pages.add(route(site.bytes(size) + query, ending));
            }
        }

        private Endpoint route(String page, BiConsumer<ProcessorDefinition<?>, String> ending) throws Exception {
            Endpoint start =
                    context.getEndpoint("direct:" + context.getUuidGenerator().generateUuid());
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    ending.accept(from(start), page);
                }
            });
            return start;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public boolean keepsCookies() {
            return keepsCookies;
        }

        @Override
        public void logIn() throws Exception {
            call(login);
        }

        @Override
        public void get(int size) throws Exception {
            check(name, size, call(pages.get(sizes.indexOf(size))));
        }

        private int call(Endpoint route) throws Exception {
            Exchange answer = template.request(route, exchange -> {});
            if (answer.getException() != null) {
                throw answer.getException();
            }
            byte[] body = answer.getMessage().getBody(byte[].class);
            return body == null ? 0 : body.length;
        }
    }
}
