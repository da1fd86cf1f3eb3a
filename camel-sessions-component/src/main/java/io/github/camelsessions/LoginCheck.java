/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionsConstants;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.main.Main;

/**
 * Tries a log-in by a {@code loginPage} from the command line, and prints what it did: each request and answer, the form and
 * which fields were filled in, and why it succeeded or not; no value of a field or cookie. It reads the options from an
 * application's properties and runs none of its routes. As {@code sessions:login?explain=true}.
 *
 * <p>Needs camel-main. Exits with 0 when the log-in succeeded, 1 when not, 2 when it could not be tried.
 */
public final class LoginCheck {

    private static final int FAILED = 1;
    private static final int NOT_TRIED = 2;

    private LoginCheck() {}

    /** @param args the properties file, and, if wanted, the site, with a slash and the id of a session behind it */
    public static void main(String[] args) throws Exception {
        System.exit(run(args));
    }

    static int run(String... args) throws Exception {
        if (args.length < 1 || args.length > 2 || !Files.isReadable(Path.of(args[0]))) {
            System.err.println(
                    "usage: LoginCheck application.properties [SITE][/SESSION], such as portal/anna; the file"
                            + " must be readable");
            return NOT_TRIED;
        }
        String named = args.length == 1 ? "" : args[1];
        int slash = named.indexOf('/');
        String site = slash < 0 ? named : named.substring(0, slash);
        String session = slash < 0 ? "" : named.substring(slash + 1);
        Main main = new Main();
        main.setDefaultPropertyPlaceholderLocation("file:" + args[0]);
        main.configure().withRoutesIncludePattern("false");
        try {
            main.start();
            return explain(main, site, session);
        } catch (RuntimeException e) {
            return notTried(e);
        } finally {
            main.stop();
        }
    }

    private static int explain(Main main, String site, String session) {
        Exchange done = main.getCamelContext()
                .createProducerTemplate()
                .request(
                        "sessions:login?explain=true" + (site.equals(SessionKey.DEFAULT_SITE) ? "" : "&site=" + site),
                        exchange -> {
                            if (!session.isEmpty()) {
                                exchange.getMessage().setHeader(SessionsConstants.ID, session);
                            }
                        });
        if (done.getException() != null) {
            return notTried(done.getException());
        }
        System.out.println(done.getMessage().getBody(String.class));
        return Boolean.TRUE.equals(done.getMessage().getHeader(SessionsConstants.VALID)) ? 0 : FAILED;
    }

    /** What Camel wraps around what is wrong names its own classes. */
    private static int notTried(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        System.err.println("not tried: " + cause.getMessage());
        return NOT_TRIED;
    }
}
