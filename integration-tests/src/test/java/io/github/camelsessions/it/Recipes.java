/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The examples of src-docs/login.adoc. */
final class Recipes {

    private static final Path PAGE = Path.of(System.getProperty("basedir", "."), "..", "src-docs", "login.adoc");
    private static final String FENCE = "\n----\n";

    private Recipes() {}

    /** The text of the block below {@code // snippet: NAME}. */
    static String snippet(String name) throws IOException {
        String page = Files.readString(PAGE);
        int mark = page.indexOf("\n// snippet: " + name + "\n");
        if (mark < 0) {
            throw new IllegalArgumentException(PAGE + " has no snippet " + name);
        }
        int begin = page.indexOf(FENCE, mark) + FENCE.length();
        return page.substring(begin, page.indexOf(FENCE, begin));
    }
}
