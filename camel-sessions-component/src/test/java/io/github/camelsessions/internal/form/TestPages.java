/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Pages as tests write them. */
final class TestPages {

    static final URI URL = URI.create("https://shop.example/start/page?o=1");

    private TestPages() {}

    static HtmlPage page(String html) {
        return HtmlPage.parse(html.getBytes(StandardCharsets.UTF_8), "text/html; charset=utf-8", URL);
    }

    static HtmlForm form(String html) {
        return page(html).form(null);
    }

    /** What the only form of the fragment sends, as {@code a=1&b=2}. */
    static String sent(String html) {
        return sent(form(html).submit(null));
    }

    static String sent(Submission submission) {
        List<String> entries = submission.entries().stream()
                .map(entry -> entry.name() + "=" + entry.value())
                .toList();
        return String.join("&", entries);
    }
}
