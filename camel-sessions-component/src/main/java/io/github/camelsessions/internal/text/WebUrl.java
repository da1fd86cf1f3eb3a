/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.text;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a URL that a site writes leads, as browsers read it: that of the header {@code Location}, or one in a page. It is
 * the basic URL parser of the WHATWG URL standard, section 4.4, for http and https. Its states are the methods here, in the standard's order and by its names. Where sites send what
 * is no URL by RFC 3986, such as spaces, backslashes or UTF-8, it finds out what was meant.
 *
 * <p>It differs from the standard in this: the fragment is dropped, credentials are refused, as is any scheme that is
 * not sent by HTTP, and a few characters that a browser sends as they are, such as {@code |}, are sent percent-encoded,
 * because {@link URI} holds them in no other way; servers decode both to the same.
 */
public final class WebUrl {

    // the percent-encode sets of path and query; what is not ASCII and controls are always encoded
    private static final String PATH_SET = " \"#<>?^`{}|\\[]";
    private static final String QUERY_SET = " \"#<>'^`{}|\\";

    // IDNA2008 keeps these four, the IDNA2003 of java.net.IDN makes other hosts of them; the capital sharp s likewise
    private static final String DEVIATIONS = "\u00df\u03c2\u200c\u200d\u1e9e";

    private static final int LAST_PORT = 65535;

    private final URI base;
    private final String query;
    private final boolean hasQuery;

    private WebUrl(URI base, String query, boolean hasQuery) {
        this.base = base;
        this.query = query;
        this.hasQuery = hasQuery;
    }

    /**
     * The URL that a reference leads to.
     *
     * @param base   the URL of the request that was answered, absolute, http or https
     * @param octets the reference, each character an octet, as HTTP clients read headers; a page's text is encoded before
     * @throws IllegalArgumentException when it leads to no URL that a request can be sent to; the message begins with
     *     «its» and tells neither credentials nor query
     */
    public static URI resolve(URI base, String octets) {
        String input = before('#', withoutBlanks(octets));
        String hierarchy = before('?', input);
        boolean hasQuery = hierarchy.length() < input.length();
        WebUrl url = new WebUrl(base, hasQuery ? input.substring(hierarchy.length() + 1) : "", hasQuery);
        return url.schemeStart(hierarchy.replace('\\', '/'));
    }

    /** Without blanks and controls at the ends, and without tabs and line breaks within. */
    private static String withoutBlanks(String octets) {
        int from = 0;
        int to = octets.length();
        while (from < to && octets.charAt(from) <= ' ') {
            from++;
        }
        while (to > from && octets.charAt(to - 1) <= ' ') {
            to--;
        }
        return octets.substring(from, to).replace("\t", "").replace("\n", "").replace("\r", "");
    }

    private static String before(char sign, String text) {
        int end = text.indexOf(sign);
        return end < 0 ? text : text.substring(0, end);
    }

