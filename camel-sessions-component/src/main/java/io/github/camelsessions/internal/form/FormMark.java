/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;

/**
 * How the form of a log-in page is told in another page: by the fields that a log-in has filled in, and before any has, by
 * one for a user name with one for a password. Thread-safe.
 */
public final class FormMark {

    private static final URI NOWHERE = URI.create("http://sessions.invalid/");
    private static final Learned NOTHING = new Learned(null, Set.of(), null);

    private volatile Learned learned = NOTHING;
    private volatile boolean shared;

    /** What the form has. */
    private record Learned(
            @Nullable URI page,
            Set<String> fields,
            @Nullable String password) {}

    /**
     * A log-in has filled in its first form.
     *
     * @param page   where that was
     * @param fields what was filled in
     */
    public void learn(URI page, Collection<String> fields, @Nullable String password) {
        learned = new Learned(page, Set.copyOf(fields), password);
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
        if (!containsIgnoringCase(page, sign)) {
            return false;
        }
        return parsed(page).select("form").stream().anyMatch(form -> isIt(form, now));
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
        if (known.fields().isEmpty()) {
            return form.select("input[type=password]").size() == 1
                    && form.selectFirst("input[type=text],input[type=email],input:not([type])") != null;
        }
        return known.fields().stream().allMatch(name -> has(form, name, name.equals(known.password())));
    }

    private static boolean has(Element form, String name, boolean password) {
        return form.select("input,select,textarea").stream()
                .anyMatch(control -> control.attr("name").equals(name)
                        && (!password || control.attr("type").equalsIgnoreCase("password")));
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
