/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** At the admin of Django. */
@EnabledIf(value = "isInstalled", disabledReason = "Django is not installed (apt-get install python3-django)")
class DjangoAdminIT extends LogInContract {

    /** The system's: another one on the path may not have the system's packages. */
    private static final String PYTHON = "/usr/bin/python3";

    private ServerProcess server;
    private int port;

    static boolean isInstalled() throws IOException, InterruptedException {
        return Files.isExecutable(Path.of(PYTHON))
                && new ProcessBuilder(PYTHON, "-c", "import django").start().waitFor() == 0;
    }

    @BeforeAll
    void startServer(@TempDir Path folder) throws IOException, InterruptedException {
        try (InputStream project = getClass().getResourceAsStream("/django/manage.py")) {
            Files.copy(project, folder.resolve("manage.py"));
        }
        Map<String, String> user = Map.of(
                "DJANGO_SUPERUSER_USERNAME", USER,
                "DJANGO_SUPERUSER_PASSWORD", PASSWORD,
                "DJANGO_SUPERUSER_EMAIL", "anna@portal.example");
        ServerProcess.start(folder, Map.of(), List.of(PYTHON, "manage.py", "migrate"))
                .ended();
        ServerProcess.start(folder, user, List.of(PYTHON, "manage.py", "createsuperuser", "--noinput"))
                .ended();
        port = ServerProcess.freePort();
        server = ServerProcess.start(
                folder, Map.of(), List.of(PYTHON, "manage.py", "runserver", "--noreload", "127.0.0.1:" + port));
        server.answers(url() + "/test/logins");
    }

    @AfterAll
    void stopServer() throws InterruptedException {
        if (server != null) {
            server.close();
        }
    }

    private String test(String what) throws IOException, InterruptedException {
        return ServerProcess.get(url() + "/test/" + what);
    }

    @Override
    String recipe() {
        return "login-django";
    }

    @Override
    String url() {
        return "http://127.0.0.1:" + port;
    }

    @Override
    String page() {
        return "/admin/auth/";
    }

    @Override
    String welcome() {
        return "<strong>" + USER + "</strong>";
    }

    @Override
    String form() {
        return "/admin/auth/group/add/?form=#group_form&field.name=${header.title}";
    }

    @Override
    void endSessions() throws Exception {
        test("end");
    }

    @Override
    int logIns() throws Exception {
        return Integer.parseInt(test("logins"));
    }

    @Override
    int refusedLogIns() throws Exception {
        return Integer.parseInt(test("refused"));
    }

    @Override
    List<String> titles() throws Exception {
        return test("groups").lines().toList();
    }

    @Override
    String[] explanation() {
        return new String[] {
            "1. GET https://portal.example/admin/login/ -> 200, sets csrftoken\n",
            "has form #login-form (POST /admin/login/; username, password and 2 hidden)\n",
            "username = *** from account.username\n",
            "password = *** from account.password\n",
            "as the page has it: csrfmiddlewaretoken, next\n",
            "2. POST https://portal.example/admin/login/ -> 302, sets csrftoken, sessionid\n",
            "3. GET https://portal.example/admin/ -> 200\n"
        };
    }
}