    /** Scheme start state, scheme state, no scheme state. */
    private URI schemeStart(String input) {
        String own = base.getScheme().toLowerCase(Locale.ROOT);
        int end = endOfScheme(input);
        if (end < 0) {
            return relativeOrAuthority(own, input);
        }
        String scheme = input.substring(0, end).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("its scheme is " + Quoted.of(scheme) + ", neither http nor https");
        }
        String rest = input.substring(end + 1);
        return scheme.equals(own) ? relativeOrAuthority(scheme, rest) : ignoreSlashes(scheme, rest);
    }

    /** Where the colon of a scheme is, -1 without one. */
    private static int endOfScheme(String input) {
        for (int i = 0; i < input.length(); i++) {
            char c = input.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (c == ':' && i > 0) {
                return i;
            }
            if (!letter && (i == 0 || !(c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'))) {
                return -1;
            }
        }
        return -1;
    }

    /** Special relative or authority state, relative state, relative slash state. */
    private URI relativeOrAuthority(String scheme, String input) {
        if (input.startsWith("//")) {
            return ignoreSlashes(scheme, input);
        }
        String authority = base.getRawAuthority();
        String path = base.getRawPath();
        if (input.isEmpty()) {
            return url(scheme, authority, path, hasQuery ? encoded(query, QUERY_SET) : base.getRawQuery());
        }
        String folder =
                input.startsWith("/") ? "" : path.isEmpty() ? "/" : path.substring(0, path.lastIndexOf('/') + 1);
        return path(scheme, authority, folder + encoded(input, PATH_SET));
    }

    /** Special authority slashes state, special authority ignore slashes state. */
    private URI ignoreSlashes(String scheme, String input) {
        int from = 0;
        while (from < input.length() && input.charAt(from) == '/') {
            from++;
        }
        String authority = before('/', input.substring(from));
        return path(
                scheme, authority(scheme, authority), encoded(input.substring(from + authority.length()), PATH_SET));
    }

    /** Authority state, host state, port state. */
    private static String authority(String scheme, String input) {
        int at = input.lastIndexOf('@');
        if (at > 0) {
            throw new IllegalArgumentException("its URL holds a user or password");
        }
        String hostAndPort = input.substring(at + 1);
        int colon = hostAndPort.indexOf(':', endOfAddress(hostAndPort));
        String host = colon < 0 ? hostAndPort : hostAndPort.substring(0, colon);
        int port = port(colon < 0 ? "" : hostAndPort.substring(colon + 1));
        boolean isDefault = port < 0 || port == (scheme.equals("http") ? 80 : 443);
        return host(host) + (isDefault ? "" : ":" + port);
    }

    /** Where the brackets of an IPv6 address end, 0 when there are none. */
    private static int endOfAddress(String hostAndPort) {
        int end = hostAndPort.startsWith("[") ? hostAndPort.indexOf(']') : 0;
        return end < 0 ? hostAndPort.length() : end;
    }

    /** The port, -1 when none is given. */
    private static int port(String input) {
        int port = input.isEmpty() ? -1 : 0;
        for (int i = 0; i < input.length(); i++) {
            char c = input.charAt(i);
            port = c >= '0' && c <= '9' ? 10 * port + c - '0' : LAST_PORT + 1;
            if (port > LAST_PORT) {
                throw new IllegalArgumentException("its port " + Quoted.of(input) + " is no number up to " + LAST_PORT);
            }
        }
        return port;
    }

    /** Host parser, section 3.5. */
    private static String host(String input) {
        if (input.startsWith("[") && input.indexOf('%') < 0) {
            return canonical(input);
        }
        String name = new String(percentDecoded(input), StandardCharsets.UTF_8);
        for (int i = 0; i < name.length(); i++) {
            if (DEVIATIONS.indexOf(name.charAt(i)) >= 0) {
                // java.net.IDN would lead to another site: IDNA2003 takes the sharp s for two letters, browsers do not
                throw new IllegalArgumentException("its host " + Quoted.of(name) + " holds a character of which"
                        + " IDNA2003 and IDNA2008 make different hosts; it must come as A-labels (xn--...)");
            }
        }
        String host = canonical(name);
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_')) {
                throw noHost(name);
            }
        }
        return endsInNumber(host) ? ipv4(host) : host;
    }

    private static String canonical(String host) {
        try {
            return HostNames.canonical(host);
        } catch (IllegalArgumentException e) {
            throw noHost(host);
        }
    }

    private static IllegalArgumentException noHost(String host) {
        return new IllegalArgumentException("its host " + Quoted.of(host) + " is no host");
    }

    /** Ends-in-a-number checker, section 3.5. */
    private static boolean endsInNumber(String host) {
        String[] parts = host.split("\\.");
        String last = parts[parts.length - 1];
        return last.chars().allMatch(c -> c >= '0' && c <= '9') || number(last) >= 0;
    }

    /** IPv4 parser, section 3.5: the last number fills what is left of the four octets. */
    private static String ipv4(String host) {
        String[] parts = host.split("\\.");
        long address = 0;
        for (int i = 0; i < parts.length; i++) {
            long number = number(parts[i]);
            boolean last = i == parts.length - 1;
            if (parts.length > 4 || number < 0 || number >= (last ? 1L << 8 * (5 - parts.length) : 256)) {
                throw noHost(host);
            }
            address |= last ? number : number << 8 * (3 - i);
        }
        return (address >> 24) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255);
    }

    /** IPv4 number parser, section 3.5: hexadecimal after 0x, octal after 0; -1 when it is none, or far too large. */
    private static long number(String input) {
        int radix = input.startsWith("0x") ? 16 : input.startsWith("0") && input.length() > 1 ? 8 : 10;
        String digits = input.substring(radix == 16 ? 2 : 0);
        long number = radix == 16 || !digits.isEmpty() ? 0 : -1;
        for (int i = 0; i < digits.length() && number >= 0; i++) {
            int digit = Character.digit(digits.charAt(i), radix);
            number = digit < 0 ? -1 : Math.min(number * radix + digit, 1L << 32);
        }
        return number;
    }

    private static byte[] percentDecoded(String octets) {
        byte[] decoded = new byte[octets.length()];
        int length = 0;
        for (int i = 0; i < octets.length(); i++) {
            boolean escape = octets.charAt(i) == '%' && isEscape(octets, i);
            decoded[length++] = (byte) (escape ? HexFormat.fromHexDigits(octets, i + 1, i + 3) : octets.charAt(i));
            i += escape ? 2 : 0;
        }
        return Arrays.copyOf(decoded, length);
    }

    /** Path start state and path state of a path that is encoded. */
    private URI path(String scheme, String authority, String path) {
        return url(scheme, authority, withoutDotSegments(path), hasQuery ? encoded(query, QUERY_SET) : null);
    }

    private static String withoutDotSegments(String path) {
        if (path.isEmpty()) {
            return "/";
        }
        return DotSegments.removed(path);
    }

    /** The octets percent-encoded where they are of the set, not ASCII, or a percent sign that begins no escape. */
    private static String encoded(String octets, String set) {
        StringBuilder encoded = new StringBuilder(octets.length() + 16);
        for (int i = 0; i < octets.length(); i++) {
            char c = octets.charAt(i);
            boolean unsafe = c <= ' ' || c >= 0x7F || set.indexOf(c) >= 0 || c == '%' && !isEscape(octets, i);
            if (unsafe) {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
            } else {
                encoded.append(c);
            }
        }
        return encoded.toString();
    }

    private static boolean isEscape(String text, int percent) {
        return percent + 2 < text.length()
                && HexFormat.isHexDigit(text.charAt(percent + 1))
                && HexFormat.isHexDigit(text.charAt(percent + 2));
    }

    private static URI url(String scheme, String authority, String path, @Nullable String query) {
        try {
            return new URI(scheme + "://" + authority + path + (query == null ? "" : "?" + query));
        } catch (URISyntaxException e) {
            // the reason only: the exception tells the query
            throw new IllegalArgumentException("its URL is none: " + e.getReason());
        }
    }
}
