/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import io.github.camelsessions.internal.text.HostNames;
import io.github.camelsessions.internal.text.Quoted;
import org.jspecify.annotations.Nullable;

/**
 * Checks cookies that user code gives. A server's bad cookie is ignored without a word, as the RFC asks; a user's is an
 * error, and the message says which cookie, what is wrong and what to do, but never the value.
 */
final class ExplicitCookie {

    private ExplicitCookie() {}

    /**
     * Returns the cookie as it would arrive in a {@code Set-Cookie} field: without whitespace around name and value, with
     * a canonical domain.
     *
     * @throws IllegalArgumentException when it could not arrive in one
     */
    static SetCookie checked(SetCookie cookie) {
        String name = Text.trimmed(cookie.name(), 0, cookie.name().length());
        String value = Text.trimmed(cookie.value(), 0, cookie.value().length());
        // one that says so may have none
        refuseIf(name.isEmpty() && (!cookie.name().isEmpty() || value.isEmpty()), name, "it has no name; give one");
        refuseCharacters(name, "name", name);
        refuseIf(
                name.indexOf('=') >= 0 || name.indexOf(';') >= 0,
                name,
                "its name holds '=' or ';'; give name and value apart, and one cookie at a time");
        refuseCharacters(name, "value", value);
        int semicolon = value.indexOf(';');
        refuseIf(
                semicolon >= 0,
                name,
                "its value holds ';' at position " + semicolon + "; percent-encode it as %3B, and give"
                        + " attributes such as Path apart from the value");
        int length = name.length() + value.length();
        refuseIf(
                length > SetCookieParser.MAX_PAIR_LENGTH,
                name,
                "name and value have " + length + " octets, the limit is " + SetCookieParser.MAX_PAIR_LENGTH
                        + "; give less, for instance over two cookies");
        checkPath(name, cookie.path());
        return new SetCookie(
                name,
                value,
                canonicalDomain(name, cookie.domain()),
                cookie.path(),
                cookie.expiry(),
                cookie.secure(),
                cookie.httpOnly(),
                cookie.sameSite());
    }

    /** Makes the exception for a cookie that may not be stored. */
    static IllegalArgumentException refused(String name, String reasonAndWayOut, @Nullable Throwable cause) {
        // where name and value were not told apart, the part before the separator is all that may be shown
        int end = 0;
        while (end < name.length() && name.charAt(end) != '=' && name.charAt(end) != ';') {
            end++;
        }
        return new IllegalArgumentException(
                "cookie " + Quoted.of(name.substring(0, end)) + ": " + reasonAndWayOut, cause);
    }

    private static void refuseIf(boolean wrong, String name, String reasonAndWayOut) {
        if (wrong) {
            throw refused(name, reasonAndWayOut, null);
        }
    }

    private static void refuseCharacters(String name, String part, String text) {
        int at = Text.firstForbidden(text);
        if (at < 0) {
            return;
        }
        char c = text.charAt(at);
        String what = "U+" + String.format("%04X", (int) c);
        throw refused(
                name,
                c > 0xFF
                        ? "its " + part + " holds " + what + " at position " + at
                                + ", which is no octet; percent-encode it, or pass its UTF-8 octets as ISO-8859-1"
                        : "its " + part + " holds the control character " + what + " at position " + at + "; remove it",
                null);
    }

    private static void checkPath(String name, @Nullable String path) {
        if (path == null || path.isEmpty()) {
            return;
        }
        refuseCharacters(name, "path", path);
        refuseIf(
                path.charAt(0) != '/' || path.indexOf(';') >= 0,
                name,
                "its path must start with '/' and hold no ';'; give such a path, or none");
        refuseIf(
                path.length() > SetCookieParser.MAX_ATTRIBUTE_LENGTH,
                name,
                "its path has " + path.length() + " octets, the limit is " + SetCookieParser.MAX_ATTRIBUTE_LENGTH
                        + "; give a shorter one");
    }

    private static @Nullable String canonicalDomain(String name, @Nullable String domain) {
        if (domain == null) {
            return null;
        }
        String host = domain.startsWith(".") ? domain.substring(1) : domain;
        if (host.isEmpty()) {
            return null;
        }
        refuseIf(
                host.length() > SetCookieParser.MAX_ATTRIBUTE_LENGTH,
                name,
                "its domain has " + host.length() + " octets, the limit is " + SetCookieParser.MAX_ATTRIBUTE_LENGTH
                        + "; give a host name");
        try {
            return HostNames.canonical(host);
        } catch (IllegalArgumentException e) {
            throw refused(
                    name, "its domain " + Quoted.of(host) + " is no host name; give one, or leave the domain out", e);
        }
    }
}
