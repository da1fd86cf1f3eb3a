/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.text;

import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Canonical host names (RFC 6265bis, section 5.1.2): lower case, A-labels, IPv6 addresses in brackets and in the form of
 * RFC 5952. A trailing dot stays: {@code shop.example.} is another host than {@code shop.example}, in browsers too; only
 * at an IPv4 address it means nothing.
 *
 * <p>More lenient than the RFC in one point: labels with characters outside of letters, digits and hyphens, such as
 * {@code my_service}, are accepted, because hosts with such names exist and answer.
 */
public final class HostNames {

    private static final Pattern DOTTED_QUAD = Pattern.compile("([0-9]{1,3}\\.){3}[0-9]{1,3}");

    /** Of what has no colon in it, a name might be looked up. */
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F.]*:[0-9a-fA-F:.]*");

    private HostNames() {}

    /**
     * Returns the canonical form of a host; the same object when it is canonical already.
     *
     * @throws IllegalArgumentException when the text is no host
     */
    public static String canonical(String host) {
        boolean plain = true;
        char before = '.';
        for (int i = 0; plain && i < host.length(); i++) {
            char c = host.charAt(i);
            plain = isPlain(c) && !(c == '.' && before == '.');
            before = c;
        }
        // an empty host, or one with a dot at its end, comes here with a dot before, and is looked at more closely
        plain &= before != '.';
        return plain ? host : convert(host);
    }

    /** Tells whether a canonical host is an IP address. As in URLs, a name whose last label is a number is one. */
    public static boolean isIpAddress(String host) {
        int at = host.length() - 1;
        if (at < 0) {
            return false;
        }
        if (host.charAt(at) == ']') {
            return true;
        }
        while (at >= 0 && host.charAt(at) >= '0' && host.charAt(at) <= '9') {
            at--;
        }
        return at < host.length() - 1 && (at < 0 || host.charAt(at) == '.');
    }

    /** Tells whether a canonical host is this machine: 127.0.0.0/8, ::1, localhost and the names below it. */
    public static boolean isLoopback(String host) {
        String name = withoutTrailingDot(host);
        return name.equals("localhost")
                || name.equals("[::1]")
                || (name.startsWith("127.") && DOTTED_QUAD.matcher(name).matches())
                || name.endsWith(".localhost");
    }

    public static String withoutTrailingDot(String host) {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    }

    private static String convert(String host) {
        String name = host;
        if (name.startsWith("[") && name.endsWith("]")) {
            return ipv6(name.substring(1, name.length() - 1), host);
        }
        if (name.indexOf(':') >= 0) {
            return ipv6(name, host);
        }
        boolean ascii = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            ascii &= c < 0x80;
            if (c <= ' ' || c == 0x7F || "/\\?#@[]<>^|%;,\"".indexOf(c) >= 0) {
                throw notAHost(host, "character " + (int) c + " at position " + i);
            }
        }
        if (!ascii) {
            name = toALabels(name, host);
        }
        name = name.toLowerCase(Locale.ROOT);
        String labels = withoutTrailingDot(name);
        if (labels.isEmpty() || labels.startsWith(".") || labels.endsWith(".") || labels.contains("..")) {
            throw notAHost(host, "it has an empty label");
        }
        return isIpAddress(labels) ? labels : name;
    }

    private static String toALabels(String name, String host) {
        try {
            return IDN.toASCII(name, IDN.ALLOW_UNASSIGNED);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("host " + Quoted.of(host) + " cannot be converted to A-labels", e);
        }
    }

    /** Brings an IPv6 address, with or without a zone, to one form: {@code 0:0:0:0:0:0:0:1} is {@code ::1}. */
    private static String ipv6(String address, String host) {
        int percent = address.indexOf('%');
        String zone = percent < 0 ? "" : address.substring(percent);
        String number = percent < 0 ? address : address.substring(0, percent);
        if (!IPV6.matcher(number).matches()) {
            throw notAHost(host, "it is no IPv6 address");
        }
        byte[] octets;
        try {
            octets = InetAddress.getByName(number).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("host " + Quoted.of(host) + ": it is no IPv6 address", e);
        }
        int[] groups = new int[8];
        if (octets.length == 4) {
            // what Java makes of ::ffff:192.0.2.1
            groups[5] = 0xFFFF;
        }
        for (int i = 0; i < octets.length / 2; i++) {
            groups[8 - octets.length / 2 + i] = (octets[2 * i] & 0xFF) << 8 | (octets[2 * i + 1] & 0xFF);
        }
        return "[" + compressed(groups) + zone.toLowerCase(Locale.ROOT) + "]";
    }

    /** Writes the groups with the longest run of zeros, of two at least, as {@code ::} (RFC 5952, section 4). */
    private static String compressed(int[] groups) {
        int runStart = -1;
        int runLength = 1;
        for (int i = 0; i < groups.length; i++) {
            int end = i;
            while (end < groups.length && groups[end] == 0) {
                end++;
            }
            if (end - i > runLength) {
                runStart = i;
                runLength = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < groups.length; i++) {
            if (i == runStart) {
                text.append("::");
                i += runLength - 1;
            } else {
                if (text.length() > 0 && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    private static IllegalArgumentException notAHost(String host, String reason) {
        return new IllegalArgumentException("host " + Quoted.of(host) + ": " + reason);
    }
}
