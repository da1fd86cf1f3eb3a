/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A proxy through which a session's requests go, with the credentials for it.
 *
 * <p>Immutable. {@link #toString()} shows scheme, host and port only, and no exception of this type shows anything of
 * what it was given: a proxy URL that is malformed may have its password anywhere.
 *
 * @param scheme {@code http}, {@code https} (the proxy itself is spoken to in TLS) or {@code socks5} (host names are
 *     resolved by the proxy), in lower case
 * @param host host name or IP address in lower case, an IPv6 address without brackets
 * @param port 1 to 65535
 * @param username null when the proxy asks for no credentials
 * @param password null when there is none; some proxies take a token as the username and no password
 * @param noProxy the hosts that are reached without it
 */
public record ProxyServer(
        String scheme,
        String host,
        int port,
        @Nullable String username,
        @Nullable String password,
        NoProxy noProxy) {

    private static final Set<String> SCHEMES = Set.of("http", "https", "socks5");
    private static final int LONGEST_HOST = 253;
    private static final Pattern HOST_NAME = Pattern.compile("[a-z0-9_-]+(\\.[a-z0-9_-]+)*\\.?");
    private static final Pattern NUMERIC = Pattern.compile("([0-9.]+\\.)?[0-9]+\\.?");
    private static final Pattern IPV4 =
            Pattern.compile("((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-f:.]*:[0-9a-f:.]*");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
    private static final String FORM = "write http://host:port or http://user:password@host:port";

    /**
     * Checks the parts, and puts scheme and host into lower case.
     *
     * @throws IllegalArgumentException when a part is not valid, or there is a password without a username
     */
    public ProxyServer {
        scheme = scheme.toLowerCase(Locale.ROOT);
        host = host.toLowerCase(Locale.ROOT);
        refuseIf(
                !SCHEMES.contains(scheme),
                scheme.equals("socks5h")
                        ? "the scheme of the proxy is written socks5, not socks5h: the proxy resolves host names anyhow"
                        : "the scheme of the proxy is not http, https or socks5");
        refuseIf(
                !isHost(host),
                "the host of the proxy is neither a host name nor an IP address"
                        + " (international names in their ASCII form, xn--...)");
        refuseIf(port < 1 || port > 65535, "the port of the proxy is not between 1 and 65535");
        refuseIf(username == null && password != null, "the proxy has a password but no username: give both or none");
        refuseIf(
                username != null && username.isEmpty(),
                "the username of the proxy is empty: leave it out or write one");
        // RFC 7617, section 2: the first colon ends the user-id
        refuseIf(
                username != null && username.indexOf(':') >= 0,
                "the username of the proxy contains a colon, which cannot be sent");
        refuseIf(
                hasControl(username) || hasControl(password),
                "the credentials of the proxy contain a control character");
        // RFC 1929, section 2: their lengths are octets
        refuseIf(
                scheme.equals("socks5") && (isLong(username) || isLong(password)),
                "the credentials of the proxy have more than 255 octets, which socks5 cannot carry");
    }

    /** A proxy for all hosts. */
    public ProxyServer(String scheme, String host, int port, @Nullable String username, @Nullable String password) {
        this(scheme, host, port, username, password, NoProxy.NONE);
    }

    /** Whether it speaks SOCKS, and not HTTP. */
    public boolean isSocks() {
        return scheme.equals("socks5");
    }

    /**
     * Reads {@code scheme://host:port} or {@code scheme://user:password@host:port}, user and password percent-encoded.
     *
     * <p>The port must be given, because default ports of proxies differ from tool to tool (80, 1080, 3128, 8080).
     *
     * @throws IllegalArgumentException when the URL has another form; the message shows nothing of the URL
     */
    public static ProxyServer parse(String url) {
        String text = url.strip();
        int schemeEnd = text.indexOf("://");
        refuseIf(schemeEnd < 0, "the proxy URL has no scheme: " + FORM);
        String authority = text.substring(schemeEnd + 3);
        if (authority.endsWith("/")) {
            authority = authority.substring(0, authority.length() - 1);
        }
        for (int i = 0; i < authority.length(); i++) {
            char c = authority.charAt(i);
            refuseIf(
                    c == '/' || c == '?' || c == '#' || c == '\\',
                    "the proxy URL has a path, query or fragment: " + FORM
                            + ", in user and password / ? # and @ percent-encoded");
            refuseIf(c <= ' ' || c == 0x7f, "the proxy URL contains a space or control character: " + FORM);
        }
        int at = authority.lastIndexOf('@');
        String hostAndPort = authority.substring(at + 1);
        int colon = hostAndPort.lastIndexOf(':');
        refuseIf(colon < 0 || colon < hostAndPort.lastIndexOf(']'), "the proxy URL has no port: " + FORM);
        String port = hostAndPort.substring(colon + 1);
        refuseIf(!PORT.matcher(port).matches(), "the port of the proxy URL is not a number from 1 to 65535: " + FORM);
        String host = hostAndPort.substring(0, colon);
        boolean brackets = host.startsWith("[") && host.endsWith("]");
        if (brackets) {
            host = host.substring(1, host.length() - 1);
        }
        refuseIf(brackets != host.indexOf(':') >= 0, "an IPv6 address, and nothing else, stands in brackets: " + FORM);
        String username = null;
        String password = null;
        if (at >= 0) {
            String userInfo = authority.substring(0, at);
            int userEnd = userInfo.indexOf(':');
            username = percentDecode(userEnd < 0 ? userInfo : userInfo.substring(0, userEnd));
            password = userEnd < 0 ? null : percentDecode(userInfo.substring(userEnd + 1));
        }
        return new ProxyServer(text.substring(0, schemeEnd), host, Integer.parseInt(port), username, password);
    }

    /**
     * Returns this proxy with the given credentials.
     *
     * @throws IllegalArgumentException when this proxy has credentials already, or these are not valid
     */
    ProxyServer withCredentials(@Nullable String newUsername, @Nullable String newPassword) {
        refuseIf(
                username != null && (newUsername != null || newPassword != null),
                "the proxy has credentials twice, in its URL and beside it: remove one of them");
        return username != null ? this : new ProxyServer(scheme, host, port, newUsername, newPassword, noProxy);
    }

    /** Returns this proxy for all hosts but these. */
    ProxyServer withNoProxy(NoProxy hosts) {
        return new ProxyServer(scheme, host, port, username, password, hosts);
    }

    /**
     * Returns this proxy with the credentials of a {@code Basic} value, as in a Proxy-Authorization header (RFC 7617).
     *
     * @throws IllegalArgumentException when the value is not «Basic», base64, UTF-8, and {@code user:password}
     */
    ProxyServer withBasic(String credentials) {
        String text = credentials.strip();
        refuseIf(
                !text.regionMatches(true, 0, "Basic ", 0, 6),
                "the credentials of the proxy do not have the form \"Basic <base64 of user:password>\"");
        String decoded;
        try {
            decoded = utf8(Base64.getDecoder().decode(text.substring(6).strip()));
        } catch (IllegalArgumentException e) {
            // without the cause, which quotes the characters it stumbled over
            throw new IllegalArgumentException("the Basic credentials of the proxy are not base64 of UTF-8 text");
        }
        int colon = decoded.indexOf(':');
        refuseIf(colon < 0, "the Basic credentials of the proxy have no colon between user and password");
        return withCredentials(decoded.substring(0, colon), decoded.substring(colon + 1));
    }

    /** Returns {@code scheme://host:port}, never the credentials. */
    @Override
    public String toString() {
        return scheme + "://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    static boolean isHost(String host) {
        if (host.length() > LONGEST_HOST) {
            return false;
        }
        if (host.indexOf(':') >= 0) {
            return isIpv6(host);
        }
        if (NUMERIC.matcher(host).matches()) {
            return IPV4.matcher(host).matches();
        }
        return HOST_NAME.matcher(host).matches();
    }

    /** Refuses something; the message must not depend on what is only right if that is not so. */
    private static void refuseIf(boolean wrong, String why) {
        if (wrong) {
            throw new IllegalArgumentException(why);
        }
    }

    private static boolean isIpv6(String host) {
        if (!IPV6.matcher(host).matches()) {
            return false;
        }
        try {
            // in brackets it is read as a literal: no name is ever looked up
            InetAddress.getByName("[" + host + "]");
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static boolean isLong(@Nullable String text) {
        return text != null && text.getBytes(StandardCharsets.UTF_8).length > 255;
    }

    private static boolean hasControl(@Nullable String text) {
        return text != null && text.chars().anyMatch(Character::isISOControl);
    }

    private static String percentDecode(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); ) {
            if (text.charAt(i) == '%') {
                int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw notPercentEncoded();
                }
                bytes.write(high << 4 | low);
                i += 3;
            } else {
                int codePoint = text.codePointAt(i);
                bytes.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(codePoint);
            }
        }
        try {
            return utf8(bytes.toByteArray());
        } catch (IllegalArgumentException e) {
            throw notPercentEncoded();
        }
    }

    private static IllegalArgumentException notPercentEncoded() {
        return new IllegalArgumentException(
                "user or password in the proxy URL are not percent-encoded UTF-8" + " (write %25 for a percent sign)");
    }

    private static String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not UTF-8");
        }
    }
}
