/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.it;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.context.ConfigurableApplicationContext;

/** At Spring Security with its own log-in page. */
class SpringSecurityIT extends LogInContract {

    private ConfigurableApplicationContext server;
    private OrdersApp app;

    @BeforeAll
    void startServer() {
        server = OrdersApp.start(
                Map.of("spring.security.user.name", USER, "spring.security.user.password", "{noop}" + PASSWORD));
        app = server.getBean(OrdersApp.class);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Override
    String recipe() {
        return "login-spring";
    }

    @Override
    String url() {
        return OrdersApp.url(server);
    }

    @Override
    void endSessions() {
        app.endSessions();
    }

    @Override
    int logIns() {
        return app.logIns();
    }

    @Override
    int refusedLogIns() {
        return app.refusedLogIns();
    }

    @Override
    List<String> titles() {
        return app.titles();
    }

    @Override
    String[] explanation() {
        return new String[] {
            "1. GET https://portal.example/login -> 200, sets JSESSIONID\n",
            "'Please sign in' has form 1 (POST /login; username, password and 1 hidden)\n",
            "username = *** from account.username\n",
            "password = *** from account.password\n",
            "as the page has it: _csrf\n",
            "2. POST https://portal.example/login -> 302, sets JSESSIONID\n"
        };
    }
}
