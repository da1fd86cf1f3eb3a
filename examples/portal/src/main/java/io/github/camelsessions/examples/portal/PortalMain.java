/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.portal;

import io.github.camelsessions.Sessions;
import java.io.PrintStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the listed pages of a portal for two users at the same time, each in a session of its own, while the portal ends
 * these sessions again and again: first with automatic renewal, then with explicit renewal. The work is in the routes,
 * {@code camel/*.camel.yaml}; here is only what surrounds them.
 */
public final class PortalMain {

    private static final int FLAWLESS = 0;
    private static final int FLAWED = 1;
    private static final int MISUSED = 2;

    private static final String USAGE = """
            usage: portal [--site=URL]

              --site=URL  the portal to log in to, such as https://portal.example;
                          without it the program starts one of its own on this machine

            exit code: 0 all pages fetched, 1 a page was lost or showed the wrong user, 2 wrong arguments""";

    private PortalMain() {}

    public static void main(String[] args) throws Exception {
        System.exit(run(System.out, args));
    }

    /** Runs the example, prints its progress and returns the program's exit code. */
    static int run(PrintStream out, String... args) throws Exception {
        String site;
        try {
            site = site(args);
        } catch (IllegalArgumentException e) {
            out.println("portal: " + e.getMessage());
            out.println(USAGE);
            return MISUSED;
        }
        if (site != null) {
            return fetchAll(out, site);
        }
        // a session ends after 20 requests, and when another user agent comes with it
        try (PortalSite ownSite = PortalSite.builder()
                .expireAfter(20)
                .boundToUserAgent()
                .loginTakes(Duration.ofMillis(300))
                .start()) {
            return fetchAll(out, ownSite.url());
        }
    }

    private static int fetchAll(PrintStream out, String url) throws Exception {
        out.println("Portal: " + url);
        Main main = new Main();
        main.addInitialProperty("portal.url", url);
        main.bind("console", out);
        main.start();
        try {
            // see application.properties
            fetchAll(
                    out,
                    main,
                    "automatic",
                    "the component fills in the log-in form, and again when a session has ended");
            fetchAll(out, main, "explicit", "the route sees the log-in form, and logs in by the steps of a block");
            PortalSummary summary = main.lookup("summary", PortalSummary.class);
            out.println();
            summary.print(Sessions.get(main.getCamelContext()));
            out.println();
            out.println("Pages: " + outputFolder(main.getCamelContext()));
            return summary.isFlawless() ? FLAWLESS : FLAWED;
        } finally {
            main.stop();
        }
    }

    private static void fetchAll(PrintStream out, Main main, String site, String how) throws Exception {
        out.println(site + ": " + how);
        main.getCamelTemplate().sendBodyAndHeader("direct:portal", "", "site", site);
    }

    private static Path outputFolder(CamelContext context) {
        return Path.of(context.resolvePropertyPlaceholders("{{portal.output}}")).toAbsolutePath();
    }

    /** The site's URL without a slash at the end, or null for a site of our own. */
    private static @Nullable String site(String... args) {
        String site = null;
        for (String arg : args) {
            if (!arg.startsWith("--site=")) {
                throw new IllegalArgumentException("unknown argument " + arg);
            }
            site = validUrl(arg.substring("--site=".length()));
        }
        return site;
    }

    private static String validUrl(String text) {
        try {
            URI uri = new URI(text);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (http && uri.getHost() != null && uri.getRawQuery() == null && uri.getRawFragment() == null) {
                return text.replaceFirst("/+$", "");
            }
        } catch (URISyntaxException e) {
            // as wrong as a URL of another kind
        }
        throw new IllegalArgumentException(
                "--site needs an absolute http or https URL without query, it was '" + text + "'");
    }
}
