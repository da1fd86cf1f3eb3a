/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;

/**
 * How the form of a log-in page is told in another page: by where it is sent and the fields that a log-in has filled in, and
 * before any has, by one for a user name with one for a password. Thread-safe.
 */
public final class FormMark {

    private static final URI NOWHERE = URI.create("http://sessions.invalid/");
    private static final Learned NOTHING = new Learned(null, "", Set.of(), null);

    private volatile Learned learned = NOTHING;
    private volatile boolean shared;

    /** What the form has. */
    private record Learned(
            @Nullable URI page,
            String action,
            Set<String> fields,
            @Nullable String password) {}

    /**
     * A log-in has filled in its first form.
     *
     * @param page   where that was
     * @param action where the form says that it is sent
     * @param fields what was filled in
     */
    public void learn(URI page, @Nullable String action, Collection<String> fields, @Nullable String password) {
        learned = new Learned(page, place(action), Set.copyOf(fields), password);
    }

    /** An action without what may change with each page: its parameters, such as {@code ;jsessionid=}, and its query. */
    private static String place(@Nullable String action) {
        return action == null ? "" : action.strip().replaceFirst("[;?#].*", "");
    }

    /** Where the form was when a log-in filled it in last, null before any has. */
    public @Nullable URI page() {
        return learned.page();
    }

    /** At the address of the form there are other pages, too. */
    public void share() {
        shared = true;
    }

    /** Whether there are other pages at the address of the form. */
    public boolean isShared() {
        return shared;
    }

    /** Whether the beginning of a page holds the form. */
    public boolean isIn(String page) {
        Learned now = learned;
        // most pages have none, and need not be read as HTML
        String sign = now.fields().isEmpty() || now.password() != null
                ? "password"
                : now.fields().iterator().next();
        if (!containsIgnoringCase(page, sign) || isJson(page)) {
            return false;
        }
        return parsed(page).select("form").stream().anyMatch(form -> isIt(form, now));
    }

    /** Where the type of an answer is not said, HTML in a text of JSON is none. */
    private static boolean isJson(String page) {
        String beginning = page.stripLeading();
        return beginning.startsWith("{") || beginning.startsWith("[");
    }

    private static Document parsed(String page) {
        try {
            return PageParser.parse(page.getBytes(StandardCharsets.UTF_8), "text/html; charset=utf-8", NOWHERE)
                    .document();
        } catch (FormException e) { // no log-in page is so large
            return new Document("");
        }
    }

    private static boolean isIt(Element form, Learned known) {
        if (form.closest("template,noscript") != null) {
            return false;
        }
        List<Element> controls = form.select("input,select,textarea").stream()
                .filter(control -> !control.hasAttr("disabled") && control.closest("fieldset[disabled]") == null)
                .toList();
        if (known.fields().isEmpty()) {
            return controls.stream().filter(FormMark::isPassword).count() == 1
                    && controls.stream()
                            .anyMatch(control -> control.is("input[type=text],input[type=email],input:not([type])"));
        }
        return place(form.attr("action")).equals(known.action())
                && known.fields().stream().allMatch(name -> has(controls, name, name.equals(known.password())));
    }

    private static boolean isPassword(Element control) {
        return control.attr("type").equalsIgnoreCase("password");
    }

    private static boolean has(List<Element> controls, String name, boolean password) {
        return controls.stream()
                .anyMatch(control -> control.attr("name").equals(name) && (!password || isPassword(control)));
    }

    private static boolean containsIgnoringCase(String page, String sign) {
        for (int i = 0; i <= page.length() - sign.length(); i++) {
            if (page.regionMatches(true, i, sign, 0, sign.length())) {
                return true;
            }
        }
        return false;
    }
}
