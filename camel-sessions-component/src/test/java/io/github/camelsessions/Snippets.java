/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The examples of the documents: the blocks that stand below a comment {@code snippet: NAME}, which is
 * {@code <!-- snippet: NAME -->} in Markdown and {@code // snippet: NAME} in AsciiDoc.
 */
final class Snippets {

    static final Path ROOT = Path.of(System.getProperty("basedir", ".")).resolve("..");

    private static final Pattern SNIPPET = Pattern.compile(
            "^(?://|<!--) snippet: (?<name>[a-z-]+)(?: -->)?\n"
                    + "(?:\\[source,(?<adoc>\\w+)]\n----|```(?<markdown>\\w+))\n"
                    + "(?<text>.*?)^(?:----|```)$",
            Pattern.MULTILINE | Pattern.DOTALL);

    private static final Pattern EXAMPLE =
            Pattern.compile("^(?:\\[source,|```)(?:yaml|java|properties|json)\\b", Pattern.MULTILINE);

    /** One example: its language as the document names it, and its text. */
    record Snippet(String name, String language, String text) {}

    private final Map<String, Snippet> snippets = new LinkedHashMap<>();

    /**
     * Reads documents.
     *
     * @param documents paths below the repository's root
     */
    static Snippets of(String... documents) throws IOException {
        Snippets answer = new Snippets();
        for (String document : documents) {
            answer.read(document, Files.readString(ROOT.resolve(document)));
        }
        return answer;
    }

    private void read(String document, String text) {
        int before = snippets.size();
        for (Matcher snippet = SNIPPET.matcher(text); snippet.find(); ) {
            String name = snippet.group("name");
            String language = snippet.group("adoc") != null ? snippet.group("adoc") : snippet.group("markdown");
            if (snippets.put(name, new Snippet(name, language, snippet.group("text"))) != null) {
                throw new IllegalStateException("two snippets are named " + name);
            }
        }
        long examples = EXAMPLE.matcher(text).results().count();
        long named = snippets.values().stream()
                .skip(before)
                .filter(snippet -> !snippet.language().equals("xml")) // not all XML is a route
                .count();
        if (examples != named) {
            throw new IllegalStateException(document + " has " + examples + " examples, but " + named
                    + " are named by a comment 'snippet: NAME'");
        }
    }

    Map<String, Snippet> all() {
        return snippets;
    }

    String text(String name) {
        Snippet snippet = snippets.get(name);
        if (snippet == null) {
            throw new IllegalArgumentException("no document has a snippet named " + name);
        }
        return snippet.text();
    }
}
