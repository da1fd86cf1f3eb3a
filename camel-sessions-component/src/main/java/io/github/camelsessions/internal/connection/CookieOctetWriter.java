/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.connection;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.FormattedHeader;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestWriter;
import org.apache.hc.core5.http.io.SessionOutputBuffer;
import org.apache.hc.core5.http.message.BasicLineFormatter;
import org.apache.hc.core5.http.message.RequestLine;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * Writes requests as HttpClient does, but the host in A-labels, and the {@code Cookie} field octet by octet. HttpClient writes a question mark for
 * each octet from 0x80 to 0x9F, which breaks cookie values in UTF-8. For all other lines that stays as it is, because it
 * is also what keeps a line break in a header's name from starting a new header. One for each connection.
 */
public final class CookieOctetWriter extends DefaultHttpRequestWriter {

    private final CharArrayBuffer line = new CharArrayBuffer(128);

    @Override
    public void write(ClassicHttpRequest request, SessionOutputBuffer buffer, OutputStream out) throws IOException {
        line.clear();
        writeHeadLine(request, line);
        buffer.writeLine(line, out);
        for (Iterator<Header> headers = request.headerIterator(); headers.hasNext(); ) {
            Header header = headers.next();
            line.clear();
            if (header instanceof FormattedHeader formatted) {
                line.append(formatted.getBuffer());
            } else {
                BasicLineFormatter.INSTANCE.formatHeader(line, header);
            }
            if (header.getName().equalsIgnoreCase(HttpHeaders.COOKIE)) {
                byte[] octets = octets(line);
                buffer.write(octets, 0, octets.length, out);
                line.clear(); // its end remains to be written
            }
            buffer.writeLine(line, out);
        }
        line.clear();
        buffer.writeLine(line, out);
    }

    @Override
    protected void writeHeadLine(ClassicHttpRequest request, CharArrayBuffer line) throws IOException {
        if (RequestUrl.isInUnicode(request) && !request.getRequestUri().startsWith("/")) {
            // a request to a proxy, in whose line HttpClient would write octets of ISO-8859-1 and question marks
            RequestLine whole =
                    new RequestLine(request.getMethod(), RequestUrl.text(request), protocolVersion(request));
            BasicLineFormatter.INSTANCE.formatRequestLine(line, whole);
        } else {
            super.writeHeadLine(request, line);
        }
    }

    private static byte[] octets(CharArrayBuffer line) {
        byte[] octets = new byte[line.length()];
        for (int i = 0; i < octets.length; i++) {
            char c = line.charAt(i);
            boolean control = c < ' ' && c != '\t';
            octets[i] = control || c == 0x7F || c > 0xFF ? (byte) '?' : (byte) c;
        }
        return octets;
    }
}
