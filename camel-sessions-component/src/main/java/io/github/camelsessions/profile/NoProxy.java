/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Hosts that are reached directly though there is a proxy. An entry is a host name or an IP address, of which exactly that
 * host is meant; {@code *.internal} or {@code .internal}, which means all hosts below that domain; each with or without a
 * port behind a colon, an IPv6 address then in brackets. Immutable.
 */
public record NoProxy(List<Entry> entries) {

    /** No hosts. */
    public static final NoProxy NONE = new NoProxy(List.of());

    private static final int ANY_PORT = -1;
    private static final String FORM = "write hosts such as localhost, *.internal, 10.0.0.7 or host:8080";

    /**
     * @param host   in lower case, without the dot at its end
     * @param domain whether the hosts below it are meant, and not the host itself
     * @param port   -1 for any
     */
    public record Entry(String host, boolean domain, int port) {

        boolean matches(String otherHost, int otherPort) {
            boolean samePort = port == ANY_PORT || port == otherPort;
            return samePort && (domain ? otherHost.endsWith("." + host) : otherHost.equals(host));
        }

        @Override
        public String toString() {
            String shown = (domain ? "*." : "") + (host.indexOf(':') >= 0 ? "[" + host + "]" : host);
            return port == ANY_PORT ? shown : shown + ":" + port;
        }
    }

    /** A copy. */
    public NoProxy {
        entries = List.copyOf(entries);
    }

    /**
     * Reads entries separated by commas.
     *
     * @throws IllegalArgumentException when one has another form; the message counts them and shows nothing of them
     */
    public static NoProxy parse(String text) {
        return text.isBlank() ? NONE : of(List.of(text.split(",", -1)));
    }

    /** As {@link #parse}, one entry each. */
    static NoProxy of(List<String> texts) {
        List<Entry> entries = new ArrayList<>();
        for (String text : texts) {
            String problem = null;
            try {
                entries.add(entry(text.strip().toLowerCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                problem = e.getMessage();
            }
            refuseIf(problem != null, "noProxy: entry " + (entries.size() + 1) + " " + problem + "; " + FORM);
        }
        return new NoProxy(entries);
    }

    private static Entry entry(String text) {
        refuseIf(text.isEmpty(), "is empty");
        refuseIf(text.equals("*"), "means every host: leave the proxy out instead");
        refuseIf(text.indexOf('/') >= 0 || text.indexOf('@') >= 0, "is a URL or a network, not a host");
        int colon = text.lastIndexOf(':');
        boolean single = colon >= 0 && colon == text.indexOf(':');
        boolean behindBrackets = colon > 0 && text.charAt(colon - 1) == ']';
        int port = ANY_PORT;
        String host = text;
        if (single || behindBrackets) {
            port = port(text.substring(colon + 1));
            host = text.substring(0, colon);
        }
        boolean domain = host.startsWith(".") || host.startsWith("*.");
        host = canonical(domain ? host.substring(host.indexOf('.') + 1) : host);
        refuseIf(!ProxyServer.isHost(host), "is neither a host name, nor an IP address, nor *.domain");
        return new Entry(host, domain, port);
    }

    private static void refuseIf(boolean wrong, String why) {
        if (wrong) {
            throw new IllegalArgumentException(why);
        }
    }

    private static int port(String text) {
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        refuseIf(port < 1 || port > 65535, "has a port that is not between 1 and 65535");
        return port;
    }

    /** Whether requests to the host go there directly. */
    public boolean matches(String host, int port) {
        if (entries.isEmpty()) {
            return false;
        }
        String canonical = canonical(host.toLowerCase(Locale.ROOT));
        return entries.stream().anyMatch(entry -> entry.matches(canonical, port));
    }

    private static String canonical(String host) {
        String plain = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        if (plain.indexOf(':') >= 0) {
            try {
                // in brackets it is read as a literal: no name is ever looked up
                return InetAddress.getByName("[" + plain + "]").getHostAddress();
            } catch (UnknownHostException e) {
                return plain;
            }
        }
        return plain.endsWith(".") ? plain.substring(0, plain.length() - 1) : plain;
    }

    /** The entries, separated by commas. */
    @Override
    public String toString() {
        return entries.stream().map(Entry::toString).collect(Collectors.joining(","));
    }
}
