/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** A trial of a log-in tells what it did, hop by hop, and changes no session. */
class LogInExplainTest {

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final LoopbackSite site = new LoopbackSite();
    private final LoopbackSite identity = new LoopbackSite();

    @TempDir
    Path folder;

    @BeforeEach
    void pages() {
        site.page("/login", http -> {
            http.getResponseHeaders().add("Set-Cookie", "visit=geheim1; Path=/");
            http.getResponseHeaders().add("Location", identity.url() + "/auth?client_id=portal&state=geheim2");
            LoopbackSite.answer(http, 302, "");
        });
        identity.page("/auth", http -> {
            http.getResponseHeaders().add("Set-Cookie", "AUTH=geheim3; Path=/");
            http.getResponseHeaders().add("Content-Type", "text/html");
            LoopbackSite.answer(http, 200, page());
        });
        identity.page("/do", http -> {
            if (LoopbackSite.body().contains("password=geheim5")) {
                http.getResponseHeaders().add("Location", site.url() + "/back?code=geheim4");
                LoopbackSite.answer(http, 302, "");
            } else {
                http.getResponseHeaders().add("Content-Type", "text/html");
                LoopbackSite.answer(http, 200, page());
            }
        });
        site.page("/back", http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=geheim6; Path=/");
            http.getResponseHeaders().add("Content-Type", "text/html");
            LoopbackSite.answer(http, 200, "<meta name=csrf content=geheim7><h1>Welcome");
        });
    }

    private static String page() {
        return "<title>Sign in to portal</title><form id=kc action=/do method=post><input name=username>"
                + "<input type=password name=password><input type=hidden name=execution value=geheim8>"
                + "<input type=submit name=login value='Sign in'></form>";
    }

    @AfterEach
    void close() throws IOException {
        context.close();
        site.close();
        identity.close();
    }

    private Path profiles(String password) throws IOException {
        return Files.writeString(
                folder.resolve("profiles.yaml"),
                "- name: anna\n  account: {username: anna@portal.example, password: " + password + "}\n");
    }

    private String explained(String password, boolean loggedIn) throws Exception {
        SiteConfiguration portal = new SiteConfiguration();
        portal.setUris(site.url() + "/*");
        portal.setLoginPage(site.url() + "/login");
        portal.setCapture(Map.of("csrf", "css:meta[name=csrf]@content"));
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.setProfiles("file:" + profiles(password));
        component.getSites().put("portal", portal);
        context.start();
        Exchange done = context.createProducerTemplate()
                .request("sessions:login?explain=true&site=portal&sessionId=anna", exchange -> {});
        assertThat(done.getException()).isNull();
        assertThat(done.getMessage().getHeader(SessionsConstants.VALID)).isEqualTo(loggedIn);
        assertThat(Sessions.get(context).site("portal").ids()).isEmpty();
        String text = done.getMessage()
                .getBody(String.class)
                .replace(site.url(), "https://portal.example")
                .replace(identity.url(), "https://id.example");
        assertThat(text).doesNotContain("geheim");
        return text;
    }

    @Test
    void aGoodLogInOverTwoHosts() throws Exception {
        assertThat(explained("geheim5", true)).isEqualTo("""
                log-in of session 'portal/anna' with client profile 'anna', as a trial: no session changes
                1. GET https://portal.example/login -> 302, sets visit
                2. GET https://id.example/auth?client_id&state -> 200, sets AUTH
                   'Sign in to portal' has form #kc (POST /do; username, password and 1 hidden)
                   username = *** from account.username
                   password = *** from account.password
                   as the page has it: execution, login
                3. POST https://id.example/do -> 302
                4. GET https://portal.example/back?code -> 200, sets sid
                logged in: the form did not come again, and no rule calls the last answer expired
                cookies: visit, AUTH, sid
                captured: csrf""");
    }

    @Test
    void aWrongPassword() throws Exception {
        assertThat(explained("geheim9", false))
                .contains(
                        "3. POST https://id.example/do -> 200\nnot logged in: the log-in form came again after it was sent:"
                                + " the site does not accept user name or password of client profile 'anna'");
    }

    @Test
    void aFormThatHasChanged() throws Exception {
        identity.page("/auth", http -> {
            http.getResponseHeaders().add("Content-Type", "text/html");
            LoopbackSite.answer(http, 200, "<form><input name=a><input name=b></form><form><input name=c></form>");
        });

        assertThat(explained("geheim5", false))
                .contains("2. GET https://id.example/auth?client_id&state -> 200\nnot logged in: page ")
                .contains("has several forms, and none with a password");
    }

    @Test
    void aLogInThatNeedsScript() throws Exception {
        identity.page("/auth", http -> {
            http.getResponseHeaders().add("Content-Type", "text/html");
            LoopbackSite.answer(http, 200, "<title>App</title><div id=root></div><script src=app.js></script>");
        });

        assertThat(explained("geheim5", false)).contains("a log-in that needs script is done in a browser");
    }

    @Test
    void aSiteThatIsNotThere() throws Exception {
        identity.close();

        assertThat(explained("geheim5", false)).contains("not logged in: ");
    }

    @Test
    @ResourceLock(Resources.SYSTEM_OUT)
    void theCommandLinePrintsIt() throws Exception {
        Path properties = Files.writeString(
                folder.resolve("application.properties"), """
                camel.component.sessions.sites[portal].uris=%s/*
                camel.component.sessions.sites[portal].loginPage=%s/login
                camel.component.sessions.profiles=file:%s
                """.formatted(site.url(), site.url(), profiles("geheim5")));
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            assertThat(LoginCheck.run(properties.toString(), "portal/anna")).isZero();
            assertThat(LoginCheck.run(properties.toString(), "nowhere")).isEqualTo(2);
            assertThat(LoginCheck.run(folder.resolve("none").toString())).isEqualTo(2);
        } finally {
            System.setOut(before);
        }

        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("log-in of session 'portal/anna'", "logged in: ");
    }
}
