/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.connection;

import io.github.camelsessions.profile.ProxyServer;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;

/**
 * A socket that connects through a SOCKS 5 proxy (RFC 1928, with the credentials of RFC 1929). The JDK's own takes
 * credentials from one place for the whole JVM only, and offers the name of the operating system's user where there are
 * none. The proxy resolves host names. Used as any socket; it is closed when connecting fails.
 */
public final class SocksSocket extends Socket {

    /** Leaves names to the proxy, so that they are not asked for in the network of this machine. */
    public static final DnsResolver RESOLVED_BY_PROXY = new DnsResolver() {

        @Override
        public List<InetSocketAddress> resolve(String host, int port) {
            return List.of(InetSocketAddress.createUnresolved(host, port));
        }

        @Override
        public InetAddress[] resolve(String host) {
            throw new UnsupportedOperationException("names are resolved by the proxy");
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    };

    private static final int VERSION = 5;
    private static final int NO_CREDENTIALS = 0;
    private static final int CREDENTIALS = 2;
    private static final int CONNECT = 1;
    private static final int IPV4 = 1;
    private static final int NAME = 3;
    private static final int IPV6 = 4;
    private static final int LONGEST_NAME = 255; // its length is an octet

    private final ProxyServer proxy;
    private long deadline; // in nanos, 0 for none

    public SocksSocket(ProxyServer proxy) {
        super(Proxy.NO_PROXY);
        this.proxy = proxy;
    }

    @Override
    public void connect(SocketAddress target, int timeoutMillis) throws IOException {
        InetSocketAddress site = (InetSocketAddress) target;
        if (site.getHostString().length() > LONGEST_NAME) {
            close();
            throw new SocksException("takes no host name of more than " + LONGEST_NAME + " octets", null, true);
        }
        deadline = timeoutMillis == 0 ? 0 : System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        try {
            super.connect(new InetSocketAddress(proxy.host(), proxy.port()), timeoutMillis);
        } catch (IOException e) {
            throw failed("cannot be reached", e);
        }
        try {
            int soTimeout = getSoTimeout();
            greet();
            request(site);
            setSoTimeout(soTimeout);
        } catch (SocksException e) {
            close();
            throw e;
        } catch (IOException e) {
            throw failed("dropped the connection", e);
        }
    }

    private SocksException failed(String what, IOException cause) throws IOException {
        close();
        return new SocksException(what, cause, false);
    }

    private void greet() throws IOException {
        if (proxy.username() == null) {
            send(VERSION, 1, NO_CREDENTIALS);
        } else {
            send(VERSION, 2, NO_CREDENTIALS, CREDENTIALS);
        }
        byte[] answer = receive(2);
        if (answer[0] != VERSION) {
            throw new SocksException("does not speak SOCKS 5", null, false);
        }
        if (answer[1] == CREDENTIALS && proxy.username() != null) {
            authenticate(proxy.username(), proxy.password() == null ? "" : proxy.password());
        } else if (answer[1] != NO_CREDENTIALS) {
            throw new SocksException(
                    proxy.username() == null ? "asks for credentials" : "takes no username and password", null, false);
        }
    }

    private void authenticate(String username, String password) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write(1); // the version of this exchange, RFC 1929, section 2
        for (String part : List.of(username, password)) {
            byte[] octets = part.getBytes(StandardCharsets.UTF_8);
            message.write(octets.length);
            message.writeBytes(octets);
        }
        getOutputStream().write(message.toByteArray());
        if (receive(2)[1] != 0) {
            throw new SocksException("refuses the credentials", null, false);
        }
    }

    private void request(InetSocketAddress target) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(new byte[] {VERSION, CONNECT, 0});
        String host = target.getHostString();
        if (host.indexOf(':') >= 0 || host.matches("[0-9.]+")) { // a literal: nothing is looked up
            byte[] address = InetAddress.getByName(host).getAddress();
            message.write(address.length == 4 ? IPV4 : IPV6);
            message.writeBytes(address);
        } else {
            byte[] name = host.getBytes(StandardCharsets.US_ASCII);
            message.write(NAME);
            message.write(name.length);
            message.writeBytes(name);
        }
        message.write(target.getPort() >> 8);
        message.write(target.getPort());
        getOutputStream().write(message.toByteArray());

        byte[] answer;
        try {
            answer = receive(4);
        } catch (SocketTimeoutException e) { // it may still have tried to get to the site
            throw new SocksException("gave no answer in time when it was asked for a connection", e, true);
        }
        if (answer[1] != 0) {
            throw new SocksException("made no connection: " + reason(answer[1]), null, true);
        }
        receive((answer[3] == IPV4 ? 4 : answer[3] == IPV6 ? 16 : receive(1)[0] & 0xFF) + 2);
    }

    // RFC 1928, section 6
    private static String reason(int reply) {
        return switch (reply) {
            case 2 -> "not allowed by its rules";
            case 3 -> "network unreachable";
            case 4 -> "host unreachable";
            case 5 -> "connection refused";
            case 6 -> "time to live expired";
            default -> "reply " + reply;
        };
    }

    private void send(int... octets) throws IOException {
        byte[] message = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            message[i] = (byte) octets[i];
        }
        getOutputStream().write(message);
    }

    private byte[] receive(int length) throws IOException {
        byte[] octets = new byte[length];
        InputStream in = getInputStream();
        for (int read = 0; read < length; ) {
            if (deadline != 0) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new SocketTimeoutException("no answer of the SOCKS proxy in time");
                }
                setSoTimeout((int) left);
            }
            int more = in.read(octets, read, length - read);
            if (more < 0) {
                throw new EOFException("the SOCKS proxy closed the connection");
            }
            read += more;
        }
        return octets;
    }
}
