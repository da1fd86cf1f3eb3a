/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import io.github.camelsessions.internal.text.Quoted;
import io.github.camelsessions.internal.text.WebUrl;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** URLs in pages. Stateless. */
final class FormUrl {

    private FormUrl() {}

    /**
     * Where a URL in a page leads; its query is encoded in the charset of the page (WHATWG URL, section 4.4, query state).
     *
     * @throws IllegalArgumentException as {@link WebUrl#resolve}
     */
    static URI resolve(URI base, String text, Charset charset) {
        int fragment = text.indexOf('#');
        String url = fragment < 0 ? text : text.substring(0, fragment);
        int mark = url.indexOf('?');
        String octets = octets(FormCharset.encode(mark < 0 ? url : url.substring(0, mark), StandardCharsets.UTF_8));
        return WebUrl.resolve(base, mark < 0 ? octets : octets + query(url.substring(mark), charset));
    }

    private static String query(String text, Charset charset) {
        return octets(FormCharset.encode(text, charset, "%26%23", "%3B"));
    }

    private static String octets(byte[] encoded) {
        return new String(encoded, StandardCharsets.ISO_8859_1);
    }

    /** The URL with another query. */
    static URI withQuery(URI url, String query) {
        String all = url.toString();
        int mark = all.indexOf('?');
        return URI.create((mark < 0 ? all : all.substring(0, mark)) + "?" + query);
    }

    /** The URL for messages: without credentials, query, and parameters of the path, which may be a session's. */
    static String shown(URI url) {
        return Quoted.bare(url.getScheme() + "://" + host(url)) + shownPath(url);
    }

    /** The path for messages; with the host before it when that is not the page's. */
    static String shown(URI url, URI page) {
        boolean same =
                url.getScheme().equalsIgnoreCase(page.getScheme()) && host(url).equalsIgnoreCase(host(page));
        return same ? shownPath(url) : shown(url);
    }

    private static String shownPath(URI url) {
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        int parameters = path.indexOf(';');
        return Quoted.bare(parameters < 0 ? path : path.substring(0, parameters));
    }

    private static String host(URI url) {
        String authority = url.getRawAuthority() == null ? "" : url.getRawAuthority();
        return authority.substring(authority.lastIndexOf('@') + 1);
    }
}
