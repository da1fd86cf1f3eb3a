/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.engine;

import io.github.camelsessions.internal.form.HtmlForm;
import io.github.camelsessions.internal.form.Submission;
import io.github.camelsessions.internal.http.Hop;
import io.github.camelsessions.internal.text.Quoted;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a log-in did, for a person to read: names of all, values of nothing. Used by one thread. */
final class LogInTrail {

    private final List<String> lines = new ArrayList<>();
    private int hops;

    void say(String line) {
        lines.add(line);
    }

    void hop(Hop hop) {
        hops++;
        say(hops + ". " + hop.method() + " " + shown(hop.url()) + " -> " + hop.status()
                + (hop.cookies().isEmpty() ? "" : ", sets " + String.join(", ", named(hop.cookies()))));
    }

    private static List<String> named(List<String> cookies) {
        return cookies.stream()
                .map(name -> name.isEmpty() ? "(nameless)" : Quoted.bare(name))
                .toList();
    }

    /** The URL with the names of its parameters: values of them are secrets where a log-in leads over other hosts. */
    private static String shown(URI url) {
        String query = url.getRawQuery();
        String names = query == null
                ? ""
                : "?"
                        + List.of(query.split("&", -1)).stream()
                                .map(pair -> pair.contains("=") ? pair.replaceFirst("=.*", "") : "***")
                                .collect(Collectors.joining("&"));
        String path = url.getRawPath().replaceAll(";[^/]*", "");
        return url.getScheme() + "://" + url.getRawAuthority() + path + Quoted.bare(names);
    }

    /**
     * A form was filled in.
     *
     * @param title   of its page, empty for none
     * @param sources where the values are from, by field
     */
    void filled(String title, HtmlForm form, Map<String, String> sources, Submission sent) {
        say("   " + (title.isEmpty() ? "a page without a title" : Quoted.of(title)) + " has " + form.describe());
        sources.forEach((field, source) -> say("   " + Quoted.bare(field) + " = *** from " + Quoted.bare(source)));
        List<String> kept = sent.entries().stream()
                .map(Submission.Entry::name)
                .filter(name -> !sources.containsKey(name))
                .distinct()
                .map(Quoted::bare)
                .toList();
        if (!kept.isEmpty()) {
            say("   as the page has it: " + String.join(", ", kept));
        }
    }

    /** How it ended. */
    void judged(@Nullable Throwable failure, List<String> cookies, Iterable<String> variables) {
        if (failure == null) {
            say("logged in: the form did not come again, and no rule calls the last answer expired");
        } else {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                say((cause == failure
                                ? "not logged in: "
                                : "   because of " + cause.getClass().getSimpleName() + ": ")
                        + Quoted.bare(cause.getMessage(), 1_000));
            }
        }
        say("cookies: " + (cookies.isEmpty() ? "none" : String.join(", ", named(cookies))));
        String captured = String.join(", ", variables);
        if (!captured.isEmpty()) {
            say("captured: " + Quoted.bare(captured));
        }
    }

    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
