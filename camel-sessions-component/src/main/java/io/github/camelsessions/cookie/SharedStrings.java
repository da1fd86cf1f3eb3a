/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

/**
 * Makes equal strings of many jars one: the few names, hosts and paths that come again and again, 216 bytes in
 * a session with three cookies. It remembers the latest of
 * each hash only, and short ones only, so that sites cannot make it grow. Unlike {@link String#intern}, it costs the garbage
 * collector nothing.
 *
 * <p>Thread-safe without a lock: a string that is seen late, or never, is merely not shared.
 */
final class SharedStrings {

    private static final int LONGEST = 100;
    private static final String[] LATEST = new String[1024];

    private SharedStrings() {}

    /** A string that is equal to this one. */
    static String share(String text) {
        if (text.length() > LONGEST) {
            return text;
        }
        int hash = text.hashCode();
        int place = (hash ^ hash >>> 16) & LATEST.length - 1;
        String latest = LATEST[place];
        if (text.equals(latest)) {
            return latest;
        }
        LATEST[place] = text;
        return text;
    }
}
