/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.RenewalProfile;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.internal.session.SessionClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What outlives a renewal, and how long a log-in is good for. */
class KeepTest {

    private final LoopbackSite site = new LoopbackSite();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2030-01-01T00:00:00Z"));
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final AtomicReference<String> next = new AtomicReference<>("sid=1");
    private final AtomicInteger logIns = new AtomicInteger();
    private final AtomicReference<Object> seen = new AtomicReference<>();

    @TempDir
    Path folder;

    /** Says what time the tests have set; what lasts goes on besides. */
    private final class SetClock implements SessionClock {

        @Override
        public Instant instant() {
            return now.get();
        }

        @Override
        public long monotonicMillis() {
            return now.get().toEpochMilli() + SessionClock.system().monotonicMillis();
        }
    }

    @AfterEach
    void close() throws Exception {
        context.close();
        site.close();
    }

    private Sessions start(String profiles) throws Exception {
        Sessions sessions = Sessions.create(context, new SetClock());
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        if (!profiles.isEmpty()) {
            Path file = folder.resolve("profiles.yaml");
            Files.writeString(file, profiles);
            component.setProfiles("file:" + file);
        }
        component.getConfiguration().setRenewalUri("direct:log-in");
        component.getConfiguration().setKeepCookies("device,trust_*");
        component.getConfiguration().setKeepVariables("refresh");
        component.getConfiguration().setRenewalCooldown(Duration.ofMillis(1));
        component.getConfiguration().setRenewalCooldownMax(Duration.ofMillis(1));
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:log-in")
                        .process(exchange -> logIns.incrementAndGet())
                        .setProperty("before", simple("${sessionVar(refresh)}"))
                        .process(exchange -> seen.set(exchange.getProperty("before")))
                        .process(exchange ->
                                exchange.getMessage().setHeader("CamelHttpUri", site.url() + "/set?" + next.get()))
                        .to("sessions:fetch?method=GET");
            }
        });
        context.start();
        return sessions;
    }

    private void fetch() {
        Exchange done = context.createProducerTemplate()
                .request("sessions:fetch/" + site.url() + "/echo?method=GET", exchange -> {});
        assertThat(done.getException()).isNull();
    }

    private static void renew(NamedSession session) throws Exception {
        session.renew().get(30, TimeUnit.SECONDS);
    }

    @Test
    void whatIsNamedIsThereWhenTheLogInBeginsAndAfterIt() throws Exception {
        NamedSession session = start("").session("0");
        next.set("sid=1&device=d&trust_a=t");
        fetch();
        session.setVariable("refresh", "r1");
        session.setVariable("other", "o");
        next.set("sid=2");

        renew(session);

        assertThat(session.cookieMap())
                .containsOnlyKeys("sid", "device", "trust_a")
                .containsEntry("sid", "2");
        assertThat(session.variables()).containsOnlyKeys("refresh");
        assertThat(seen).hasValue("r1");
        assertThat(site.lastRequest().cookies().toString())
                .contains("device=d", "trust_a=t")
                .doesNotContain("sid");
    }

    @Test
    void itIsNoSignThatALogInSucceeded() throws Exception {
        NamedSession session = start("").session("0");
        next.set("device=d");
        fetch();
        site.page("/set", http -> LoopbackSite.answer(http, 200, "refused"));

        assertThatThrownBy(() -> renew(session))
                .hasCauseInstanceOf(SessionRenewalException.class)
                .hasStackTraceContaining("it left no cookie and no variable");

        site.page("/set", http -> {
            http.getResponseHeaders().add("Set-Cookie", "device=d; Path=/"); // the same, set anew
            LoopbackSite.answer(http, 200, "in");
        });
        session.endCooldown();
        renew(session);
        assertThat(session.cookieMap()).containsOnlyKeys("device");
    }

    @Test
    void aFailedLogInKeepsIt() throws Exception {
        NamedSession session = start("").session("0");
        next.set("device=d");
        fetch();
        site.page("/set", http -> LoopbackSite.answer(http, 403, "refused"));
        assertThatThrownBy(() -> renew(session)).hasCauseInstanceOf(SessionRenewalException.class);
        site.page("/set", http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=3; Path=/");
            LoopbackSite.answer(http, 200, "in");
        });
        session.endCooldown();

        renew(session);

        assertThat(session.cookieMap()).containsOnlyKeys("device", "sid");
    }

    @Test
    void clearAndCloseDropIt() throws Exception {
        Sessions sessions = start("");
        NamedSession session = sessions.session("0");
        next.set("sid=1&device=d");
        fetch();
        session.clear();
        next.set("sid=2");
        fetch();
        assertThat(session.cookieMap()).containsOnlyKeys("sid");

        next.set("sid=3&device=d");
        renew(session);
        session.close().get(30, TimeUnit.SECONDS);
        next.set("sid=4");
        fetch();
        assertThat(session.cookieMap()).containsOnlyKeys("sid");
    }

    @ParameterizedTest
    @CsvSource({"next, false", "same, true"})
    void itBelongsToTheAccount(String renewalProfile, boolean kept) throws Exception {
        NamedSession session = start("- name: anna\n- name: ben\n").session("0");
        context.getComponent("sessions", SessionsComponent.class)
                .getConfiguration()
                .setRenewalProfile(RenewalProfile.valueOf(renewalProfile));
        next.set("sid=1&device=d");
        fetch();
        next.set("sid=2");

        renew(session);

        assertThat(session.cookieMap().containsKey("device")).isEqualTo(kept);
    }

    @Test
    void aSessionIsRenewedBeforeTheTimeThatItsLogInTold() throws Exception {
        NamedSession session = start("").session("0");
        context.getComponent("sessions", SessionsComponent.class)
                .getConfiguration()
                .setRenewAfter("${sessionCookie(sid)}s");
        next.set("sid=1000");
        fetch();
        now.updateAndGet(time -> time.plus(Duration.ofSeconds(849)));
        fetch();
        assertThat(logIns).hasValue(1);

        now.updateAndGet(time -> time.plus(Duration.ofSeconds(52)));
        next.set("sid=nonsense");
        fetch();
        assertThat(logIns).hasValue(2);

        now.updateAndGet(time -> time.plus(Duration.ofDays(1)));
        fetch();
        assertThat(logIns).hasValue(2);
        assertThat(session.stats().orElseThrow().generation()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"keepCookies | device,,x | must be names", "renewAfter | ${nosuch} | is no expression"})
    void aWrongOptionIsNamed(String option, String value, String why) throws Exception {
        start("");

        assertThatThrownBy(() -> context.createProducerTemplate()
                        .requestBody("sessions:fetch/" + site.url() + "/echo?" + option + "=RAW(" + value + ")", "x"))
                .hasStackTraceContaining(option)
                .hasStackTraceContaining(why);
    }
}
