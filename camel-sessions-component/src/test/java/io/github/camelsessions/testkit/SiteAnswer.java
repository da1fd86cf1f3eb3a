/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a request is answered with: text, as UTF-8. Immutable.
 *
 * @param headers names and values, besides Content-Length; the type is plain text unless they say so
 */
record SiteAnswer(int status, String text, List<Map.Entry<String, String>> headers) {

    SiteAnswer(int status, String text) {
        this(status, text, List.of());
    }

    SiteAnswer with(String name, String value) {
        List<Map.Entry<String, String>> more = new ArrayList<>(headers);
        more.add(Map.entry(name, value));
        return new SiteAnswer(status, text, List.copyOf(more));
    }
}
