/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.http.common.HttpHelper;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.apache.camel.util.CaseInsensitiveMap;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * The status line and headers of one answer, its own alone, in the names and forms in which camel-http puts them on the
 * message: there they lie among those that the request had. Made when they are asked for. Immutable.
 */
final class AnswerHeaders implements Supplier<Map<String, Object>> {

    private final int status;
    private final @Nullable String reason;
    private final Header[] headers;
    private final HeaderFilterStrategy filter;
    private final Exchange exchange;

    AnswerHeaders(HttpResponse response, HeaderFilterStrategy filter, Exchange exchange) {
        this.status = response.getCode();
        this.reason = response.getReasonPhrase();
        this.headers = response.getHeaders();
        this.filter = filter;
        this.exchange = exchange;
    }

    @Override
    public Map<String, Object> get() {
        Map<String, Object> found = new CaseInsensitiveMap();
        for (Header header : headers) {
            String name = "content-type".equalsIgnoreCase(header.getName()) ? Exchange.CONTENT_TYPE : header.getName();
            Object value = HttpHelper.extractHttpParameterValue(header.getValue());
            if (value != null && !filter.applyFilterToExternalHeaders(name, value, exchange)) {
                HttpHelper.appendHeader(found, name, value);
            }
        }
        found.put(Exchange.HTTP_RESPONSE_CODE, status);
        if (reason != null) {
            found.put(Exchange.HTTP_RESPONSE_TEXT, reason);
        }
        return found;
    }
}
