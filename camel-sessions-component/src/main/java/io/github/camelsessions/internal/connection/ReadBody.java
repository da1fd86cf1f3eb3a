/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.connection;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/** The body of an answer, read by a stream of ours. Whoever asks for it twice goes on reading. Read by one thread. */
public abstract class ReadBody extends HttpEntityWrapper {

    private @Nullable InputStream content;

    public ReadBody(HttpEntity body) {
        super(body);
    }

    /** The stream that reads these octets; asked for once. */
    protected abstract InputStream reading(InputStream octets) throws IOException;

    @Override
    public InputStream getContent() throws IOException {
        InputStream opened = content;
        if (opened == null) {
            opened = reading(super.getContent());
            content = opened;
        }
        return opened;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        try (InputStream in = getContent()) {
            in.transferTo(out);
        }
    }

    /** Reads one octet as it reads several, so that one method says what else is done. */
    public abstract static class Octets extends FilterInputStream {

        public Octets(InputStream octets) {
            super(octets);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public abstract int read(byte[] to, int offset, int length) throws IOException;
    }
}
