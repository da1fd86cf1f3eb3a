/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.jsoup.parser.StreamParser;
import org.jspecify.annotations.Nullable;

/** Makes a document of a page's octets, as long as it is no more than a page needs. Stateless. */
public final class PageParser {

    /**
     * How many elements and attributes are read. A page of some octets may have them by the million: tags that are left
     * open begin anew, with all their attributes, in each paragraph.
     */
    private static final int MOST_NODES = 500_000;

    // as far as the parser looks for a charset, and some more
    private static final int HEAD = 8 << 10;

    private static final Pattern CHARSET =
            Pattern.compile("(?i);\\s*charset\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)'|([^\\s;]+))");

    private PageParser() {}

    /**
     * @param document not yet looked at
     * @param charset  in which the page is written
     */
    public record Parsed(Document document, Charset charset) {}

    /** @throws FormException when the page has more elements than are read */
    public static Parsed parse(byte[] body, @Nullable String contentType, URI url) {
        Charset charset = charset(body, contentType);
        String text = new String(body, charset);
        // a mark of the byte order is none of the text; line breaks are LF (HTML, section 13.2.3.5)
        String input = (text.startsWith("\uFEFF") ? text.substring(1) : text)
                .replace("\r\n", "\n")
                .replace('\r', '\n');
        try (StreamParser parser = new StreamParser(Parser.htmlParser()).parse(new StringReader(input), "")) {
            Document document = parser.document();
            long nodes = 0;
            for (Iterator<Element> all = parser.iterator(); all.hasNext(); ) {
                nodes += 1 + all.next().attributesSize();
                if (nodes > MOST_NODES) {
                    throw new FormException("page " + FormUrl.shown(url) + " has more than " + MOST_NODES
                            + " elements and attributes, which are not read");
                }
            }
            return new Parsed(document, charset);
        }
    }

    /** Mark of the byte order, header, {@code meta}, in this order (HTML, section 13.2.3.2); else UTF-8. */
    private static Charset charset(byte[] body, @Nullable String contentType) {
        if (startsWith(body, 0xEF, 0xBB, 0xBF)) {
            return StandardCharsets.UTF_8;
        }
        if (startsWith(body, 0xFE, 0xFF)) {
            return StandardCharsets.UTF_16BE;
        }
        if (startsWith(body, 0xFF, 0xFE)) {
            return StandardCharsets.UTF_16LE;
        }
        Charset told = ofHeader(contentType);
        if (told != null) {
            return told;
        }
        Charset found = FormCharset.of(ofMeta(body).name());
        // who can read the meta reads no UTF-16
        return found == null ? StandardCharsets.UTF_8 : FormCharset.output(found);
    }

    private static boolean startsWith(byte[] body, int... octets) {
        for (int i = 0; i < octets.length; i++) {
            if (i >= body.length || (body[i] & 0xFF) != octets[i]) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Charset ofHeader(@Nullable String contentType) {
        Matcher parameter = CHARSET.matcher(contentType == null ? "" : contentType);
        if (!parameter.find()) {
            return null;
        }
        for (int i = 1; i <= parameter.groupCount(); i++) {
            String label = parameter.group(i);
            if (label != null) {
                return FormCharset.of(label);
            }
        }
        return null;
    }

    private static Charset ofMeta(byte[] body) {
        try (ByteArrayInputStream head = new ByteArrayInputStream(body, 0, Math.min(body.length, HEAD))) {
            return Jsoup.parse(head, null, "").charset();
        } catch (IOException e) {
            throw new IllegalStateException(e); // of octets in memory
        }
    }
}
