/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a form sends (HTML, section 4.10.22.3). Immutable; its text has no values.
 *
 * @param method   {@code GET} or {@code POST}
 * @param target   where it goes, without a fragment; of a GET with the entries as its query
 * @param encoding {@link Encoding#URL_ENCODED} for GET
 * @param charset  in which names and values are sent
 * @param entries  in the order of the page
 */
public record Submission(String method, URI target, Encoding encoding, Charset charset, List<Entry> entries) {

    // what application/x-www-form-urlencoded leaves as it is, besides letters and digits (WHATWG URL, section 5.2)
    private static final String PLAIN = "*-._";

    /** How the entries become a body; the names are those of the attribute {@code enctype}. */
    public enum Encoding {
        URL_ENCODED("application/x-www-form-urlencoded"),
        MULTIPART("multipart/form-data"),
        PLAIN_TEXT("text/plain");

        private final String mediaType;

        Encoding(String mediaType) {
            this.mediaType = mediaType;
        }

        /** Its media type, without parameters. */
        public String mediaType() {
            return mediaType;
        }

        /** That of an attribute; what is no encoding is the first. */
        static Encoding of(String attribute) {
            for (Encoding encoding : values()) {
                if (encoding.mediaType.equalsIgnoreCase(attribute)) {
                    return encoding;
                }
            }
            return URL_ENCODED;
        }
    }

    /**
     * A name and its value, with line breaks as they are sent, CR LF.
     *
     * @param file whether it is a field for files; without a file, so that its value, the name of the file, is empty
     */
    public record Entry(String name, String value, boolean file) {

        public Entry {
            name = withCrLf(name);
            value = withCrLf(value);
        }

        /** The name only. */
        @Override
        public String toString() {
            return name + "=***";
        }

        private static String withCrLf(String text) {
            boolean none = text.indexOf('\r') < 0 && text.indexOf('\n') < 0;
            return none ? text : text.replace("\r\n", "\n").replace('\r', '\n').replace("\n", "\r\n");
        }
    }

    public Submission {
        entries = List.copyOf(entries);
    }

    /** The entries as {@code application/x-www-form-urlencoded} (WHATWG URL, section 5.2). */
    public byte[] urlEncoded() {
        return urlEncoded(entries, charset).getBytes(StandardCharsets.US_ASCII);
    }

    static String urlEncoded(List<Entry> entries, Charset charset) {
        StringBuilder body = new StringBuilder();
        for (Entry entry : entries) {
            body.append(body.isEmpty() ? "" : "&");
            urlEncode(entry.name, charset, body);
            body.append('=');
            urlEncode(entry.value, charset, body);
        }
        return body.toString();
    }

    private static void urlEncode(String text, Charset charset, StringBuilder to) {
        for (byte octet : FormCharset.encode(text, charset)) {
            char c = (char) (octet & 0xFF);
            if (c == ' ') {
                to.append('+');
            } else if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || PLAIN.indexOf(c) >= 0) {
                to.append(c);
            } else {
                to.append('%').append(HexFormat.of().withUpperCase().toHexDigits(octet));
            }
        }
    }

    /** The entries as {@code text/plain} (HTML, section 4.10.22.7). */
    public byte[] plainText() {
        String body = entries.stream()
                .map(entry -> entry.name + "=" + entry.value + "\r\n")
                .collect(Collectors.joining());
        return FormCharset.encode(body, charset);
    }

    /**
     * The entries as {@code multipart/form-data} (HTML, section 4.10.22.8, on RFC 7578).
     *
     * @param boundary the parameter of the media type; it must not occur in the entries, so let chance make it
     */
    public byte[] multipart(String boundary) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (Entry entry : entries) {
            String name = entry.name.replace("\r", "%0D").replace("\n", "%0A").replace("\"", "%22");
            String head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\""
                    + (entry.file ? "; filename=\"\"\r\nContent-Type: application/octet-stream" : "") + "\r\n\r\n";
            body.writeBytes(FormCharset.encode(head, charset));
            body.writeBytes(FormCharset.encode(entry.file ? "" : entry.value, charset));
            body.writeBytes(FormCharset.encode("\r\n", charset));
        }
        body.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        return body.toByteArray();
    }

    /** Method, target and names, without values. */
    @Override
    public String toString() {
        return method + " " + FormUrl.shown(target)
                + entries.stream().map(Entry::name).collect(Collectors.joining(", ", " (", ")"));
    }
}
