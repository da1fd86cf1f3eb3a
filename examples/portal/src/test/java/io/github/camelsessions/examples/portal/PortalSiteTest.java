/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.portal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PortalSiteTest {

    private static PortalSite site;

    @BeforeAll
    static void startSite() throws IOException {
        site = PortalSite.start();
    }

    @AfterAll
    static void stopSite() throws IOException {
        site.close();
    }

    @Test
    void withoutASessionEachPageIsTheLoginForm() throws Exception {
        HttpResponse<String> response = new Browser().get("/orders/1");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("j_security_check").doesNotContain("user:");
    }

    @Test
    void theLoginLeadsBackToThePageAskedForAndChangesTheSessionId() throws Exception {
        Browser browser = new Browser();
        browser.get("/orders/2");
        String before = browser.sessionId();

        HttpResponse<String> response = browser.login("anna", PortalSite.password("anna"));

        assertThat(response.previousResponse()).map(HttpResponse::statusCode).hasValue(303);
        assertThat(response.uri()).hasPath("/orders/2");
        assertThat(response.body()).contains("<p>user: anna</p>").contains("mint");
        assertThat(browser.sessionId()).isNotEqualTo(before);
    }

    @Test
    void eachUserSeesOnlyTheirOwnData() throws Exception {
        Browser anna = new Browser().loggedInAs("anna");
        Browser ben = new Browser().loggedInAs("ben");

        assertThat(anna.get("/orders/1").body()).contains("<p>user: anna</p>", "thyme");
        assertThat(ben.get("/orders/1").body()).contains("<p>user: ben</p>", "saddle");
        assertThat(anna.get("/account").body()).contains("<p>user: anna</p>", "Kräuterhof");
    }

    @Test
    void aWrongPasswordShowsTheErrorPageAndLogsNobodyIn() throws Exception {
        Browser browser = new Browser();
        browser.get("/account");

        assertThat(browser.login("anna", PortalSite.password("ben")).body()).contains("User or password is wrong");
        assertThat(browser.get("/account").body()).contains("j_security_check");
    }

    @Test
    void aRedirectBehindTheLoginAndAnUnknownPage() throws Exception {
        Browser ben = new Browser().loggedInAs("ben");

        assertThat(ben.get("/latest").uri()).hasPath("/orders/60");
        assertThat(ben.get("/orders/61").statusCode()).isEqualTo(404);
    }

    @Test
    void thePageShowsTheUserAgentAsText() throws Exception {
        Browser ben = new Browser().loggedInAs("ben");

        assertThat(ben.get("/orders", "Agent <1> & \"2\"").body())
                .contains("<p>agent: Agent &lt;1&gt; &amp; &quot;2&quot;</p>");
    }

    @Test
    void aSessionEndsAfterItsRequestsAndALoginBeginsAnother() throws Exception {
        try (PortalSite other = PortalSite.builder().expireAfter(3).start()) {
            Browser anna = new Browser(other).loggedInAs("anna");

            assertThat(anna.get("/orders/1").body()).contains("thyme");
            assertThat(anna.get("/orders/2").body()).contains("mint");
            String before = anna.sessionId();
            assertThat(anna.get("/orders/3").body()).contains("j_security_check");
            assertThat(anna.sessionId()).isNotEqualTo(before);
            assertThat(other.endedSessions()).isEqualTo(1);

            assertThat(anna.login("anna", PortalSite.password("anna")).body()).contains("sage");
            assertThat(anna.get("/orders/1").body()).contains("thyme");
        }
    }

    @Test
    void aSessionNeverAcceptsMoreThanItsRequestsHoweverManyComeAtOnce() throws Exception {
        try (PortalSite other = PortalSite.builder().expireAfter(11).start()) {
            Browser anna = new Browser(other).loggedInAs("anna");

            List<CompletableFuture<HttpResponse<String>>> all = IntStream.range(0, 64)
                    .mapToObj(n -> anna.getLater("/orders/1", "test"))
                    .toList();
            List<HttpResponse<String>> responses =
                    all.stream().map(CompletableFuture::join).toList();

            assertThat(responses).allMatch(response -> response.statusCode() == 200);
            assertThat(responses)
                    .filteredOn(response -> response.body().contains("thyme"))
                    .hasSizeLessThanOrEqualTo(10);
            assertThat(responses)
                    .filteredOn(response -> !response.body().contains("thyme"))
                    .allMatch(response -> response.body().contains("j_security_check"));
            assertThat(other.endedSessions()).isEqualTo(1);
        }
    }

    @Test
    void aSessionEndsWhenAnotherUserAgentComesWithIt() throws Exception {
        try (PortalSite other = PortalSite.builder().boundToUserAgent().start()) {
            Browser ben = new Browser(other).loggedInAs("ben");

            assertThat(ben.get("/orders/1").body()).contains("saddle");
            assertThat(ben.get("/orders/1", "another").body()).contains("j_security_check");
            assertThat(ben.get("/orders/1").body()).contains("j_security_check");
        }
    }

    @Test
    void aLongLoginStopsNobodyElseAndEndsWithTheSite() throws Exception {
        PortalSite other = PortalSite.builder().loginTakes(Duration.ofDays(1)).start();
        try (other) {
            Browser anna = new Browser(other);
            anna.get("/account");
            CompletableFuture<HttpResponse<String>> login = anna.loginLater("anna", PortalSite.password("anna"));

            assertThat(new Browser(other).get("/account").body()).contains("j_security_check");
            assertThat(login).isNotDone();
        }
        assertThat(other.folder()).doesNotExist();
    }

    @Test
    void aLoginThatTakesTimeSucceeds() throws Exception {
        try (PortalSite other =
                PortalSite.builder().loginTakes(Duration.ofMillis(1)).start()) {
            new Browser(other).loggedInAs("anna");
        }
    }

    @Test
    void byDefaultASessionIsNeitherCountedNorBound() throws Exception {
        Browser ben = new Browser().loggedInAs("ben");

        for (int n = 0; n < 50; n++) {
            assertThat(ben.get("/orders/1", "agent " + n).body()).contains("<p>user: ben</p>");
        }
        assertThat(site.endedSessions()).isZero();
    }

    @Test
    void wrongRulesAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PortalSite.builder().expireAfter(0))
                .withMessageContaining("it was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PortalSite.builder().loginTakes(Duration.ofMillis(-1)));
    }

    @Test
    void aClosedSiteLeavesNoFilesAndNoListener() throws Exception {
        PortalSite other = PortalSite.start();
        String url = other.url();
        other.close();

        assertThat(other.folder()).doesNotExist();
        assertThat(URI.create(url).getPort()).isPositive();
        assertThatIOException().isThrownBy(() -> new Browser().get(URI.create(url), "test"));
    }

    private static final class Browser {
        private final CookieManager cookies = new CookieManager();
        private final HttpClient client = HttpClient.newBuilder()
                .cookieHandler(cookies)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        private final PortalSite site;

        Browser() {
            this(PortalSiteTest.site);
        }

        Browser(PortalSite site) {
            this.site = site;
        }

        HttpResponse<String> get(String path) throws IOException, InterruptedException {
            return get(path, "test");
        }

        HttpResponse<String> get(String path, String userAgent) throws IOException, InterruptedException {
            return get(URI.create(site.url() + path), userAgent);
        }

        HttpResponse<String> get(URI uri, String userAgent) throws IOException, InterruptedException {
            return client.send(request(uri, userAgent).build(), HttpResponse.BodyHandlers.ofString());
        }

        CompletableFuture<HttpResponse<String>> getLater(String path, String userAgent) {
            HttpRequest request =
                    request(URI.create(site.url() + path), userAgent).build();
            return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
        }

        private static HttpRequest.Builder request(URI uri, String userAgent) {
            return HttpRequest.newBuilder(uri).header("User-Agent", userAgent);
        }

        HttpResponse<String> login(String user, String password) throws IOException, InterruptedException {
            return client.send(loginRequest(user, password), HttpResponse.BodyHandlers.ofString());
        }

        CompletableFuture<HttpResponse<String>> loginLater(String user, String password) {
            return client.sendAsync(loginRequest(user, password), HttpResponse.BodyHandlers.ofString());
        }

        private HttpRequest loginRequest(String user, String password) {
            String form = "j_username=" + encode(user) + "&j_password=" + encode(password);
            return request(URI.create(site.url() + "/j_security_check"), "test")
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(form))
                    .build();
        }

        Browser loggedInAs(String user) throws IOException, InterruptedException {
            get("/account");
            assertThat(login(user, PortalSite.password(user)).body()).contains("<p>user: " + user + "</p>");
            return this;
        }

        String sessionId() {
            return cookies.getCookieStore().getCookies().stream()
                    .filter(cookie -> cookie.getName().equals("JSESSIONID"))
                    .map(HttpCookie::getValue)
                    .findFirst()
                    .orElseThrow();
        }

        private static String encode(String value) {
            return URLEncoder.encode(value, StandardCharsets.UTF_8);
        }
    }
}
