/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.text;

import java.util.ArrayDeque;
import java.util.Deque;

/** Takes the segments {@code .} and {@code ..} out of paths of URLs (RFC 3986, section 5.2.4). Stateless. */
public final class DotSegments {

    private DotSegments() {}

    /** A path that begins with a slash, without them; escaped dots are dots, as browsers and servers have it. */
    public static String removed(String path) {
        Deque<String> segments = new ArrayDeque<>();
        String[] all = path.substring(1).split("/", -1);
        for (int i = 0; i < all.length; i++) {
            String plain = all[i].replace("%2e", ".").replace("%2E", ".");
            boolean dots = plain.equals(".") || plain.equals("..");
            if (plain.equals("..")) {
                segments.pollLast();
            } else if (!dots) {
                segments.addLast(all[i]);
            }
            if (dots && i == all.length - 1) {
                segments.addLast("");
            }
        }
        return "/" + String.join("/", segments);
    }
}
