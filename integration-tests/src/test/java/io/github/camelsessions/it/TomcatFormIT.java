/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.it;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.security.Principal;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.authenticator.FormAuthenticator;
import org.apache.catalina.realm.GenericPrincipal;
import org.apache.catalina.realm.RealmBase;
import org.apache.catalina.session.StandardSession;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.LoginConfig;
import org.apache.tomcat.util.descriptor.web.SecurityCollection;
import org.apache.tomcat.util.descriptor.web.SecurityConstraint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** At a servlet container that logs in by FORM, as the servlet specification has it: with j_security_check. */
class TomcatFormIT extends LogInContract {

    private static final String LOG_IN =
            "<title>Log in</title><form method=post action=j_security_check><input name=j_username>"
                    + "<input type=password name=j_password></form>";

    private static final String REFUSED =
            "<title>Refused</title>Invalid username and/or password, please try <a href=/orders>again</a>";

    private final Tomcat tomcat = new Tomcat();
    private final Users users = new Users();
    private final List<String> titles = new CopyOnWriteArrayList<>();
    private Context context;

    @BeforeAll
    void startServer(@TempDir Path folder) throws LifecycleException {
        tomcat.setBaseDir(folder.toString());
        tomcat.getConnector().setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        context = tomcat.addContext("", folder.toString());
        context.setRealm(users);
        context.setLoginConfig(new LoginConfig("FORM", null, "/login", "/refused"));
        context.getPipeline().addValve(new FormAuthenticator());
        context.addConstraint(constraint());
        serve("login", "/login", (request, response) -> response.getWriter().print(LOG_IN));
        serve("refused", "/refused", (request, response) -> response.getWriter().print(REFUSED));
        serve("orders", "/orders", this::orders);
        tomcat.start();
    }

    private static SecurityConstraint constraint() {
        SecurityCollection all = new SecurityCollection();
        all.addPattern("/*");
        SecurityConstraint constraint = new SecurityConstraint();
        constraint.addCollection(all);
        constraint.addAuthRole("user");
        return constraint;
    }

    private interface Page {
        void answer(HttpServletRequest request, HttpServletResponse response) throws IOException;
    }

    private void serve(String name, String path, Page page) {
        Tomcat.addServlet(context, name, new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.setContentType("text/html;charset=utf-8");
                page.answer(request, response);
            }
        });
        context.addServletMappingDecoded(path, name);
    }

    /** A page with a form that is good for its own session only. */
    private void orders(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String token;
        synchronized (titles) {
            token = (String) request.getSession().getAttribute("token");
            if (token == null) {
                token = UUID.randomUUID().toString();
                request.getSession().setAttribute("token", token);
            }
        }
        if (request.getMethod().equals("GET")) {
            response.getWriter().print("""
                    <title>Orders</title><h1>%d orders</h1>
                    <form method=post><input type=hidden name=token value="%s"><input name=title></form>
                    """.formatted(titles.size(), token));
        } else if (token.equals(request.getParameter("token"))) {
            titles.add(request.getParameter("title"));
            response.sendRedirect("/orders");
        } else {
            response.sendError(403);
        }
    }

    private static final class Users extends RealmBase {

        private final AtomicInteger logIns = new AtomicInteger();
        private final AtomicInteger refused = new AtomicInteger();

        @Override
        public Principal authenticate(String name, String password) {
            boolean right = USER.equals(name) && PASSWORD.equals(password);
            (right ? logIns : refused).incrementAndGet();
            return right ? getPrincipal(name) : null;
        }

        @Override
        protected String getPassword(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected Principal getPrincipal(String name) {
            return new GenericPrincipal(name, List.of("user"));
        }
    }

    @AfterAll
    void stopServer() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
    }

    @Override
    String recipe() {
        return "login-tomcat";
    }

    @Override
    String url() {
        return "http://127.0.0.1:" + tomcat.getConnector().getLocalPort();
    }

    @Override
    void endSessions() {
        for (var session : context.getManager().findSessions()) {
            ((StandardSession) session).expire();
        }
    }

    @Override
    int logIns() {
        return users.logIns.get();
    }

    @Override
    int refusedLogIns() {
        return users.refused.get();
    }

    @Override
    List<String> titles() {
        return List.copyOf(titles);
    }

    @Override
    String[] explanation() {
        return new String[] {
            "1. GET https://portal.example/orders -> 200, sets JSESSIONID\n",
            "'Log in' has form 1 (POST /j_security_check; j_username, j_password)\n",
            "j_username = *** from account.username\n",
            "j_password = *** from account.password\n",
            "2. POST https://portal.example/j_security_check -> 303, sets JSESSIONID\n",
            "3. GET https://portal.example/orders -> 200\n"
        };
    }
}
