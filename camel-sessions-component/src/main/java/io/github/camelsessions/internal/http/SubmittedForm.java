/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.internal.form.Submission;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpMethods;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.NameValuePair;

/** A form of a page as the request that a browser would make of it. Stateless. */
public final class SubmittedForm {

    /** The exchange property of a form that is sent in the query of a URL. */
    private static final String IN_QUERY = "io.github.camelsessions.formInQuery";

    private SubmittedForm() {}

    /** The form was sent: what comes next is another request. */
    public static void sent(Exchange exchange) {
        exchange.removeProperty(IN_QUERY);
    }

    /** Whether the query of what is sent is a form. */
    static boolean isInQuery(Exchange exchange) {
        return exchange.getProperty(IN_QUERY) != null;
    }

    public static URI target(Submission form) {
        return HttpTarget.parse("the action of the form", form.target().toString());
    }

    public static HttpMethods method(Submission form) {
        return HttpMethods.valueOf(form.method());
    }

    /** The values of fields by name, of a Map as it would be sent itself. */
    public static Map<String, List<String>> fields(Map<?, ?> body, Exchange exchange) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (NameValuePair field : FormFields.of(body, exchange)) {
            fields.computeIfAbsent(field.getName(), first -> new ArrayList<>()).add(field.getValue());
        }
        return fields;
    }

    /** Makes the message of the exchange that of the form, until it was {@link #sent}. */
    public static void put(Submission form, URI page, Exchange exchange) {
        Message message = exchange.getIn();
        message.removeHeader(Exchange.CONTENT_TYPE);
        message.removeHeader(Exchange.CONTENT_ENCODING);
        message.setBody(null);
        referTo(page, form, message);
        if (method(form) == HttpMethods.GET) {
            exchange.setProperty(IN_QUERY, true);
            return;
        }
        String type = form.encoding().mediaType(); // browsers name no charset
        switch (form.encoding()) {
            case MULTIPART -> {
                String boundary = "----" + UUID.randomUUID();
                put(form.multipart(boundary), type + "; boundary=" + boundary, message);
            }
            case PLAIN_TEXT -> put(form.plainText(), type, message);
            case URL_ENCODED -> put(form.urlEncoded(), type, message);
        }
    }

    private static void put(byte[] body, String type, Message message) {
        message.setBody(body);
        message.setHeader(Exchange.CONTENT_TYPE, type);
    }

    /** Some sites send nobody on who does not say where they come from. As strict-origin-when-cross-origin has it. */
    private static void referTo(URI page, Submission form, Message message) {
        URI target = form.target();
        String origin = page.getScheme() + "://" + page.getRawAuthority();
        boolean same = origin.equalsIgnoreCase(target.getScheme() + "://" + target.getRawAuthority());
        String query = page.getRawQuery() == null ? "" : "?" + page.getRawQuery();
        message.setHeader(HttpHeaders.REFERER, same ? origin + page.getRawPath() + query : origin + "/");
        if (method(form) == HttpMethods.POST) {
            message.setHeader("Origin", origin);
        }
    }
}
