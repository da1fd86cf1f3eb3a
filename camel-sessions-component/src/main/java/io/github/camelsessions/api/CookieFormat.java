/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

/** What {@code getCookies} makes of a session's cookies. The constants are named as in the URI. */
public enum CookieFormat {
    /** A Map of name to value. */
    map,
    /** A List of full cookie strings, as in Set-Cookie. */
    list,
    /** A JSON array of objects, as {@code addCookies} takes them. */
    json,
    /** The text of a {@code cookies.txt}, as curl and wget take it. It knows no SameSite. */
    netscape,
    /** The storage state of Playwright in JSON, as {@code browser.newContext({ storageState })} takes it. */
    playwright
}
