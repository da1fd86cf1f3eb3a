/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.portal;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.authenticator.FormAuthenticator;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.session.StandardManager;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.LoginConfig;
import org.apache.tomcat.util.descriptor.web.SecurityCollection;
import org.apache.tomcat.util.descriptor.web.SecurityConstraint;
import org.jspecify.annotations.Nullable;

/**
 * A customer portal in an embedded Tomcat, with the container's own FORM log-in: a request without a session is
 * remembered and answered with the log-in form; {@code j_security_check} checks user and password, gives the session a
 * new JSESSIONID and redirects back to the remembered page.
 *
 * <p>A session lasts as long as Tomcat's do, half an hour; a {@link #builder()} makes it end earlier.
 *
 * <p>Each page shows the user who is logged in, the data of this user and the caller's User-Agent. The site listens on a
 * free port of 127.0.0.1. Its files are in a temporary folder, which {@link #close()} deletes. Thread-safe.
 */
public final class PortalSite implements AutoCloseable {

    /** How many orders each customer has. */
    static final int ORDERS = 60;

    private static final String ROLE = "customer";

    private static final Map<String, Customer> CUSTOMERS = Map.of(
            "anna",
            new Customer("rain & tea = 100% anna", "Kräuterhof Anna", List.of("thyme", "mint", "sage")),
            "ben",
            new Customer("ben+bikes/2026?", "Ben Bikes Ltd", List.of("saddle", "bell", "chain")));

    private final Tomcat tomcat = new Tomcat();
    private final Path folder;
    private final PortalSessionRules rules;
    private final Set<String> mixedUpPaths = ConcurrentHashMap.newKeySet();
    private final Set<String> brokenPaths = ConcurrentHashMap.newKeySet();

    private PortalSite(Path folder, PortalSessionRules rules) {
        this.folder = folder;
        this.rules = rules;
    }

    /** Starts the site. It answers as soon as this method returns. */
    public static PortalSite start() throws IOException {
        return builder().start();
    }

    /** A site whose sessions end early. Without further calls it is that of {@link #start()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Says how the sessions of a site begin and end. Not thread-safe. */
    public static final class Builder {

        private int maxUses;
        private boolean boundToUserAgent;
        private Duration loginTime = Duration.ZERO;

        private Builder() {}

        /** A session ends after so many requests, the one included that the log-in leads back to. */
        public Builder expireAfter(int requests) {
            if (requests < 1) {
                throw new IllegalArgumentException("portal site: requests needs at least 1, it was " + requests);
            }
            maxUses = requests;
            return this;
        }

        /** A session ends when another user agent comes with it than the one that logged in. */
        public Builder boundToUserAgent() {
            boundToUserAgent = true;
            return this;
        }

        /** How long a log-in takes, in real time. */
        public Builder loginTakes(Duration time) {
            if (time.isNegative()) {
                throw new IllegalArgumentException("portal site: time needs to be 0 or more, it was " + time);
            }
            loginTime = time;
            return this;
        }

        /** Starts the site. It answers as soon as this method returns. */
        public PortalSite start() throws IOException {
            PortalSite site = new PortalSite(
                    Files.createTempDirectory("portal-site"),
                    new PortalSessionRules(maxUses, boundToUserAgent, loginTime));
            try {
                site.startTomcat();
                return site;
            } catch (LifecycleException e) {
                site.close();
                throw new IOException("portal site: Tomcat did not start", e);
            }
        }
    }

    /** The site's address without a slash at the end, such as {@code http://127.0.0.1:40123}. */
    public String url() {
        return "http://127.0.0.1:" + tomcat.getConnector().getLocalPort();
    }

    Path folder() {
        return folder;
    }

    /** How many sessions ended early, by the rules of the builder. */
    int endedSessions() {
        return rules.ended();
    }

    /** Lets a page show another user than the one who is logged in: the fault that the example has to notice. */
    void mixUp(String path) {
        mixedUpPaths.add(path);
    }

    /** Lets a page fail with status 500. */
    void breakDown(String path) {
        brokenPaths.add(path);
    }

    static String password(String user) {
        Customer customer = CUSTOMERS.get(user);
        if (customer == null) {
            throw new IllegalArgumentException("no such user: " + user);
        }
        return customer.password();
    }

    private void startTomcat() throws LifecycleException {
        tomcat.setSilent(true);
        tomcat.setBaseDir(folder.toString());

        Connector connector = new Connector();
        connector.setProperty("address", "127.0.0.1");
        connector.setPort(0);
        connector.setThrowOnFailure(true);
        tomcat.setConnector(connector);

        StandardContext context = (StandardContext) tomcat.addContext("", folder.toString());
        // leak checks at the end need --add-opens, and the JVM ends anyway
        context.setClearReferencesThreadLocals(false);
        context.setClearReferencesRmiTargets(false);
        context.setRequestCharacterEncoding(StandardCharsets.UTF_8.name());
        context.setManager(managerWithoutFiles());
        context.getPipeline().addValve(rules);
        addLogin(context);
        addServlet(context, "login", new LoginForm("Please log in"), "/login");
        addServlet(context, "refused", new LoginForm("User or password is wrong"), "/login-refused");
        addServlet(context, "pages", new Pages(), "/");

        CUSTOMERS.forEach((name, customer) -> {
            tomcat.addUser(name, customer.password());
            tomcat.addRole(name, ROLE);
        });
        tomcat.start();
    }

