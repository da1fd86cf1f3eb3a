/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.block;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.config.Rulebook;
import java.util.Objects;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.support.LanguageSupport;
import org.jspecify.annotations.Nullable;

/** Which session a block is about, as its policy says: by name, or by a Simple expression. Thread-safe. */
record BlockSession(
        String prefix, String site, String id, @Nullable Expression expression) {

    /**
     * @param prefix what a route refers to such a block by
     * @param given  an id or expression, before which may stand the name of a site and a slash
     * @param site   null when it is not given apart
     */
    static BlockSession of(
            CamelContext context, String prefix, @Nullable String given, @Nullable String site, Rulebook rulebook) {
        String id =
                given == null ? "" : context.resolvePropertyPlaceholders(given).trim();
        String at = Objects.requireNonNullElse(site, SessionKey.DEFAULT_SITE);
        int slash = id.indexOf('/');
        if (site == null && slash > 0 && rulebook.sites().has(id.substring(0, slash))) {
            at = id.substring(0, slash);
            id = id.substring(slash + 1);
        }
        if (id.isEmpty()) {
            throw new IllegalArgumentException(prefix + (site == null ? "" : site + "/") + given
                    + " has no sessionId: write " + prefix + "anna, or " + prefix + "${header.user}");
        }
        if (!LanguageSupport.hasSimpleFunction(id)) {
            new SessionKey(at, id); // a wrong id shows now
            return new BlockSession(prefix, at, id, null);
        }
        Expression made = context.resolveLanguage("simple").createExpression(id);
        made.init(context);
        return new BlockSession(prefix, at, id, made);
    }

    SessionKey of(Exchange exchange) {
        if (expression == null) {
            return new SessionKey(site, id);
        }
        String value = expression.evaluate(exchange, String.class);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException(
                    prefix + " the sessionId " + id + " is empty for this exchange; it must name a session");
        }
        return new SessionKey(site, value);
    }
}
