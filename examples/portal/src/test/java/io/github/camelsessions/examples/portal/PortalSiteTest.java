/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.portal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
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

        assertThat(ben.get("/latest").uri()).hasPath("/orders/3");
        assertThat(ben.get("/orders/4").statusCode()).isEqualTo(404);
    }

    @Test
    void thePageShowsTheUserAgentAsText() throws Exception {
        Browser ben = new Browser().loggedInAs("ben");

        assertThat(ben.get("/orders", "Agent <1> & \"2\"").body())
                .contains("<p>agent: Agent &lt;1&gt; &amp; &quot;2&quot;</p>");
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

        HttpResponse<String> get(String path) throws IOException, InterruptedException {
            return get(path, "test");
        }

        HttpResponse<String> get(String path, String userAgent) throws IOException, InterruptedException {
            return get(URI.create(site.url() + path), userAgent);
        }

        HttpResponse<String> get(URI uri, String userAgent) throws IOException, InterruptedException {
            HttpRequest request =
                    HttpRequest.newBuilder(uri).header("User-Agent", userAgent).build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }

        HttpResponse<String> login(String user, String password) throws IOException, InterruptedException {
            String form = "j_username=" + encode(user) + "&j_password=" + encode(password);
            HttpRequest request = HttpRequest.newBuilder(URI.create(site.url() + "/j_security_check"))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(form))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
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
