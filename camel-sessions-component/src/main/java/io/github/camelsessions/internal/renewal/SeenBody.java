/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import org.apache.camel.Exchange;
import org.apache.camel.StreamCache;
import org.apache.camel.converter.stream.InputStreamCache;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of an answer's body as a predicate sees it: read when the predicate reads it, so that one on headers alone
 * reads nothing. Used by one thread.
 */
final class SeenBody extends InputStream implements StreamCache {

    private final Callable<byte[]> beginning;
    private @Nullable InputStreamCache octets;

    SeenBody(Callable<byte[]> beginning) {
        this.beginning = beginning;
    }

    private InputStreamCache octets() {
        InputStreamCache read = octets;
        if (read == null) {
            try {
                read = new InputStreamCache(beginning.call());
            } catch (Exception e) {
                throw new IllegalStateException("the beginning of the answer cannot be read", e);
            }
            octets = read;
        }
        return read;
    }

    @Override
    public int read() {
        return octets().read();
    }

    @Override
    public int read(byte[] to, int offset, int length) {
        return octets().read(to, offset, length);
    }

    @Override
    public int available() {
        return octets().available();
    }

    @Override
    public void reset() {
        if (octets != null) {
            octets.reset();
        }
    }

    /** Begins again: a predicate may ask for the body twice, and who reads it as a text closes it. */
    @Override
    public void close() {
        reset();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        octets().writeTo(out);
    }

    @Override
    public StreamCache copy(Exchange exchange) {
        return octets().copy(exchange);
    }

    @Override
    public boolean inMemory() {
        return true;
    }

    @Override
    public long length() {
        return octets().length();
    }

    @Override
    public long position() {
        return octets().position();
    }
}
