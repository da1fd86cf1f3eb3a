/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.testkit.ExpiringSite;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * How to test a project as it is: its properties, profiles and routes in {@code orders/} are those of production, and run
 * against the two sites because their addresses are properties.
 */
class ExpiringSiteProjectTest {

    private static final String USER = "shop@acme.example";
    private static final String PASSWORD = "rain & tea";
    private static final String TOTP = "otpauth://totp/shop?secret=JBSWY3DPEHPK3PXP&period=2";

    @RegisterExtension
    static final ExpiringSite portal = ExpiringSite.builder()
            .user(USER, PASSWORD, TOTP)
            .loginPath("/account/sign-in")
            .loginAction("/account/do-sign-in")
            .loginFields("email", "pass")
            .codePage("/account/code", "otp")
            .loginLeadsTo("/")
            .sessionToken("_csrf")
            .formToken("nonce")
            .hiddenField("tenant", "acme")
            .form("/orders", "title")
            .redirectsWith(303)
            .refusesWith(302)
            .expiresAfterUses(20)
            .start();

    @RegisterExtension
    static final ExpiringSite api = ExpiringSite.builder()
            .user(USER, PASSWORD)
            .tokenPath("/oauth/token")
            .pages("/v1/")
            .expiresAfterUses(20)
            .start();

    private final Main main = new Main();
    private ProducerTemplate template;

    @BeforeEach
    void startTheProject() {
        main.setPropertyPlaceholderLocations("classpath:orders/application.properties");
        main.addOverrideProperty("portal.url", portal.url());
        main.addOverrideProperty("api.url", api.url());
        main.addOverrideProperty("shop.password", PASSWORD);
        main.addOverrideProperty("shop.totp", TOTP);
        main.start();
        template = main.getCamelContext().createProducerTemplate();
    }

    @AfterEach
    void stopTheProject() {
        main.stop();
    }

    @Test
    void eachOrderIsPlacedOnceThoughSessionsEnd() throws Exception {
        TreeMap<String, Integer> once = new TreeMap<>();
        List<Exchange> sent = inParallel(50, n -> {
            once.put("title=book+" + n, 1);
            return () -> template.request(
                    "direct:order", message -> message.getMessage().setHeader("title", "book " + n));
        });

        assertThat(sent)
                .allSatisfy(exchange -> assertThat(exchange.getException()).isNull());
        assertThat(portal.acceptedPosts()).isEqualTo(once);
        assertThat(portal.loginsSucceeded()).isGreaterThan(5);
        assertThat(portal.staleCookies()).isEmpty();
    }

    @Test
    void tokensAreRefreshedAndThePasswordIsUsedOnce() throws Exception {
        List<Exchange> fetched = inParallel(
                100,
                n -> () -> template.request(
                        "direct:stock", message -> message.getMessage().setHeader("X-User", USER)));

        assertThat(fetched)
                .allSatisfy(exchange -> assertThat(exchange.getMessage().getBody(String.class))
                        .contains("path=/v1/stock\n", "user=" + USER + "\n"));
        assertThat(api.loginsSucceeded()).isEqualTo(1);
        assertThat(api.refreshes()).isBetween(4, 6); // a sixth session when answers were stale, and fetched again
        assertThat(api.mixUps()).isEmpty();

        api.expireRefreshTokens();
        api.expireNow();
        assertThat(template.requestBody("direct:stock", null, String.class)).contains("user=" + USER + "\n");
        assertThat(api.loginsSucceeded()).isEqualTo(2);
    }

    private interface Sending {
        Callable<Exchange> of(int n);
    }

    private static List<Exchange> inParallel(int count, Sending sending) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Exchange>> all = new ArrayList<>();
            for (int n = 1; n <= count; n++) {
                all.add(threads.submit(sending.of(n)));
            }
            List<Exchange> done = new ArrayList<>();
            for (Future<Exchange> one : all) {
                done.add(one.get(60, TimeUnit.SECONDS));
            }
            return done;
        } finally {
            threads.shutdownNow();
        }
    }
}
