/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Cookies as a user agent keeps them: one {@link io.github.camelsessions.cookie.CookieJar} per session takes
 * {@code Set-Cookie} header fields and explicit cookies, and gives {@code Cookie} header fields.
 *
 * <p>The rules are those of draft-ietf-httpbis-rfc6265bis-22, called «RFC 6265bis» in this package; clauses are numbered
 * as there. Two prefixes, {@code __Http-} and {@code __Host-Http-}, come from draft-ietf-httpbis-layered-cookies, which
 * follows it. One {@code char} of a name, value or attribute is one octet: header fields are read and written as
 * ISO-8859-1, so that octets survive whatever their encoding is.
 *
 * <p>The package knows HTTP semantics only: no Camel, no HTTP client.
 */
@NullMarked
package io.github.camelsessions.cookie;

import org.jspecify.annotations.NullMarked;
