/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A request with its whole body, read. Immutable. */
final class SiteRequest {

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    private final HttpExchange http;
    private final String body;

    private SiteRequest(HttpExchange http, String body) {
        this.http = http;
        this.body = body;
    }

    static SiteRequest read(HttpExchange http) throws IOException {
        return new SiteRequest(http, new String(http.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    }

    String method() {
        return http.getRequestMethod();
    }

    /** Whether the method is safe by RFC 9110, section 9.2.1: a request that changes nothing. */
    boolean isSafe() {
        return SAFE.contains(method());
    }

    /** The path as it was sent, without the query. */
    String path() {
        return http.getRequestURI().getRawPath();
    }

    /** Path and query as they were sent. */
    String uri() {
        return http.getRequestURI().toString();
    }

    String body() {
        return body;
    }

    /** The header's first value, null without one. */
    String header(String name) {
        return http.getRequestHeaders().getFirst(name);
    }

    /** Header names are as HttpServer capitalises them. */
    Map<String, List<String>> headers() {
        return http.getRequestHeaders();
    }

    /** The token of {@code Authorization: Bearer}, null without one. */
    String bearerToken() {
        String credentials = header("Authorization");
        return credentials != null && credentials.startsWith("Bearer ")
                ? credentials.substring("Bearer ".length()).strip()
                : null;
    }

    /** The first cookie of this name, null without one. */
    String cookie(String name) {
        List<String> values = cookies(name);
        return values.isEmpty() ? null : values.get(0);
    }

    /** The values of all cookies of this name, in the order they were sent. */
    List<String> cookies(String name) {
        List<String> values = new ArrayList<>(1);
        for (String header : http.getRequestHeaders().getOrDefault("Cookie", List.of())) {
            for (String pair : header.split(";")) {
                String cookie = pair.strip();
                if (cookie.startsWith(name) && cookie.startsWith("=", name.length())) {
                    values.add(cookie.substring(name.length() + 1));
                }
            }
        }
        return values;
    }

    /** The body as a URL-encoded form; of a field given twice, the last counts. */
    Map<String, String> form() {
        return pairs(body);
    }

    /** The query as it was sent, empty without one. */
    String query() {
        String query = http.getRequestURI().getRawQuery();
        return query == null ? "" : query;
    }

    static Map<String, String> pairs(String encoded) {
        Map<String, String> fields = new HashMap<>();
        for (String pair : encoded.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
        return fields;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
