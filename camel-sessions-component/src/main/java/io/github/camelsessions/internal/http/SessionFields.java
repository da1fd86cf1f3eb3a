/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Puts values of the session into the forms that a call sends, at each hop anew: what a redirect takes elsewhere has none.
 * A URL-encoded form is rewritten, a multipart form gets parts before its own, a POST without a body becomes a form; all
 * else stays as it is. Stateless.
 */
final class SessionFields {

    /** What a Map, too, is sent as. */
    private static final ContentType OWN_FORM =
            ContentType.APPLICATION_FORM_URLENCODED.withCharset(StandardCharsets.UTF_8);

    private SessionFields() {}

    static ClassicHttpResponse add(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        if (scope.clientContext.getAttribute(CookieInterceptor.CALL) instanceof SessionCall call
                && call.values() != null) {
            SessionValues values = call.values();
            ContentType type = formType(request);
            if (type != null && values.isOwn(IdentityExec.url(request))) {
                Map<String, String> fields = values.formFields();
                if (!fields.isEmpty()) {
                    // the request is HttpClient's copy for this hop; the next one is made from the original again
                    request.setEntity(with(request.getEntity(), type, fields));
                }
            }
        }
        return chain.proceed(request, scope);
    }

    /** The type of the form that a request holds or may become, null when it is none. */
    private static @Nullable ContentType formType(ClassicHttpRequest request) {
        HttpEntity body = request.getEntity();
        if (body == null || body.getContentLength() == 0) {
            return Method.POST.isSame(request.getMethod()) ? OWN_FORM : null;
        }
        return isForm(body) ? ContentType.parseLenient(body.getContentType()) : null;
    }

    /** Whether a body holds the fields of a form. */
    static boolean isForm(@Nullable HttpEntity body) {
        ContentType type = body == null ? null : ContentType.parseLenient(body.getContentType());
        return ContentType.APPLICATION_FORM_URLENCODED.isSameMimeType(type) || isMultipart(type);
    }

    private static boolean isMultipart(@Nullable ContentType type) {
        return ContentType.MULTIPART_FORM_DATA.isSameMimeType(type);
    }

    private static HttpEntity with(@Nullable HttpEntity body, ContentType type, Map<String, String> fields)
            throws IOException {
        if (body != null && body.getContentEncoding() != null) {
            throw new IllegalArgumentException("sessionFields cannot go into a form that is sent with Content-Encoding "
                    + body.getContentEncoding() + "; send the form as it is, or leave sessionFields out");
        }
        return body == null || !isMultipart(type) ? urlEncoded(body, type, fields) : multipart(body, type, fields);
    }

    /** The octets of the other fields stay as they are. */
    private static HttpEntity urlEncoded(@Nullable HttpEntity form, ContentType type, Map<String, String> fields)
            throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        if (form != null) {
            form.writeTo(octets);
        }
        Charset charset = charset(type);
        List<String> pairs = new ArrayList<>();
        for (String pair : octets.toString(StandardCharsets.ISO_8859_1).split("&", -1)) {
            if (!pair.isEmpty() && fields.keySet().stream().noneMatch(name -> isNamed(name, pair, charset))) {
                pairs.add(pair);
            }
        }
        fields.forEach((name, value) -> pairs.add(encoded(name, charset) + "=" + encoded(value, charset)));
        return new ByteArrayEntity(String.join("&", pairs).getBytes(StandardCharsets.ISO_8859_1), type);
    }

    /** The one that the form is in, as it says; UTF-8 without that, or where ASCII is something else in it. */
    private static Charset charset(ContentType form) {
        Charset said = form.getCharset();
        boolean ascii = said != null
                && said.canEncode()
                && "&=%+".equals(new String("&=%+".getBytes(said), StandardCharsets.US_ASCII));
        return ascii ? said : StandardCharsets.UTF_8;
    }

    /** A question mark would be another value. */
    private static Charset charset(String text, Charset form) {
        return form.newEncoder().canEncode(text) ? form : StandardCharsets.UTF_8;
    }

    private static boolean isNamed(String name, String pair, Charset form) {
        int equals = pair.indexOf('=');
        String written = equals < 0 ? pair : pair.substring(0, equals);
        Charset charset = charset(name, form);
        try {
            String octets = new String(written.getBytes(StandardCharsets.ISO_8859_1), charset);
            return URLDecoder.decode(octets, charset).equals(name);
        } catch (IllegalArgumentException e) {
            return false; // a lone %, which no name of ours has in this form
        }
    }

    private static String encoded(String text, Charset form) {
        return URLEncoder.encode(text, charset(text, form));
    }

    private static HttpEntity multipart(HttpEntity form, ContentType type, Map<String, String> fields) {
        String boundary = type.getParameter("boundary");
        if (boundary == null || boundary.isEmpty()) {
            throw new IllegalArgumentException("sessionFields cannot go into a multipart form whose Content-Type names"
                    + " no boundary; name it, as in multipart/form-data; boundary=...");
        }
        StringBuilder parts = new StringBuilder();
        fields.forEach((name, value) -> {
            if (value.contains("--" + boundary)) {
                throw new IllegalArgumentException(
                        "the value of sessionFields." + name + " contains the boundary of the multipart form");
            }
            parts.append("--").append(boundary).append("\r\n");
            parts.append("Content-Disposition: form-data; name=\"")
                    .append(quoted(name))
                    .append("\"\r\n");
            if (!StandardCharsets.US_ASCII.newEncoder().canEncode(value)) {
                // else it would be of the charset that the form says, or the server takes for granted
                parts.append("Content-Type: text/plain; charset=UTF-8\r\n");
            }
            parts.append("\r\n").append(value).append("\r\n");
        });
        return new WithParts(
                form,
                parts.toString().getBytes(StandardCharsets.UTF_8),
                ("--" + boundary).getBytes(StandardCharsets.ISO_8859_1));
    }

    // as browsers do: HTML, section 4.10.21.8
    private static String quoted(String name) {
        return name.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A");
    }

    /** A multipart form after further parts. */
    private static final class WithParts extends HttpEntityWrapper {

        private final byte[] parts;
        private final byte[] delimiter;

        WithParts(HttpEntity form, byte[] parts, byte[] delimiter) {
            super(form);
            this.parts = parts;
            this.delimiter = delimiter;
        }

        @Override
        public long getContentLength() {
            long length = super.getContentLength();
            return length < 0 ? length : length + parts.length;
        }

        @Override
        public InputStream getContent() throws IOException {
            return new SequenceInputStream(new ByteArrayInputStream(parts), super.getContent());
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(parts);
            super.writeTo(new AfterParts(out, delimiter));
        }
    }

    /** Refuses a form with a text before its first part: there it would be the end of the last value. */
    private static final class AfterParts extends FilterOutputStream {

        private final byte[] delimiter;
        private int seen;

        AfterParts(OutputStream out, byte[] delimiter) {
            super(out);
            this.delimiter = delimiter;
        }

        @Override
        public void write(int octet) throws IOException {
            expect((byte) octet);
            out.write(octet);
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws IOException {
            for (int i = 0; i < length && seen < delimiter.length; i++) {
                expect(octets[offset + i]);
            }
            out.write(octets, offset, length);
        }

        private void expect(byte octet) {
            if (seen < delimiter.length && octet != delimiter[seen++]) {
                throw new IllegalArgumentException("sessionFields cannot go into a multipart form that does not begin"
                        + " with the boundary of its Content-Type; send it without a text before its first part");
            }
        }
    }
}
