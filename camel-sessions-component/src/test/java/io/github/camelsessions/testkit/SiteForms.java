/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * What the site's forms have in their hidden fields, and whether it comes back. Thread-safe: of two requests with the
 * token of one form, one is accepted.
 */
final class SiteForms {

    private final SiteRules.Forms rules;
    private final Map<String, String> formTokens = new ConcurrentHashMap<>(); // and the ids of those they were shown to

    SiteForms(SiteRules.Forms rules) {
        this.rules = rules;
    }

    /** Whom a form was shown to: a session, or a visitor who has not logged in. */
    interface Reader {
        String id();

        /** What forms have in the field of the session's token. */
        String token();
    }

    /** Whether it makes a difference whom a form was shown to. */
    boolean haveTokens() {
        return rules.sessionToken() != null || rules.formToken() != null;
    }

    /** The names of the visible fields of the form at this path, none without one. */
    List<String> fields(String path) {
        return rules.fields().getOrDefault(path, List.of());
    }

    /** The form of a page, empty when it has neither visible nor hidden fields. */
    String ofPage(String path, Reader reader) {
        String visible = fields(path).stream()
                .map(name -> "<input name=\"" + escaped(name) + "\">")
                .collect(Collectors.joining());
        return visible.isEmpty() && rules.hidden().isEmpty() && !haveTokens() ? "" : form(path, reader, visible);
    }

    /** A form with hidden fields for this reader, and a token of its own if forms have one. */
    String form(String action, Reader reader, String visible) {
        StringBuilder html = new StringBuilder("<form method=\"post\" action=\"" + escaped(action) + "\">");
        rules.hidden().forEach((name, value) -> html.append(hidden(name, value)));
        if (rules.sessionToken() != null) {
            html.append(hidden(rules.sessionToken(), reader.token()));
        }
        if (rules.formToken() != null) {
            String token = SiteSessions.newToken();
            formTokens.put(token, reader.id());
            html.append(hidden(rules.formToken(), token));
        }
        return html.append(visible).append("</form>\n").toString();
    }

    private static String hidden(String name, String value) {
        return "<input type=\"hidden\" name=\"" + escaped(name) + "\" value=\"" + escaped(value) + "\">";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
    }

    /** Whether what is hidden in the form comes back right; null stands for a reader whom no form was shown to. */
    boolean accepts(Map<String, String> form, Reader reader) {
        if (!rules.hidden().entrySet().stream()
                .allMatch(field -> field.getValue().equals(form.get(field.getKey())))) {
            return false;
        }
        if (!haveTokens()) {
            return true;
        }
        return reader != null
                && (rules.sessionToken() == null || reader.token().equals(form.get(rules.sessionToken())))
                && (rules.formToken() == null
                        || formTokens.remove(form.getOrDefault(rules.formToken(), ""), reader.id()));
    }

    /** What tells this unsafe request from others: its key header, else its body without what was hidden in the form. */
    String key(SiteRequest request) {
        String key = request.header(ExpiringSite.KEY_HEADER);
        if (key != null) {
            return key;
        }
        return Arrays.stream(request.body().split("&"))
                .filter(pair -> SiteRequest.pairs(pair).keySet().stream().noneMatch(this::isHidden))
                .collect(Collectors.joining("&"));
    }

    private boolean isHidden(String name) {
        return rules.hidden().containsKey(name)
                || Objects.equals(name, rules.sessionToken())
                || Objects.equals(name, rules.formToken());
    }
}
