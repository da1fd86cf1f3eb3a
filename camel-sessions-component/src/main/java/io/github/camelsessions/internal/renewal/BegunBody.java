/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;

/**
 * The body of an answer that the route gets as the stream of its connection, and whose beginning has been read: whoever reads
 * it gets all of it. Where reading has failed, it does so again at that place. Read by one thread.
 */
final class BegunBody extends InputStream {

    private static final int FIRST = 64 * 1024;

    private final byte[] beginning;
    private final boolean all;
    private final InputStream body;
    private final InputStream connection;

    private BegunBody(byte[] beginning, InputStream rest, InputStream connection, boolean all) {
        this.beginning = beginning;
        this.all = all;
        this.body = new SequenceInputStream(new ByteArrayInputStream(beginning), rest);
        this.connection = connection;
    }

    /** Reads the beginning of a stream, as far as it can be read. */
    static BegunBody of(InputStream stream, int limit) {
        byte[] octets = new byte[Math.min(limit, FIRST)];
        int length = 0;
        IOException failure = null;
        try {
            for (int got = 0; got >= 0 && length < limit; length += Math.max(got, 0)) {
                if (length == octets.length) {
                    octets = Arrays.copyOf(octets, Math.min(limit, 2 * length));
                }
                got = stream.read(octets, length, octets.length - length);
            }
        } catch (IOException e) {
            failure = e;
        }
        byte[] beginning = length == octets.length ? octets : Arrays.copyOf(octets, length);
        InputStream rest = failure == null ? stream : new Failed(failure);
        return new BegunBody(beginning, rest, stream, length < limit);
    }

    /** Whether as much of the body has been read as that, or all. */
    boolean hasBegun(int limit) {
        return all || beginning.length >= limit;
    }

    /** What was read first, however much of it has been read again. */
    byte[] beginning() {
        return beginning;
    }

    @Override
    public int read() throws IOException {
        return body.read();
    }

    @Override
    public int read(byte[] octets, int offset, int length) throws IOException {
        return body.read(octets, offset, length);
    }

    @Override
    public int available() throws IOException {
        return body.available();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }

    private static final class Failed extends InputStream {

        private final IOException failure;

        Failed(IOException failure) {
            this.failure = failure;
        }

        @Override
        public int read() throws IOException {
            throw failure;
        }
    }
}
