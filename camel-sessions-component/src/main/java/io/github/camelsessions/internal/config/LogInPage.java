/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.config;

import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.internal.form.FormMark;
import io.github.camelsessions.internal.http.HttpTarget;
import io.github.camelsessions.internal.renewal.LogInShown;
import java.net.URI;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.Expression;
import org.jspecify.annotations.Nullable;

/**
 * The page with the form that logs in. Immutable.
 *
 * @param page   its URL
 * @param fields what goes into its form besides user name and password, or instead of them
 * @param form   what is known of its form
 */
public record LogInPage(URI page, Map<String, Expression> fields, FormMark form) {

    private static final String PAGE = "loginPage";
    private static final String FIELDS = "loginFields";

    static @Nullable LogInPage of(CamelContext context, Places places, Function<URI, FormMark> forms) {
        String given = places.first(SessionsConfiguration::getLoginPage);
        Map<String, Object> fields = places.entries(SessionsConfiguration::getLoginFields);
        if (given == null) {
            if (!fields.isEmpty()) {
                throw new IllegalArgumentException(FIELDS + "."
                        + fields.keySet().iterator().next()
                        + ": there is no " + PAGE + " whose form has it; set it too, such as " + PAGE
                        + "=https://portal.example/login");
            }
            return null;
        }
        URI page = HttpTarget.parse(PAGE, given);
        return new LogInPage(page, ValueRules.expressions(context, FIELDS, fields), forms.apply(page));
    }

    /**
     * Tells the page; null when that is not asked for.
     *
     * @param byAddress whether its address tells it
     * @param byForm    whether its form does
     */
    @Nullable
    LogInShown shown(boolean byAddress, boolean byForm) {
        return byAddress || byForm ? new Shown(this, byAddress, byForm) : null;
    }

    private record Shown(LogInPage logIn, boolean byAddress, boolean byForm) implements LogInShown {

        /** With whatever query: there sites have where one wanted to go. */
        @Override
        public boolean isAt(URI url) {
            URI known = logIn.form().page();
            return byAddress
                    && !logIn.form().isShared()
                    && withoutQuery(known != null ? known : logIn.page()).equals(withoutQuery(url));
        }

        @Override
        public void isAlsoAnotherPage() {
            logIn.form().share();
        }

        @Override
        public boolean isIn(String page) {
            return byForm && logIn.form().isIn(page);
        }
    }

    private static String withoutQuery(URI url) {
        String canonical = UriPattern.canonical(url);
        int end = canonical.indexOf('?');
        String plain = end < 0 ? canonical : canonical.substring(0, end);
        int parameters = plain.indexOf(';', plain.lastIndexOf('/')); // a session in the URL, as servlets write it
        return parameters < 0 ? plain : plain.substring(0, parameters);
    }
}
