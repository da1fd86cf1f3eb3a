/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.capture;

import io.github.camelsessions.internal.form.FormException;
import io.github.camelsessions.internal.form.PageParser;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jsoup.nodes.Document;
import org.jspecify.annotations.Nullable;

/** The beginning of an answer's body, as each source reads it. Used by one thread. */
public final class AnswerText {

    private final byte[] octets;
    private final @Nullable String contentType;
    private final @Nullable Charset charset;
    private final URI url;
    private @Nullable String text;
    private @Nullable Document page;

    /** @param charset the one that the type names, null when it names none that is known */
    public AnswerText(byte[] octets, @Nullable String contentType, @Nullable Charset charset, URI url) {
        this.octets = octets;
        this.contentType = contentType;
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
            page = parsed();
        }
        return page;
    }

    private Document parsed() {
        try {
            return PageParser.parse(octets, contentType, url).document();
        } catch (FormException e) { // more elements than any page needs: nothing is found in it
            return new Document("");
        }
    }
}
