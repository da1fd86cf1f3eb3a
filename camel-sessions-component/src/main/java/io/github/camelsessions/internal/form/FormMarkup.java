/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import io.github.camelsessions.internal.text.Quoted;
import java.net.URI;
import java.nio.charset.Charset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A form as the page has it. Immutable.
 *
 * @param number   which form of the page it is, from 1
 * @param id       empty without one
 * @param name     empty without one
 * @param action   as it is written, empty without one
 * @param method   {@code GET}, {@code POST} or {@code DIALOG}
 * @param charset  in which it is sent
 * @param page     the URL of the page
 * @param base     what URLs of the page are relative to
 * @param pageCharset in which queries of the page's URLs are encoded
 * @param controls in the order of the page
 */
record FormMarkup(
        int number,
        String id,
        String name,
        String action,
        String method,
        Submission.Encoding encoding,
        Charset charset,
        URI page,
        URI base,
        Charset pageCharset,
        List<Control> controls) {

    private static final int LONGEST = 40;
    private static final int MOST = 10;

    /** Says which one it is, where it goes, and what a person can fill in; no values. */
    String describe() {
        Set<String> seen = new LinkedHashSet<>();
        Set<String> hidden = new LinkedHashSet<>();
        for (Control control : controls) {
            if (!control.isButton() && !control.name().isEmpty()) {
                (control.type() == Control.Type.HIDDEN ? hidden : seen).add(control.name());
            }
        }
        hidden.removeAll(seen);
        String fields = seen.isEmpty() ? "no field to fill in" : listed(List.copyOf(seen));
        return called() + " (" + method + " " + shownTarget() + "; " + fields
                + (hidden.isEmpty() ? "" : " and " + hidden.size() + " hidden") + ")";
    }

    /** How it is called in messages. */
    String called() {
        if (!id.isEmpty()) {
            return "form #" + Quoted.bare(id, LONGEST);
        }
        return name.isEmpty() ? "form " + number : "form " + Quoted.of(cut(name));
    }

    /** The first of some names. */
    static String listed(List<String> names) {
        String first = String.join(
                ", ",
                names.stream()
                        .limit(MOST)
                        .map(name -> Quoted.bare(name, LONGEST))
                        .toList());
        return names.size() > MOST ? first + " and " + (names.size() - MOST) + " more" : first;
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
    }

    private String shownTarget() {
        try {
            return FormUrl.shown(target(action), page);
        } catch (IllegalArgumentException e) {
            return "to no URL of HTTP";
        }
    }

    /**
     * Where an action leads (HTML, section 4.10.22.3, steps 12 to 15).
     *
     * @throws IllegalArgumentException when it leads to no URL of HTTP; the message begins with «its»
     */
    URI target(String given) {
        return FormUrl.resolve(base, given.isEmpty() ? page.toString() : given, pageCharset);
    }
}
