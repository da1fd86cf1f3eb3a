/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.capture;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jspecify.annotations.Nullable;

/** The beginning of an answer's body, as each source reads it. Used by one thread. */
public final class AnswerText {

    private final byte[] octets;
    private final @Nullable Charset charset;
    private final URI url;
    private @Nullable String text;
    private @Nullable Document page;

    /** @param charset the one that the answer names, null when it names none that is known */
    public AnswerText(byte[] octets, @Nullable Charset charset, URI url) {
        this.octets = octets;
        this.charset = charset;
        this.url = url;
    }

    byte[] octets() {
        return octets;
    }

    String text() {
        if (text == null) {
            text = new String(octets, charset == null ? StandardCharsets.UTF_8 : charset);
        }
        return text;
    }

    Document page() {
        if (page == null) {
            try { // without a charset it looks for what the page says
                page = Jsoup.parse(
                        new ByteArrayInputStream(octets), charset == null ? null : charset.name(), url.toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e); // of octets in memory
            }
        }
        return page;
    }
}
