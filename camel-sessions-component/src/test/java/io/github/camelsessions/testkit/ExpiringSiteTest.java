/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.camelsessions.profile.Totp;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpiringSiteTest {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @RegisterExtension
    static final ExpiringSite site = users().start();

    private final Client anna = new Client(site, "anna");
    private final Client ben = new Client(site, "ben");

    private static ExpiringSite.Builder users() {
        return ExpiringSite.builder().user("anna", "rain & tea").user("ben", "secret");
    }

    @Test
    void aLoginOpensASessionThatPagesAccept() throws Exception {
        HttpResponse<String> login = anna.login("rain & tea");

        assertThat(login.statusCode()).isEqualTo(200);
        assertThat(login.body()).contains("user=anna\n");
        assertThat(login.headers().allValues("Set-Cookie"))
                .hasSize(2)
                .anySatisfy(cookie -> assertThat(cookie).startsWith("sid=").endsWith("; Path=/; HttpOnly"));
        assertThat(anna.get("/page/1?a=b").body()).contains("path=/page/1\n", "user=anna\n", "session=", "answer=");
        assertThat(site.loginsAttempted()).isEqualTo(1);
        assertThat(site.loginsSucceeded("anna")).isEqualTo(1);
        assertThat(site.loginsSucceeded("ben")).isZero();
        assertThat(site.accepted("/page/1")).isEqualTo(1);
        assertThat(site.accepted()).isEqualTo(1);
        assertThat(site.requests()).isEqualTo(2);
    }

    @Test
    void pathsAndFieldsAreTheTestsOwn() throws Exception {
        try (ExpiringSite own = users().loginPath("/account/sign-in")
                .loginFields("username", "pwd")
                .pages("/orders/", "/api/")
                .refusesWith(302)
                .start()) {
            Client client = new Client(own, "anna");

            assertThat(client.get("/orders/1").headers().firstValue("Location")).hasValue("/account/sign-in");
            assertThat(client.get("/account/sign-in").body())
                    .contains(
                            ExpiringSite.LOGIN_TEXT,
                            "action=\"/account/sign-in\"",
                            "name=\"username\"",
                            "name=\"pwd\"");
            assertThat(client.post("/account/sign-in", "username=anna&pwd=rain+%26+tea")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(client.get("/orders/1").body()).contains("path=/orders/1\n", "user=anna\n");
            assertThat(client.post("/api/x", "a=1").statusCode()).isEqualTo(200);
            assertThat(client.get("/login").statusCode()).isEqualTo(404);
            assertThat(own.loginsAttempted("anna")).isEqualTo(1);
        }
    }

    private static final String ANNA = "user=anna&password=rain+%26+tea";

    @Test
    void formsNeedTheTokenOfTheirSession() throws Exception {
        try (ExpiringSite own =
                users().sessionToken("_csrf").expiresAfterUses(3).start()) {
            Client client = new Client(own, "anna");

            assertThat(client.post("/login", ANNA).statusCode()).isEqualTo(403);
            String token = hidden("_csrf", client.get("/login").body());
            assertThat(client.post("/login", ANNA + "&_csrf=" + token + "0").statusCode())
                    .isEqualTo(403);
            assertThat(new Client(own, "anna")
                            .post("/login", ANNA + "&_csrf=" + token)
                            .statusCode())
                    .as("without the cookie that came with it")
                    .isEqualTo(403);
            assertThat(client.post("/login", ANNA + "&_csrf=" + token).statusCode())
                    .isEqualTo(200);
            assertThat(client.post("/page/1", "a=1&_csrf=" + token).statusCode())
                    .as("that of the log-in page")
                    .isEqualTo(403);
            String own1 = hidden("_csrf", client.get("/page/1").body());
            assertThat(client.post("/page/1", "a=1&_csrf=" + own1).statusCode()).isEqualTo(200);
            assertThat(client.post("/page/1", "a=1&_csrf=" + own1).statusCode()).isEqualTo(200);
            assertThat(client.post("/page/1", "a=1&_csrf=" + own1).statusCode())
                    .as("ended, token or not")
                    .isEqualTo(401);
            assertThat(own.loginsSucceeded()).isEqualTo(1);
            assertThat(own.accepted()).isEqualTo(3);
            assertThat(own.acceptedPosts()).isEqualTo(Map.of("a=1", 2));
        }
    }

    @Test
    void eachFormIsTakenOnceAndFromItsReaderOnly() throws Exception {
        try (ExpiringSite own = users().formToken("nonce").start()) {
            Client client = new Client(own, "anna");
            Client other = new Client(own, "ben");
            String shown = hidden("nonce", client.get("/login").body());

            assertThat(other.post("/login", ANNA + "&nonce=" + shown).statusCode())
                    .isEqualTo(403);
            assertThat(client.post("/login", "user=anna&password=wrong&nonce=" + shown)
                            .statusCode())
                    .isEqualTo(401);
            assertThat(client.post("/login", ANNA + "&nonce=" + shown).statusCode())
                    .as("used by the wrong password")
                    .isEqualTo(403);
            client.logInWith("nonce", ANNA);
            other.logInWith("nonce", "user=ben&password=secret");

            String first = hidden("nonce", client.get("/page/1").body());
            String second = hidden("nonce", client.get("/page/1").body());
            assertThat(other.post("/page/1", "a=1&nonce=" + first).statusCode()).isEqualTo(403);
            assertThat(client.post("/page/1", "a=1&nonce=" + second).statusCode())
                    .isEqualTo(200);
            assertThat(client.post("/page/1", "a=1&nonce=" + first).statusCode())
                    .isEqualTo(200);
            assertThat(client.post("/page/1", "a=1&nonce=" + first).statusCode())
                    .as("a second time")
                    .isEqualTo(403);
            assertThat(own.acceptedPosts("a=1")).isEqualTo(2);
            assertThat(own.refused("/page/1")).isEqualTo(2);
        }
    }

    @Test
    void ofOneFormSentOftenAtOnceOneIsTaken() throws Exception {
        try (ExpiringSite own = users().formToken("nonce").start()) {
            Client client = new Client(own, "anna");
            client.logInWith("nonce", ANNA);
            String shown = hidden("nonce", client.get("/page/1").body());

            List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
            for (int n = 0; n < 32; n++) {
                all.add(client.send(client.request("/page/1").POST(BodyPublishers.ofString("a=1&nonce=" + shown))));
            }

            assertThat(all.stream().map(CompletableFuture::join).filter(answer -> answer.statusCode() == 200))
                    .hasSize(1);
            assertThat(own.acceptedPosts("a=1")).isEqualTo(1);
        }
    }

    @Test
    void hiddenFieldsComeBackAsTheyWere() throws Exception {
        try (ExpiringSite own = users().hiddenField("flow", "a \"b\" & c")
                .hiddenField("lang", "en")
                .start()) {
            Client client = new Client(own, "anna");
            String right = "&flow=a+%22b%22+%26+c&lang=en";

            assertThat(client.get("/login").body())
                    .contains("name=\"flow\" value=\"a &quot;b&quot; &amp; c\"", "name=\"lang\" value=\"en\"");
            assertThat(client.post("/login", ANNA + "&lang=en").statusCode()).isEqualTo(403);
            assertThat(client.post("/login", ANNA + right).statusCode()).isEqualTo(200);
            assertThat(client.get("/page/1").body()).contains("name=\"lang\"");
            assertThat(client.post("/page/1", "a=1&flow=x&lang=en").statusCode())
                    .isEqualTo(403);
            assertThat(client.post("/page/1", "a=1" + right).statusCode()).isEqualTo(200);
            assertThat(own.acceptedPosts()).isEqualTo(Map.of("a=1", 1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 303})
    void aFormLeadsOnToAPage(int status) throws Exception {
        try (ExpiringSite own =
                users().form("/orders", "title", "amount").redirectsWith(status).start()) {
            Client client = new Client(own, "anna");
            assertThat(client.get("/orders").statusCode()).isEqualTo(401);
            client.login("rain & tea");

            assertThat(client.get("/orders").body())
                    .contains("user=anna\n", "action=\"/orders\"", "name=\"title\"", "name=\"amount\"");
            HttpResponse<String> sent = client.post("/orders", "title=tea&amount=1");
            assertThat(sent.statusCode()).isEqualTo(status);
            String page = sent.headers().firstValue("Location").orElseThrow();
            assertThat(page).matches("/orders/\\d+");
            assertThat(client.get(page).body()).contains("path=" + page + "\n", "user=anna\n");
            assertThat(client.post("/orders", "title=tea").statusCode())
                    .as("without amount")
                    .isEqualTo(400);
            own.expireNow();
            assertThat(client.post("/orders", "title=tea&amount=1").statusCode())
                    .isEqualTo(401);
            assertThat(own.acceptedPosts()).isEqualTo(Map.of("title=tea&amount=1", 1));
            assertThat(own.refused("/orders")).isEqualTo(3);
        }
    }

    @Test
    void theLoginHasItsOwnActionAndPlaceToLeadTo() throws Exception {
        try (ExpiringSite own = users().loginPath("/account/sign-in")
                .loginAction("/account/do")
                .loginLeadsTo("/home")
                .start()) {
            Client client = new Client(own, "anna");

            assertThat(client.get("/account/sign-in").body()).contains("action=\"/account/do\"");
            assertThat(client.post("/account/sign-in", ANNA).statusCode()).isEqualTo(404);
            assertThat(client.get("/account/do").statusCode()).isEqualTo(404);
            assertThat(client.post("/account/do", "user=anna&password=wrong").statusCode())
                    .isEqualTo(401);
            HttpResponse<String> login = client.post("/account/do", ANNA);
            assertThat(login.statusCode()).isEqualTo(302);
            assertThat(login.headers().firstValue("Location")).hasValue("/home");
            assertThat(client.get("/home").body()).contains("path=/home\n", "user=anna\n");
            assertThat(new Client(own, "ben").get("/home").statusCode()).isEqualTo(401);
        }
    }

    // ---- one-time codes

    private static final String SECRET = "JBSWY3DPEHPK3PXP";

    private static ExpiringSite.Builder codes() {
        return ExpiringSite.builder().user("anna", "rain & tea", SECRET).user("ben", "secret");
    }

    private static String code() {
        return Totp.parse(SECRET).code(Instant.now());
    }

    /** One that is right neither now nor a minute from now or before. */
    private static String wrongCode() {
        Totp totp = Totp.parse(SECRET);
        Set<String> right = IntStream.rangeClosed(-3, 3)
                .mapToObj(step -> totp.code(Instant.now().plusSeconds(30L * step)))
                .collect(Collectors.toSet());
        return IntStream.range(0, 10)
                .mapToObj("%06d"::formatted)
                .filter(code -> !right.contains(code))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aCodeIsAskedForAfterThePassword() throws Exception {
        try (ExpiringSite own = codes().sessionToken("_csrf")
                .codePage("/login/totp", "otp")
                .loginLeadsTo("/home")
                .start()) {
            Client client = new Client(own, "anna");

            assertThat(client.get("/login/totp").statusCode())
                    .as("before the password")
                    .isEqualTo(401);
            assertThat(client.post("/login/totp", "otp=" + code()).statusCode()).isEqualTo(401);
            client.get("/login");
            assertThat(client.get("/login/totp").statusCode())
                    .as("with the cookie of the log-in page")
                    .isEqualTo(401);
            HttpResponse<String> password = client.logInWith("_csrf", ANNA);
            assertThat(password.headers().firstValue("Location")).hasValue("/login/totp");
            assertThat(client.cookies).doesNotContainKey(ExpiringSite.SESSION_COOKIE);
            assertThat(client.get("/home").statusCode())
                    .as("with half a log-in")
                    .isEqualTo(401);
            String page = client.get("/login/totp").body();
            assertThat(page).contains("action=\"/login/totp\"", "name=\"otp\"");
            String token = "&_csrf=" + hidden("_csrf", page);
            assertThat(client.post("/login/totp", "otp=" + wrongCode() + token).statusCode())
                    .isEqualTo(401);
            assertThat(client.post("/login/totp", "otp=" + code()).statusCode()).isEqualTo(403);
            assertThat(own.loginsSucceeded()).isZero();
            HttpResponse<String> login = client.post("/login/totp", "otp=" + code() + token);
            assertThat(login.headers().firstValue("Location")).hasValue("/home");
            assertThat(client.get("/home").body()).contains("user=anna\n");
            assertThat(client.post("/login/totp", "otp=" + code() + token).statusCode())
                    .as("the log-in is over")
                    .isEqualTo(401);
            assertThat(own.loginsAttempted("anna")).isEqualTo(1);
            assertThat(own.loginsSucceeded("anna")).isEqualTo(1);
        }
    }

    @Test
    void aUserWithoutASecretIsAskedForNone() throws Exception {
        try (ExpiringSite own = codes().start()) {
            assertThat(new Client(own, "ben").login("secret").statusCode()).isEqualTo(200);
            assertThat(new Client(own, "anna").login("rain & tea").statusCode()).isEqualTo(302);
        }
    }

    @Test
    void codesAreThoseOfTheRfcAndTakenOnce() {
        String secret = "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"; // appendix B, last six digits
        OneTimeCodes codes = new OneTimeCodes(secret);

        assertThat(codes.accepts("287082", Instant.ofEpochSecond(90))).isFalse();
        assertThat(codes.accepts(null, Instant.ofEpochSecond(59))).isFalse();
        assertThat(codes.accepts("287082", Instant.ofEpochSecond(59))).isTrue();
        assertThat(codes.accepts("287082", Instant.ofEpochSecond(60)))
                .as("once more")
                .isFalse();
        assertThat(codes.accepts("081804", Instant.ofEpochSecond(1111111109))).isTrue();
        assertThat(codes.accepts("353130", Instant.ofEpochSecond(20000000000L))).isTrue();
        assertThat(new OneTimeCodes(secret).accepts("287082", Instant.ofEpochSecond(89)))
                .as("the one before")
                .isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codes().user("eve", "x", "geheim 1"))
                .withMessageNotContaining("geheim");
    }

    // ---- bearer tokens

    private static final Pattern TOKENS =
            Pattern.compile("\"access_token\":\"([^\"]+)\".*\"expires_in\":(\\d+),\"refresh_token\":\"([^\"]+)\"");

    /** Access token, seconds, and refresh token. */
    private static List<String> tokens(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        Matcher tokens = TOKENS.matcher(answer.body());
        assertThat(tokens.find()).as(answer.body()).isTrue();
        return List.of(tokens.group(1), tokens.group(2), tokens.group(3));
    }

    private static HttpResponse<String> refresh(Client client, String token) throws Exception {
        return client.post("/token", "grant_type=refresh_token&refresh_token=" + token);
    }

    @Test
    void aPasswordGivesABearerTokenThatPagesAccept() throws Exception {
        try (ExpiringSite own = users().tokenPath("/token")
                .expiresAfter(Duration.ofMinutes(5))
                .sessionToken("_csrf")
                .refusesWith(302)
                .start()) {
            Client client = new Client(own, "anna");

            assertThat(client.post("/token", "username=anna&password=rain+%26+tea")
                            .body())
                    .contains("unsupported_grant_type");
            assertThat(client.post("/token", "grant_type=password&username=anna&password=secret")
                            .statusCode())
                    .isEqualTo(400);
            List<String> tokens =
                    tokens(client.post("/token", "grant_type=password&username=anna&password=rain+%26+tea"));
            assertThat(tokens.get(1)).isEqualTo("300");
            assertThat(client.get("/page/1").statusCode()).as("without it").isEqualTo(302);
            client.with("Authorization", "Bearer " + tokens.get(0));
            assertThat(client.get("/page/1").body()).contains("user=anna\n");
            assertThat(client.post("/page/1", "{}").statusCode())
                    .as("nothing hidden is needed")
                    .isEqualTo(200);
            client.with("Authorization", "Bearer " + tokens.get(0) + "0");
            HttpResponse<String> refused = client.get("/page/1");
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.headers().firstValue("WWW-Authenticate")).hasValue("Bearer error=\"invalid_token\"");
            assertThat(own.loginsAttempted("anna")).isEqualTo(3);
            assertThat(own.loginsSucceeded("anna")).isEqualTo(1);
        }
    }

    @Test
    void cookiesAreNoBearerTokensNorTheOtherWayRound() throws Exception {
        try (ExpiringSite own = users().tokenPath("/token").start()) {
            Client client = new Client(own, "anna");
            Client browser = new Client(own, "anna");
            List<String> tokens =
                    tokens(client.post("/token", "grant_type=password&username=anna&password=rain+%26+tea"));
            browser.login("rain & tea");

            client.with("Authorization", "Bearer " + browser.cookies.get(ExpiringSite.SESSION_COOKIE));
            browser.cookies.put(ExpiringSite.SESSION_COOKIE, tokens.get(0));

            assertThat(client.get("/page/1").statusCode()).isEqualTo(401);
            assertThat(browser.get("/page/1").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void aRefreshTokenIsTakenOnce() throws Exception {
        try (ExpiringSite own = users().tokenPath("/token").start()) {
            Client client = new Client(own, "anna");
            List<String> first =
                    tokens(client.post("/token", "grant_type=password&username=anna&password=rain+%26+tea"));
            own.expireNow();
            client.with("Authorization", "Bearer " + first.get(0));
            assertThat(client.get("/page/1").statusCode()).isEqualTo(401);

            List<String> second = tokens(refresh(client, first.get(2)));
            client.with("Authorization", "Bearer " + second.get(0));
            assertThat(client.get("/page/1").body()).contains("user=anna\n");
            List<String> third = tokens(refresh(client, second.get(2)));
            assertThat(refresh(client, first.get(2)).statusCode()).isEqualTo(400);
            assertThat(refresh(client, third.get(2)).body())
                    .as("the newest, after an old one came again")
                    .contains("invalid_grant");
            assertThat(own.refreshes()).isEqualTo(2);
            assertThat(own.loginsSucceeded()).isEqualTo(1);
            assertThat(own.loginsAttempted()).isEqualTo(5);
        }
    }

    @Test
    void refreshTokensEndWhenTheTestSaysSo() throws Exception {
        try (ExpiringSite own = users().tokenPath("/token").start()) {
            Client client = new Client(own, "anna");
            List<String> tokens =
                    tokens(client.post("/token", "grant_type=password&username=anna&password=rain+%26+tea"));

            own.expireRefreshTokens();

            assertThat(refresh(client, tokens.get(2)).statusCode()).isEqualTo(400);
            client.with("Authorization", "Bearer " + tokens.get(0));
            assertThat(client.get("/page/1").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aPasswordAloneGivesNoTokenToAUserWithCodes() throws Exception {
        try (ExpiringSite own = codes().tokenPath("/token").start()) {
            Client client = new Client(own, "anna");
            String password = "grant_type=password&username=anna&password=rain+%26+tea";

            assertThat(client.post("/token", password).statusCode()).isEqualTo(400);
            assertThat(client.post("/token", password + "&code=" + wrongCode()).statusCode())
                    .isEqualTo(400);
            tokens(client.post("/token", password + "&code=" + code()));
        }
    }

    @Test
    void bearerTokensOfAnotherUserAreMixUps() throws Exception {
        try (ExpiringSite own = users().tokenPath("/token").start()) {
            Client client = new Client(own, "anna");
            List<String> tokens =
                    tokens(client.post("/token", "grant_type=password&username=anna&password=rain+%26+tea"));
            client.with("Authorization", "Bearer " + tokens.get(0)).get("/page/1");
            assertThat(own.mixUps()).isEmpty();

            client.with(ExpiringSite.USER_HEADER, "ben").get("/page/1");

            assertThat(own.mixUps()).hasSize(1);
        }
    }

    @Test
    void refusalsAskToWaitIfTheTestSaysSo() throws Exception {
        try (ExpiringSite own = users().refusesWith(429).tokenPath("/token").start()) {
            Client client = new Client(own, "anna");
            assertThat(client.get("/page/1").headers().firstValue("Retry-After"))
                    .isEmpty();

            own.retryAfter(Duration.ofSeconds(7));

            assertThat(client.get("/page/1").headers().firstValue("Retry-After"))
                    .hasValue("7");
            assertThat(client.login("wrong").headers().firstValue("Retry-After"))
                    .hasValue("7");
            assertThat(client.post("/token", "").headers().firstValue("Retry-After"))
                    .hasValue("7");
            HttpResponse<String> login = client.login("rain & tea");
            assertThat(login.headers().firstValue("Retry-After")).isEmpty();
            assertThat(client.get("/page/1").headers().firstValue("Retry-After"))
                    .isEmpty();
        }
    }

    private static String hidden(String name, String page) {
        String before = "name=\"" + name + "\" value=\"";
        int start = page.indexOf(before) + before.length();
        return page.substring(start, page.indexOf('"', start));
    }

    @Test
    void eachAnswerIsTheOnlyOneWithItsNumber() throws Exception {
        anna.login("rain & tea");

        assertThat(anna.get("/page/1").body()).isNotEqualTo(anna.get("/page/1").body());
    }

    @Test
    void aLoginLeadsToThePageInItsForm() throws Exception {
        HttpResponse<String> login = anna.post("/login", "user=anna&password=rain+%26+tea&page=%2Fpage%2F7");

        assertThat(login.statusCode()).isEqualTo(302);
        assertThat(login.headers().firstValue("Location")).hasValue("/page/7");
        assertThat(anna.get("/page/7").statusCode()).isEqualTo(200);
    }

    @Test
    void aWrongPasswordOpensNoSession() throws Exception {
        assertThat(anna.login("secret").statusCode()).isEqualTo(401);
        assertThat(new Client(site, "eve").login("secret").statusCode()).isEqualTo(401);

        assertThat(anna.cookies).isEmpty();
        assertThat(site.loginsAttempted()).isEqualTo(2);
        assertThat(site.loginsSucceeded()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 302, 200})
    void aPageWithoutASessionIsRefusedAsConfigured(int status) throws Exception {
        try (ExpiringSite other = users().refusesWith(status).start()) {
            HttpResponse<String> response = new Client(other, "anna").get("/page/1");

            assertThat(response.statusCode()).isEqualTo(status);
            assertThat(response.body().contains(ExpiringSite.LOGIN_TEXT)).isEqualTo(status == 200);
            assertThat(response.headers().firstValue("Location").isPresent()).isEqualTo(status == 302);
            assertThat(other.refused("/page/1")).isEqualTo(1);
            assertThat(other.refused()).isEqualTo(1);
            assertThat(other.accepted()).isZero();
        }
    }

    @Test
    void aSessionAcceptsExactlyItsUsesHoweverManyComeAtOnce() throws Exception {
        try (ExpiringSite other = users().expiresAfterUses(10).start()) {
            Client client = new Client(other, "anna");
            client.login("rain & tea");

            List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
            for (int n = 0; n < 64; n++) {
                all.add(client.send(client.request("/page/" + n)));
            }
            List<Integer> statuses = all.stream()
                    .map(CompletableFuture::join)
                    .map(HttpResponse::statusCode)
                    .toList();

            assertThat(statuses).filteredOn(status -> status == 200).hasSize(10);
            assertThat(statuses).filteredOn(status -> status == 401).hasSize(54);
            assertThat(other.accepted()).isEqualTo(10);
            assertThat(other.refused()).isEqualTo(54);
            client.login("rain & tea");
            assertThat(client.get("/page/1").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aSessionEndsWhenItsTimeIsOver() throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
        try (ExpiringSite other =
                users().expiresAfter(Duration.ofMinutes(5)).clock(now::get).start()) {
            Client client = new Client(other, "anna");
            client.login("rain & tea");

            now.set(Instant.EPOCH.plus(Duration.ofMinutes(5)).minusNanos(1));
            assertThat(client.get("/page/1").statusCode()).isEqualTo(200);
            now.set(Instant.EPOCH.plus(Duration.ofMinutes(5)));
            assertThat(client.get("/page/1").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void aSessionIsRefusedToAnotherIdentityAndLivesOn() throws Exception {
        try (ExpiringSite other = users().boundTo("User-Agent").start()) {
            Client client = new Client(other, "anna").with("User-Agent", "desktop");
            client.login("rain & tea");

            client.with("User-Agent", "phone");
            assertThat(client.get("/page/1").statusCode()).isEqualTo(401);
            client.with("User-Agent", "desktop");
            assertThat(client.get("/page/1").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aSessionOpenedByTheTestBelongsToItsFirstClient() throws Exception {
        try (ExpiringSite other = users().boundTo("User-Agent").start()) {
            Client client = new Client(other, "anna").with("User-Agent", "phone");
            client.cookies.put(ExpiringSite.SESSION_COOKIE, other.newSession("anna"));

            assertThat(client.get("/page/1").body()).contains("user=anna\n");
            client.with("User-Agent", "desktop");
            assertThat(client.get("/page/1").statusCode()).isEqualTo(401);
            assertThat(other.loginsAttempted()).isZero();
        }
    }

    @Test
    void ofManyLoginsAtOnceOneSessionPerUserLives() throws Exception {
        try (ExpiringSite other = users().oneSessionPerUser().start()) {
            Client benToo = new Client(other, "ben");
            benToo.login("secret");
            List<Client> clients = new ArrayList<>();
            List<CompletableFuture<HttpResponse<String>>> logins = new ArrayList<>();
            for (int n = 0; n < 20; n++) {
                Client client = new Client(other, "anna");
                clients.add(client);
                logins.add(client.send(client.loginRequest("rain & tea")));
            }
            logins.forEach(CompletableFuture::join);

            int alive = 0;
            for (Client client : clients) {
                alive += client.get("/page/1").statusCode() == 200 ? 1 : 0;
            }
            assertThat(alive).isEqualTo(1);
            assertThat(benToo.get("/page/1").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void theTestEndsTheSessionsOfOneUserOrOfAll() throws Exception {
        anna.login("rain & tea");
        ben.login("secret");

        site.expireNow("anna");
        assertThat(anna.get("/page/1").statusCode()).isEqualTo(401);
        assertThat(ben.get("/page/1").statusCode()).isEqualTo(200);
        site.expireNow();
        assertThat(ben.get("/page/1").statusCode()).isEqualTo(401);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> site.expireNow("eve"))
                .withMessageContaining("'eve'");
    }

    @Test
    void loginsFailAsOftenAsSaidAndAskToWait() throws Exception {
        site.failLogins(503, 2);
        site.retryAfter(Duration.ofSeconds(7));

        HttpResponse<String> failed = anna.login("rain & tea");
        assertThat(failed.statusCode()).isEqualTo(503);
        assertThat(failed.headers().firstValue("Retry-After")).hasValue("7");
        assertThat(anna.login("rain & tea").statusCode()).isEqualTo(503);
        assertThat(anna.cookies).isEmpty();
        assertThat(anna.login("rain & tea").statusCode()).isEqualTo(200);
        assertThat(site.loginsAttempted("anna")).isEqualTo(3);
        assertThat(site.loginsSucceeded()).isEqualTo(1);
    }

    @Test
    void loginsFailUntilTheyAreRepaired() throws Exception {
        site.failLogins(200);

        assertThat(anna.login("rain & tea").body()).contains(ExpiringSite.LOGIN_TEXT);
        assertThat(anna.login("rain & tea").body()).contains(ExpiringSite.LOGIN_TEXT);
        assertThat(anna.cookies).isEmpty();
        site.repairLogins();
        assertThat(anna.login("rain & tea").body()).contains("user=anna\n");
    }

    @Test
    void everythingIsRefusedAlthoughLoginsSucceed() throws Exception {
        site.acceptLoginsButRefuseAll();

        assertThat(anna.login("rain & tea").statusCode()).isEqualTo(200);
        assertThat(anna.get("/page/1").statusCode()).isEqualTo(401);
        site.repairLogins();
        assertThat(anna.get("/page/1").statusCode()).isEqualTo(200);
    }

    @Test
    void loginsThatHangStopNothingElse() throws Exception {
        ben.login("secret");
        site.hangLogins();

        List<CompletableFuture<HttpResponse<String>>> hanging = new ArrayList<>();
        for (int n = 0; n < 40; n++) {
            hanging.add(anna.send(anna.loginRequest("rain & tea")));
        }
        site.awaitHangingLogins(40);
        assertThat(ben.get("/page/1").statusCode()).isEqualTo(200);
        assertThat(hanging).noneMatch(CompletableFuture::isDone);
        assertThat(site.highestConcurrentLogins()).isEqualTo(40);
        assertThat(site.loginsSucceeded("anna")).isZero();

        site.releaseLogins();
        assertThat(hanging).allMatch(login -> login.join().statusCode() == 200);
        assertThat(anna.login("rain & tea").statusCode()).isEqualTo(200);
    }

    @Test
    void aLongLoginStopsNothingElse() throws Exception {
        try (ExpiringSite other = users().loginTakes(Duration.ofDays(1)).start()) {
            Client client = new Client(other, "anna");
            CompletableFuture<HttpResponse<String>> login = client.send(client.loginRequest("rain & tea"));

            assertThat(client.get("/page/1").statusCode()).isEqualTo(401);
            assertThat(login).isNotDone();
        }
    }

    @Test
    void aLoginThatTakesTimeSucceeds() throws Exception {
        try (ExpiringSite other = users().loginTakes(Duration.ofMillis(1)).start()) {
            assertThat(new Client(other, "anna").login("rain & tea").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aStatusIsAnsweredAsOftenAsSaidWithoutUsingTheSession() throws Exception {
        try (ExpiringSite other = users().expiresAfterUses(1).start()) {
            Client client = new Client(other, "anna");
            client.login("rain & tea");
            other.status(500, 2);

            assertThat(client.get("/page/1").statusCode()).isEqualTo(500);
            assertThat(client.get("/page/1").statusCode()).isEqualTo(500);
            assertThat(client.get("/page/1").statusCode()).isEqualTo(200);
            assertThat(client.get("/page/1").statusCode()).isEqualTo(401);
            assertThat(other.failed()).isEqualTo(2);
            assertThat(other.accepted()).isEqualTo(1);
            assertThat(other.refused()).isEqualTo(1);
        }
    }

    @Test
    void aRequestWhoseConnectionIsDroppedWasDoneNevertheless() throws Exception {
        anna.login("rain & tea");
        site.dropConnections(1, 42);

        assertThatIOException().isThrownBy(() -> anna.post("/page/1", "order 1"));
        assertThat(site.acceptedPosts("order 1")).isEqualTo(1);
        assertThat(site.dropped()).isEqualTo(1);

        site.dropConnections(0, 42);
        assertThat(anna.post("/page/1", "order 2").statusCode()).isEqualTo(200);
        assertThat(site.dropped()).isEqualTo(1);
    }

    @Test
    void theSeedDecidesWhichConnectionsAreDropped() throws Exception {
        anna.login("rain & tea");
        site.dropConnections(0.5, 42);
        List<Boolean> first = drops();
        site.dropConnections(0.5, 42);

        assertThat(drops()).isEqualTo(first).contains(true, false);
    }

    private List<Boolean> drops() throws InterruptedException {
        List<Boolean> drops = new ArrayList<>();
        for (int n = 0; n < 20; n++) {
            try {
                anna.post("/page/1", "");
                drops.add(false);
            } catch (IOException e) {
                drops.add(true);
            }
        }
        return drops;
    }

    @Test
    void aSlowPageIsJudgedWhenItComes() throws Exception {
        anna.login("rain & tea");
        CompletableFuture<HttpResponse<String>> first = anna.send(anna.request("/slow/1"));
        CompletableFuture<HttpResponse<String>> second = anna.send(anna.request("/slow/2"));
        site.awaitSlow(2);
        site.expireNow();

        assertThat(anna.get("/slow/3").statusCode()).isEqualTo(401);
        assertThat(site.releaseSlow("/slow/2")).isEqualTo(1);
        assertThat(second.join().body()).contains("path=/slow/2\n");
        assertThat(first).isNotDone();
        assertThat(site.releaseSlow()).isEqualTo(1);
        assertThat(first.join().statusCode()).isEqualTo(200);
        assertThat(site.highestConcurrency()).isEqualTo(3);
        assertThat(site.releaseSlow()).isZero();
    }

    @Test
    void aLatePageIsJudgedWhenItIsReleased() throws Exception {
        anna.login("rain & tea");
        CompletableFuture<HttpResponse<String>> late = anna.send(anna.request("/late/1"));
        site.awaitSlow(1);
        site.expireNow();
        site.releaseSlow();

        assertThat(late.join().statusCode()).isEqualTo(401);
        assertThat(site.refused("/late/1")).isEqualTo(1);
    }

    @Test
    void aForbiddenPageIsForbiddenInAnySession() throws Exception {
        anna.login("rain & tea");

        assertThat(anna.get("/forbidden/1").statusCode()).isEqualTo(403);
        assertThat(ben.get("/forbidden/1").statusCode()).isEqualTo(403);
        assertThat(site.requests("/forbidden/1")).isEqualTo(2);
        assertThat(site.refused()).isZero();
    }

    @Test
    void echoShowsTheRequestAndUnknownPagesAreMissing() throws Exception {
        assertThat(anna.with("X-Test", "42").post("/echo?a=b", "Kräuter").body())
                .startsWith("POST /echo?a=b\n")
                .contains("X-test: 42\n")
                .endsWith("\n\nKräuter");
        assertThat(anna.get("/nothing").statusCode()).isEqualTo(404);
        assertThat(anna.get("/login").body()).contains(ExpiringSite.LOGIN_TEXT);
        assertThat(site.loginsAttempted()).isZero();
    }

    @Test
    void acceptedPostsAreCountedByKeyOrBody() throws Exception {
        anna.post("/page/1", "refused");
        anna.login("rain & tea");
        anna.post("/page/1", "order 1");
        anna.with(ExpiringSite.KEY_HEADER, "k1");
        anna.post("/page/1", "order 1");

        assertThat(anna.post("/page/2", "order 2").body()).contains("key=k1\n");
        assertThat(site.acceptedPosts())
                .containsOnlyKeys("order 1", "k1")
                .containsEntry("order 1", 1)
                .containsEntry("k1", 2);
    }

    @Test
    void aSessionOfAnotherUserIsNoticed() throws Exception {
        anna.with(ExpiringSite.USER_HEADER, "anna").login("rain & tea");
        anna.get("/page/1");
        assertThat(site.mixUps()).isEmpty();

        anna.with(ExpiringSite.USER_HEADER, "ben").get("/page/1");
        assertThat(site.mixUps()).hasSize(1).first().asString().startsWith("/page/1: a request for ben in session");
    }

    @Test
    void aCookieOfTheSessionBeforeIsNoticed() throws Exception {
        anna.login("rain & tea");
        String before = anna.cookies.get(ExpiringSite.PAGE_COOKIE);
        anna.login("rain & tea");
        anna.get("/page/1");
        assertThat(site.staleCookies()).isEmpty();

        anna.cookies.put(ExpiringSite.PAGE_COOKIE, before);
        anna.get("/page/1");
        assertThat(site.staleCookies()).hasSize(1).first().asString().contains("from session " + before + " in");
    }

    @Test
    void aResetEndsSessionsFaultsAndCounts() throws Exception {
        anna.login("rain & tea");
        CompletableFuture<HttpResponse<String>> slow = anna.send(
                anna.request("/slow/1").POST(BodyPublishers.noBody())); // a GET would be sent again by the JDK's client
        site.awaitSlow(1);
        site.failLogins(503);
        site.hangLogins();
        CompletableFuture<HttpResponse<String>> login = ben.send(ben.loginRequest("secret"));
        site.awaitHangingLogins(1);

        site.reset();

        assertThat(slow).failsWithin(Duration.ofMinutes(1));
        assertThat(login).failsWithin(Duration.ofMinutes(1));
        assertThat(site.accepted() + site.loginsSucceeded()).isZero();
        assertThat(anna.get("/page/1").statusCode()).isEqualTo(401);
        assertThat(ben.login("secret").statusCode()).isEqualTo(200);
        assertThat(site.highestConcurrency()).isEqualTo(1);
    }

    @Test
    void tenThousandRequestsOfFiftyClientsGetTheirOwnAnswersFromAFixedNumberOfThreads() throws Exception {
        int clients = 50;
        int each = 200;
        ExpiringSite.Builder builder = ExpiringSite.builder().expiresAfterUses(30);
        for (int n = 0; n < clients; n++) {
            builder.user("user-" + n, "secret");
        }
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        Set<String> answers = ConcurrentHashMap.newKeySet();
        try (ExpiringSite other = builder.start()) {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<?>> runs = new ArrayList<>();
            for (int n = 0; n < clients; n++) {
                Client client = new Client(other, "user-" + n).with(ExpiringSite.USER_HEADER, "user-" + n);
                runs.add(threads.submit(() -> {
                    start.await();
                    for (int page = 1; page <= each; page++) {
                        String path = "/page/" + client.user + "/" + page;
                        HttpResponse<String> response = client.get(path);
                        if (response.statusCode() == 401) {
                            client.cookies.clear();
                            client.login("secret");
                            response = client.get(path);
                        }
                        assertThat(response.body()).contains("path=" + path + "\n", "user=" + client.user + "\n");
                        answers.add(response.body().replaceAll("(?s).*answer=(\\d+).*", "$1"));
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> run : runs) {
                run.get();
            }

            assertThat(answers).hasSize(clients * each);
            assertThat(other.accepted()).isEqualTo(clients * each);
            assertThat(other.loginsSucceeded()).isEqualTo(clients * 7);
            assertThat(other.refused()).isEqualTo(clients * 7);
            assertThat(other.highestConcurrency()).isBetween(1, clients);
            assertThat(other.mixUps()).isEmpty();
            assertThat(other.staleCookies()).isEmpty();
            assertThat(siteThreads()).hasSizeLessThanOrEqualTo(2 * 17);
        } finally {
            threads.shutdownNow();
        }
    }

    private static Set<String> siteThreads() {
        Set<String> names = new HashSet<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("expiring-site-")) {
                names.add(thread.getName() + "@" + thread.getId());
            }
        }
        return names;
    }

    @Test
    void wrongRulesAreNamed() {
        assertThatIllegalStateException()
                .isThrownBy(() -> ExpiringSite.builder().start())
                .withMessageContaining("user(name, password)");
        assertThatIllegalArgumentException().isThrownBy(() -> users().expiresAfterUses(0));
        assertThatIllegalArgumentException().isThrownBy(() -> users().expiresAfter(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> users().loginTakes(Duration.ofSeconds(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> users().refusesWith(204));
        assertThatIllegalArgumentException().isThrownBy(() -> site.status(99, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> site.failLogins(503, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> site.dropConnections(1.1, 0));
    }

    @Test
    void aSiteOfAClassClosesAfterTheClassAndIsResetBeforeEachTest() throws Exception {
        ExpiringSite other = users().start();
        other.beforeAll(context("class"));
        other.beforeAll(context("nested"));
        Client client = new Client(other, "anna");
        client.login("rain & tea");
        other.beforeEach(context("test"));

        assertThat(client.get("/page/1").statusCode()).isEqualTo(401);
        other.afterEach(context("test"));
        other.afterAll(context("nested"));
        assertThat(client.get("/page/1").statusCode()).isEqualTo(401);
        other.afterAll(context("class"));
        assertThatIOException().isThrownBy(() -> client.get("/page/1"));
    }

    @Test
    void aSiteOfAnInstanceClosesAfterItsTest() throws Exception {
        ExpiringSite other = users().start();
        Client client = new Client(other, "anna");
        client.login("rain & tea");
        other.beforeEach(context("test"));

        assertThat(client.get("/page/1").statusCode()).isEqualTo(200);
        other.afterEach(context("test"));
        assertThatIOException().isThrownBy(() -> client.get("/page/1"));
    }

    @Nested
    class Nest {
        @Test
        void aSiteOfTheOuterClassAnswersInNestedOnes() throws Exception {
            assertThat(anna.login("rain & tea").statusCode()).isEqualTo(200);
        }
    }

    @Nested
    class SecondNest {
        @Test
        void aSiteOfTheOuterClassOutlivesNestedOnes() throws Exception {
            assertThat(anna.login("rain & tea").statusCode()).isEqualTo(200);
        }
    }

    private static ExtensionContext context(String id) {
        return (ExtensionContext) Proxy.newProxyInstance(
                ExpiringSiteTest.class.getClassLoader(),
                new Class<?>[] {ExtensionContext.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("getUniqueId")) {
                        return id;
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    /** A client with the simplest of cookie jars, names to values. */
    private static final class Client {
        private final ConcurrentHashMap<String, String> cookies = new ConcurrentHashMap<>();
        private final ConcurrentHashMap<String, String> headers = new ConcurrentHashMap<>();
        private final ExpiringSite site;
        private final String user;

        Client(ExpiringSite site, String user) {
            this.site = site;
            this.user = user;
        }

        Client with(String header, String value) {
            headers.put(header, value);
            return this;
        }

        HttpResponse<String> login(String password) throws IOException, InterruptedException {
            return answer(CLIENT.send(loginRequest(password).build(), BodyHandlers.ofString()));
        }

        /** Sends the form of the log-in page with what is in its hidden field. */
        HttpResponse<String> logInWith(String field, String form) throws IOException, InterruptedException {
            return post(
                    "/login",
                    form + "&" + field + "=" + hidden(field, get("/login").body()));
        }

        HttpRequest.Builder loginRequest(String password) {
            String form =
                    "user=" + user + "&password=" + password.replace("&", "%26").replace(' ', '+');
            return request("/login").POST(BodyPublishers.ofString(form));
        }

        HttpResponse<String> get(String path) throws IOException, InterruptedException {
            return answer(CLIENT.send(request(path).build(), BodyHandlers.ofString()));
        }

        HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
            HttpRequest request =
                    request(path).POST(BodyPublishers.ofString(body)).build();
            return answer(CLIENT.send(request, BodyHandlers.ofString()));
        }

        CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request) {
            return CLIENT.sendAsync(request.build(), BodyHandlers.ofString()).thenApply(this::answer);
        }

        HttpRequest.Builder request(String path) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(site.url(path)));
            headers.forEach(request::header);
            if (!cookies.isEmpty()) {
                List<String> pairs = new ArrayList<>();
                cookies.forEach((name, value) -> pairs.add(name + "=" + value));
                request.header("Cookie", String.join("; ", pairs));
            }
            return request;
        }

        private HttpResponse<String> answer(HttpResponse<String> response) {
            for (String cookie : response.headers().allValues("Set-Cookie")) {
                String[] pair = cookie.replaceFirst(";.*", "").split("=", 2);
                cookies.put(pair[0], pair[1]);
            }
            return response;
        }
    }
}
