/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.it;

import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.security.authentication.event.AbstractAuthenticationFailureEvent;
import org.springframework.security.authentication.event.AuthenticationSuccessEvent;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.view.RedirectView;

/**
 * An application of Spring Boot with the defaults of Spring Security and a form against which no other site may send
 * anything, at {@code /orders}. On a free port of 127.0.0.1.
 */
@EnableAutoConfiguration
@RestController
public class OrdersApp implements HttpSessionListener {

    private final Set<HttpSession> sessions = ConcurrentHashMap.newKeySet();
    private final List<String> titles = new CopyOnWriteArrayList<>();
    private final AtomicInteger logIns = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    /** Starts one; closing the context stops it. */
    static ConfigurableApplicationContext start(Map<String, Object> properties) {
        return new SpringApplicationBuilder(OrdersApp.class)
                .properties(Map.of(
                        "server.address",
                        "127.0.0.1",
                        "server.port",
                        0,
                        "server.tomcat.basedir",
                        "target/tomcat",
                        "spring.main.banner-mode",
                        "off"))
                .properties(properties)
                .run();
    }

    static String url(ConfigurableApplicationContext app) {
        return "http://127.0.0.1:" + app.getEnvironment().getProperty("local.server.port");
    }

    @GetMapping(path = "/orders", produces = "text/html")
    String orders(CsrfToken csrf) {
        return """
                <title>Orders</title><h1>%d orders</h1>
                <form method=post><input type=hidden name=%s value="%s"><input name=title></form>
                """.formatted(titles.size(), csrf.getParameterName(), csrf.getToken());
    }

    @PostMapping("/orders")
    RedirectView order(@RequestParam("title") String title) {
        titles.add(title);
        return new RedirectView("/orders");
    }

    @EventListener
    void loggedIn(AuthenticationSuccessEvent event) {
        logIns.incrementAndGet();
    }

    @EventListener
    void refused(AbstractAuthenticationFailureEvent event) {
        refused.incrementAndGet();
    }

    @Override
    public void sessionCreated(HttpSessionEvent event) {
        sessions.add(event.getSession());
    }

    @Override
    public void sessionDestroyed(HttpSessionEvent event) {
        sessions.remove(event.getSession());
    }

    void endSessions() {
        sessions.forEach(HttpSession::invalidate);
    }

    int logIns() {
        return logIns.get();
    }

    int refusedLogIns() {
        return refused.get();
    }

    List<String> titles() {
        return List.copyOf(titles);
    }
}
