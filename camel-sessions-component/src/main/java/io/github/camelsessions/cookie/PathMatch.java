/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

/** Paths of requests and cookies (RFC 6265bis, section 5.1.4). Octets are compared: nothing is decoded or normalised. */
final class PathMatch {

    private PathMatch() {}

    /** Tells whether the request path path-matches the cookie path. */
    static boolean matches(String requestPath, String cookiePath) {
        if (!requestPath.startsWith(cookiePath)) {
            return false;
        }
        int length = cookiePath.length();
        return requestPath.length() == length
                || cookiePath.charAt(length - 1) == '/'
                || requestPath.charAt(length) == '/';
    }

    /** Returns the path of a cookie that names none: that of the request up to its last slash. */
    static String defaultPath(String requestPath) {
        int slash = requestPath.lastIndexOf('/');
        return slash <= 0 ? "/" : requestPath.substring(0, slash);
    }
}