    /** What a web.xml says in login-config and security-constraint. */
    private static void addLogin(Context context) {
        context.setLoginConfig(new LoginConfig("FORM", null, "/login", "/login-refused"));
        context.getPipeline().addValve(new FormAuthenticator());
        context.addSecurityRole(ROLE);

        SecurityCollection everything = new SecurityCollection();
        everything.addPattern("/*");
        SecurityConstraint customersOnly = new SecurityConstraint();
        customersOnly.addCollection(everything);
        customersOnly.addAuthRole(ROLE);
        context.addConstraint(customersOnly);
    }

    private static StandardManager managerWithoutFiles() {
        StandardManager manager = new StandardManager();
        manager.setPathname(null);
        return manager;
    }

    private static void addServlet(Context context, String name, HttpServlet servlet, String pattern) {
        Tomcat.addServlet(context, name, servlet);
        context.addServletMappingDecoded(pattern, name);
    }

    @Override
    public void close() throws IOException {
        rules.close();
        try {
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException e) {
            throw new IOException("portal site: Tomcat did not stop", e);
        } finally {
            deleteFolder();
        }
    }

    private void deleteFolder() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void write(HttpServletResponse response, String title, String content) throws IOException {
        response.setContentType("text/html;charset=UTF-8");
        response.getWriter().print("""
                        <!DOCTYPE html>
                        <html>
                        <head><title>%s</title></head>
                        <body>
                        <h1>%s</h1>
                        %s</body>
                        </html>
                        """.formatted(title, title, content));
    }

    private static String escape(@Nullable String text) {
        return text == null
                ? ""
                : text.replace("&", "&amp;")
                        .replace("<", "&lt;")
                        .replace(">", "&gt;")
                        .replace("\"", "&quot;");
    }

    private record Customer(String password, String company, List<String> goods) {}

    private static final class LoginForm extends HttpServlet {
        private static final long serialVersionUID = 1;

        private final String title;

        LoginForm(String title) {
            this.title = title;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            write(response, title, """
                    <form method="post" action="/j_security_check">
                    <input name="j_username">
                    <input name="j_password" type="password">
                    <button>Log in</button>
                    </form>
                    """);
        }
    }

    /** All pages behind the log-in: {@code /account}, {@code /orders}, {@code /orders/1} and so on, {@code /latest}. */
    private final class Pages extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String path = request.getServletPath();
            String user = mixedUpPaths.contains(path) ? another(request.getRemoteUser()) : request.getRemoteUser();
            Customer customer = CUSTOMERS.get(user);
            if (customer == null) {
                response.sendError(HttpServletResponse.SC_FORBIDDEN);
            } else if (brokenPaths.contains(path)) {
                response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            } else if (path.equals("/account")) {
                response.addCookie(new Cookie("customer", user));
                page(request, response, "Account", user, "<p>company: " + escape(customer.company()) + "</p>\n");
            } else if (path.equals("/orders")) {
                page(request, response, "Orders", user, orders());
            } else if (path.equals("/latest")) {
                response.sendRedirect("/orders/" + ORDERS);
            } else if (path.matches("/orders/[1-9][0-9]?") && orderNumber(path) <= ORDERS) {
                int number = orderNumber(path);
                response.addCookie(new Cookie("lastOrder", user + "-" + number));
                page(request, response, "Order " + number, user, order(customer, number));
            } else {
                response.sendError(HttpServletResponse.SC_NOT_FOUND);
            }
        }

        private static void page(
                HttpServletRequest request, HttpServletResponse response, String title, String user, String content)
                throws IOException {
            String facts = """
                    <p>user: %s</p>
                    <p>agent: %s</p>
                    """.formatted(escape(user), escape(request.getHeader("User-Agent")));
            write(response, title, facts + content);
        }

        private static int orderNumber(String path) {
            return Integer.parseInt(path.substring("/orders/".length()));
        }

        private static String orders() {
            StringBuilder links = new StringBuilder("<ol>\n");
            for (int number = 1; number <= ORDERS; number++) {
                links.append("<li><a href=\"/orders/%d\">order %d</a></li>\n".formatted(number, number));
            }
            return links.append("</ol>\n").toString();
        }

        private static String order(Customer customer, int number) {
            List<String> goods = customer.goods();
            return "<p>goods: %s</p>\n".formatted(escape(goods.get((number - 1) % goods.size())));
        }

        private static String another(@Nullable String user) {
            return "anna".equals(user) ? "ben" : "anna";
        }
    }
}
