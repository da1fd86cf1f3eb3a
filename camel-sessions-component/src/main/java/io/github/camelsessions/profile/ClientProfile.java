/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who a session appears to be: the proxy it comes from, its user agent, further request headers, and the account that
 * the log-in route uses.
 *
 * <p>Immutable. {@link #toString()} and {@link #masked()} show no secret; the accessors do.
 *
 * @param name unique among the profiles of a file; empty for {@link #NONE} only
 * @param proxy null when requests go to the target directly
 * @param userAgent null when the HTTP client's own is sent
 * @param headers further request headers in the order given, without those that the HTTP client or the session writes
 * @param account what the log-in route needs, such as user and password; never sent by itself
 */
public record ClientProfile(
        String name,
        @Nullable ProxyServer proxy,
        @Nullable String userAgent,
        Map<String, String> headers,
        Map<String, String> account) {

    /** The profile of a session without profiles: no name, nothing attached. */
    public static final ClientProfile NONE = new ClientProfile("", null, null, Map.of(), Map.of());

    static final String MASK = "***";
    private static final int LONGEST_NAME = 100;

    /**
     * Checks and copies the parts.
     *
     * @throws IllegalArgumentException when the name, the user agent, or a header is not valid; the message shows no
     *     value
     */
    public ClientProfile {
        String problem = name.isEmpty() ? null : nameProblem(name);
        if (problem != null) {
            throw new IllegalArgumentException("the name of the client profile " + problem);
        }
        problem = userAgent == null ? null : HeaderRules.valueProblem(userAgent);
        if (problem != null) {
            throw new IllegalArgumentException("the user agent of the client profile " + problem);
        }
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        account = Collections.unmodifiableMap(new LinkedHashMap<>(account));
        Set<String> seen = new HashSet<>();
        headers.forEach((header, value) -> checkHeader(header, value, seen));
    }

    /**
     * Returns what may be shown to users: {@code name}, {@code proxy} (a map of {@code url} without credentials,
     * {@code username}, {@code password}, {@code noProxy}), {@code userAgent}, {@code headers}, {@code account}. What is absent in the
     * profile is absent here; passwords, the values of the account and the headers that carry secrets (Authorization
     * and the like) are {@code ***}. A username without a password is masked too, since it is usually a token.
     *
     * @return an unmodifiable map in the order above
     */
    public Map<String, Object> masked() {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("name", name);
        if (proxy != null) {
            Map<String, String> masked = new LinkedHashMap<>();
            masked.put("url", proxy.toString());
            String username = proxy.username();
            if (username != null) {
                masked.put("username", proxy.password() == null ? MASK : username);
            }
            if (proxy.password() != null) {
                masked.put("password", MASK);
            }
            if (!proxy.noProxy().entries().isEmpty()) {
                masked.put("noProxy", proxy.noProxy().toString());
            }
            shown.put("proxy", Collections.unmodifiableMap(masked));
        }
        if (userAgent != null) {
            shown.put("userAgent", userAgent);
        }
        if (!headers.isEmpty()) {
            Map<String, String> masked = new LinkedHashMap<>(headers);
            masked.replaceAll((header, value) -> HeaderRules.isSecret(header, value) ? MASK : value);
            shown.put("headers", Collections.unmodifiableMap(masked));
        }
        if (!account.isEmpty()) {
            Map<String, String> masked = new LinkedHashMap<>(account);
            masked.replaceAll((key, value) -> MASK);
            shown.put("account", Collections.unmodifiableMap(masked));
        }
        return Collections.unmodifiableMap(shown);
    }

    /** Returns {@link #masked()} as text. */
    @Override
    public String toString() {
        return "ClientProfile" + masked();
    }

    /** Says what is wrong with a profile's name, or returns null. Shows nothing of it. */
    static @Nullable String nameProblem(String name) {
        if (name.isBlank()) {
            return "is blank";
        }
        if (name.length() > LONGEST_NAME) {
            return "has more than " + LONGEST_NAME + " characters";
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            return "contains a control character";
        }
        if (name.contains("://")) {
            // names are shown everywhere, and URLs carry passwords
            return "is a URL: names are shown in logs, choose another";
        }
        return null;
    }

    private static void checkHeader(String header, String value, Set<String> seen) {
        if (!HeaderRules.isToken(header)) {
            throw new IllegalArgumentException(
                    "a header name of the client profile is not a token (RFC 9110, section 5.6.2)");
        }
        String problem = HeaderRules.whyForbidden(header);
        if (problem == null) {
            problem = HeaderRules.valueProblem(value);
        }
        if (problem == null && !seen.add(header.toLowerCase(Locale.ROOT))) {
            problem = "is given twice";
        }
        if (problem != null) {
            throw new IllegalArgumentException("the header '" + header + "' of the client profile " + problem);
        }
    }
}
