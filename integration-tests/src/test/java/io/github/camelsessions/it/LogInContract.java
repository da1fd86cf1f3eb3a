/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionsConstants;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a recipe of src-docs/login.adoc, which has three properties, does at a real server: logs in, sees that the session
 * has ended, and logs in again once for all callers, of which none is lost and none served twice. The user of the server is
 * {@value #USER}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LogInContract {

    static final String USER = "anna";
    static final String PASSWORD = "s3cret";

    static final int ROUNDS = 3;
    static final int CALLERS = 16; // of each kind

    @TempDir
    private Path folder;

    private Main main;

    // ---- the server, which the test class starts before all and stops after all

    /** The name of the snippet with the properties. */
    abstract String recipe();

    /** The address of the application, without a slash at the end. */
    abstract String url();

    /** The path of a page behind the log-in. */
    String page() {
        return "/orders";
    }

    /** What that page says to those who are logged in. */
    String welcome() {
        return "orders</h1>";
    }

    /** The path of a page with a form, and options of {@code sessions:submit} that send the header {@code title} by it. */
    String form() {
        return "/orders?field.title=${header.title}";
    }

    /** The snippets with what else is needed to see the end of the session in the refusal of a form. */
    String[] refusedForms() {
        return new String[0];
    }

    /** Ends all sessions, as the server does when their time is over. */
    abstract void endSessions() throws Exception;

    /** How many log-ins have succeeded. */
    abstract int logIns() throws Exception;

    /** How many log-ins were refused. */
    abstract int refusedLogIns() throws Exception;

    /** The titles that the form has brought, as often as it has. */
    abstract List<String> titles() throws Exception;

    /** What a trial says of a log-in that succeeds, in this order, with https://portal.example for the application. */
    abstract String[] explanation();

    // ---- the client

    /**
     * Starts a client with the recipe.
     *
     * @param more names of snippets with further properties
     */
    ProducerTemplate start(String password, String... more) throws Exception {
        Path profiles = Files.writeString(folder.resolve("profiles.yaml"), snippet("login-profiles"));
        Properties given = new Properties();
        given.load(new StringReader(located(snippet(recipe()))));
        assertThat(given).as("properties of recipe %s", recipe()).hasSize(3);
        for (String name : more) {
            given.load(new StringReader(located(snippet(name))));
        }
        main = new Main();
        main.setDefaultPropertyPlaceholderLocation("false");
        given.forEach((name, value) -> main.addInitialProperty(
                name.toString(), value.toString().replace("file:profiles.yaml", "file:" + profiles)));
        main.addInitialProperty("portal.anna.password", password);
        main.start();
        return main.getCamelContext().createProducerTemplate();
    }

    @AfterEach
    void stop() {
        if (main != null) {
            main.stop();
        }
    }

    private static String snippet(String name) throws IOException {
        return Recipes.snippet(name);
    }

    private String located(String text) {
        return text.replace("https://portal.example", url());
    }

    static String text(Exchange done) {
        assertThat(done.getException()).isNull();
        return done.getMessage().getBody(String.class);
    }

    Callable<Exchange> fetch(ProducerTemplate template) {
        return () -> template.request("sessions:fetch/" + url() + page() + "?method=GET", exchange -> {});
    }

    Callable<Exchange> submit(ProducerTemplate template, String title) {
        return () -> template.request(
                "sessions:submit/" + url() + form(),
                exchange -> exchange.getMessage().setHeader("title", title));
    }

    static List<Exchange> atOnce(List<Callable<Exchange>> calls) throws Exception {
        CyclicBarrier start = new CyclicBarrier(calls.size());
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        try {
            List<Future<Exchange>> sent = calls.stream()
                    .map(call -> threads.submit(() -> {
                        start.await();
                        return call.call();
                    }))
                    .toList();
            List<Exchange> done = new ArrayList<>();
            for (Future<Exchange> future : sent) {
                done.add(future.get());
            }
            return done;
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aSessionThatHasEndedCostsOneLogInAndNothingIsLostOrSentTwice() throws Exception {
        ProducerTemplate template = start(PASSWORD);
        int logInsBefore = logIns();
        List<String> titlesBefore = titles();
        assertThat(text(fetch(template).call())).contains(welcome());
        assertThat(logIns()).as("log-ins of a new session").isEqualTo(logInsBefore + 1);

        List<String> sent = new ArrayList<>(titlesBefore);
        for (int round = 1; round <= ROUNDS; round++) {
            endSessions();
            List<Callable<Exchange>> calls = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                String title = getClass().getSimpleName() + "-" + round + "-" + i;
                sent.add(title);
                calls.add(fetch(template));
                calls.add(submit(template, title));
            }
            List<Exchange> done = atOnce(calls);

            for (int i = 0; i < done.size(); i += 2) {
                assertThat(text(done.get(i))).as("page of round %d", round).contains(welcome());
                assertThat(text(done.get(i + 1))).as("form of round %d", round).contains(welcome());
            }
            assertThat(logIns()).as("log-ins after round %d", round).isEqualTo(logInsBefore + 1 + round);
            assertThat(titles()).as("titles after round %d", round).containsExactlyInAnyOrderElementsOf(sent);
        }
    }

    @Test
    void aFormWhoseSessionEndsBehindItsPageIsSentAgainWithItsPage() throws Exception {
        ProducerTemplate template = start(PASSWORD, refusedForms());
        String[] form = form().split("[?]", 2);
        String title = getClass().getSimpleName() + "-late";
        Exchange page = template.request("sessions:fetch/" + url() + form[0] + "?method=GET", exchange -> {});
        String text = text(page);
        int before = logIns();

        endSessions();
        Exchange done = template.request("sessions:submit?" + form[1], exchange -> {
            exchange.getMessage().setHeaders(page.getMessage().getHeaders());
            exchange.getMessage().setHeader("title", title);
            exchange.getMessage().setBody(text);
        });

        assertThat(text(done)).contains(welcome());
        assertThat(titles()).containsOnlyOnce(title);
        assertThat(logIns()).isEqualTo(before + 1);
    }

    @Test
    void aWrongPasswordIsTriedOnceAndToldToAll() throws Exception {
        ProducerTemplate template = start("wrong");
        int refusedBefore = refusedLogIns();
        List<Callable<Exchange>> calls = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            calls.add(fetch(template));
        }

        assertThat(atOnce(calls))
                .allSatisfy(done -> assertThat(done.getException())
                        .isInstanceOf(SessionRenewalException.class)
                        .hasMessageContaining(
                                "the site does not accept user name or password of client profile 'anna'"));
        // the server may write down what it has refused after its answer
        await().untilAsserted(() -> assertThat(refusedLogIns()).isEqualTo(refusedBefore + 1));
    }

    @Test
    void aTrialTellsWhatTheLogInDid() throws Exception {
        Exchange done = start(PASSWORD).request("sessions:login?explain=true&site=portal", exchange -> {});

        String text = text(done).replace(url(), "https://portal.example");
        assertThat(text)
                .startsWith("log-in of session 'portal/0' with client profile 'anna', as a trial: no session changes\n")
                .containsSubsequence(explanation())
                .contains("\nlogged in: ")
                .doesNotContain(PASSWORD);
        assertThat(done.getMessage().getHeader(SessionsConstants.VALID)).isEqualTo(true);
    }

    @Test
    void aTrialTellsThatThePasswordIsWrong() throws Exception {
        Exchange done = start("wrong").request("sessions:login?explain=true&site=portal", exchange -> {});

        assertThat(text(done))
                .contains("\nnot logged in: ")
                .contains("the site does not accept user name or password of client profile 'anna'")
                .doesNotContain("wrong");
        assertThat(done.getMessage().getHeader(SessionsConstants.VALID)).isEqualTo(false);
    }
}
