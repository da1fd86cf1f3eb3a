/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.crawl;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.CookieManager;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The site and the proxies do what the example says of them; else its numbers would tell nothing. */
class CrawlSiteTest {

    private CrawlSite site;
    private CrawlProxy proxy;

    @BeforeEach
    void start() throws Exception {
        site = new CrawlSite();
        proxy = new CrawlProxy("127.0.0.2", Map.of("anna", "secret", "ben", "secret"));
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        site.close();
    }

    @Test
    void withoutASessionThereIsNothingToSee() throws Exception {
        assertThat(new Client().get("/page/1").statusCode()).isEqualTo(403);
    }

    @Test
    void aWrongPasswordOpensNoSession() throws Exception {
        Client client = new Client();

        assertThat(client.login("wrong").statusCode()).isEqualTo(401);
        assertThat(client.get("/page/1").statusCode()).isEqualTo(403);
    }

    @Test
    void aSessionEndsAfterItsRequests() throws Exception {
        Client client = new Client().loggedIn();

        for (int use = 1; use <= CrawlSite.USES; use++) {
            assertThat(client.get("/page/" + use).statusCode()).isEqualTo(200);
        }
        assertThat(client.get("/page/1").statusCode()).isEqualTo(403);
        assertThat(site.counts("test").refused()).hasValue(1);
    }

    @Test
    void eachTenthSessionEndsEarlier() throws Exception {
        Client client = new Client();
        for (int login = 1; login <= CrawlSite.SUSPECTED; login++) {
            client.loggedIn();
        }

        for (int use = 1; use <= CrawlSite.FEW_USES; use++) {
            assertThat(client.get("/page/1").statusCode()).isEqualTo(200);
        }
        assertThat(client.get("/page/1").statusCode()).isEqualTo(403);
        assertThat(site.counts("test").suspected()).hasValue(1);
        assertThat(site.counts("test").refused()).hasValue(0);
    }

    @Test
    void aSessionBelongsToItsUserAgent() throws Exception {
        Client client = new Client().loggedIn();

        client.agent = "another";

        assertThat(client.get("/page/1").statusCode()).isEqualTo(403);
    }

    @Test
    void aSessionBelongsToItsProxy() throws Exception {
        Client client = new Client().loggedIn();
        Client throughProxy = new Client(client.cookies, proxy);
        throughProxy.credentials = "anna:secret";

        assertThat(throughProxy.get("/page/1").statusCode()).isEqualTo(403);
        throughProxy.loggedIn();
        assertThat(throughProxy.get("/page/1").body()).isEqualTo("This is /page/1, for 127.0.0.2");
        assertThat(proxy.requests()).isEqualTo(3);
    }

    @Test
    void theProxyAsksForCredentials() throws Exception {
        Client client = new Client(new CookieManager(), proxy);

        assertThat(client.get("/page/1").statusCode()).isEqualTo(407);
        client.credentials = "anna:wrong";
        assertThat(client.get("/page/1").statusCode()).isEqualTo(407);

        assertThat(proxy.challenges()).isEqualTo(2);
        assertThat(proxy.requests()).isZero();
    }

    @Test
    void theProxyCountsConnectionsOfTwoUsers() throws Exception {
        Client client = new Client(new CookieManager(), proxy);
        for (String credentials : new String[] {"anna:secret", "anna:secret", "ben:secret"}) {
            assertThat(proxy.sharedConnections()).isZero();
            client.credentials = credentials;
            client.get("/page/1");
        }

        assertThat(proxy.connections()).isEqualTo(1);
        assertThat(proxy.sharedConnections()).isEqualTo(1);
    }

    private final class Client {
        private final CookieManager cookies;
        private final HttpClient http;
        private String agent = "test";
        private String credentials;

        Client() {
            this(new CookieManager(), null);
        }

        Client(CookieManager cookies, CrawlProxy proxy) {
            this.cookies = cookies;
            HttpClient.Builder builder =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).cookieHandler(cookies);
            if (proxy != null) {
                URI url = URI.create(proxy.url());
                builder.proxy(ProxySelector.of(new InetSocketAddress(url.getHost(), url.getPort())));
            }
            http = builder.build();
        }

        Client loggedIn() throws Exception {
            assertThat(login("2+000+pages+%26+more").statusCode()).isEqualTo(200);
            return this;
        }

        HttpResponse<String> login(String password) throws Exception {
            return send(HttpRequest.newBuilder(URI.create(site.url() + "/login"))
                    .POST(BodyPublishers.ofString("user=crawler&password=" + password)));
        }

        HttpResponse<String> get(String path) throws Exception {
            return send(HttpRequest.newBuilder(URI.create(site.url() + path)));
        }

        private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
            request.setHeader("User-Agent", agent);
            if (credentials != null) {
                request.setHeader(
                        "Proxy-Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes()));
            }
            return http.send(request.build(), BodyHandlers.ofString());
        }
    }
}
