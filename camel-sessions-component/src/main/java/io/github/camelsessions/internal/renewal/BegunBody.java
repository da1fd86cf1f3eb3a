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

    private final byte[] beginning;
    private final InputStream all;
    private final InputStream connection;

    private BegunBody(byte[] beginning, InputStream rest, InputStream connection) {
        this.beginning = beginning;
        this.all = new SequenceInputStream(new ByteArrayInputStream(beginning), rest);
        this.connection = connection;
    }

    /** Reads the beginning of a stream, as far as it can be read. */
    static BegunBody of(InputStream stream, int limit) {
        byte[] octets = new byte[limit];
        int length = 0;
        IOException failure = null;
        try {
            for (int got = 0; got >= 0 && length < limit; length += Math.max(got, 0)) {
                got = stream.read(octets, length, limit - length);
            }
        } catch (IOException e) {
            failure = e;
        }
        byte[] beginning = length == limit ? octets : Arrays.copyOf(octets, length);
        return new BegunBody(beginning, failure == null ? stream : new Failed(failure), stream);
    }

    /** What was read first, however much of it has been read again. */
    byte[] beginning() {
        return beginning;
    }

    @Override
    public int read() throws IOException {
        return all.read();
    }

    @Override
    public int read(byte[] octets, int offset, int length) throws IOException {
        return all.read(octets, offset, length);
    }

    @Override
    public int available() throws IOException {
        return all.available();
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
