/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.CookieFormat;
import io.github.camelsessions.api.ListOf;
import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SessionsOperation;
import io.github.camelsessions.internal.http.HttpTarget;
import io.github.camelsessions.internal.operation.OperationEndpoint;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.http.HttpMethods;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.jspecify.annotations.Nullable;

/** Fetch HTTP resources in named sessions, each with its own cookies and client profile. */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "sessions",
        title = "Sessions",
        syntax = "sessions:operation/httpUri",
        producerOnly = true,
        lenientProperties = true,
        category = {Category.HTTP},
        headersClass = SessionsConstants.class)
public class SessionsEndpoint extends DefaultEndpoint implements OperationEndpoint {

    @UriPath(description = "What to do.")
    @Metadata(required = true)
    private final SessionsOperation operation;

    @UriPath(
            description = "The target: an absolute http or https URL. Wins over the header CamelHttpUri. As an option,"
                    + " httpUri=RAW(...) takes any URL as it is.")
    private @Nullable String httpUri;

    @UriParam
    private SessionsConfiguration configuration = new SessionsConfiguration();

    @UriParam(
            description = "The site whose rules and sessions are used. By default the one whose uris match the target,"
                    + " else the default site.")
    private @Nullable String site;

    @UriParam(
            description = "The HTTP method. By default the one in the header CamelHttpMethod, else POST with a body and"
                    + " GET without.")
    private @Nullable HttpMethods method;

    @UriParam(prefix = "query.", multiValue = true, description = "Parameters for the query of the target.")
    private Map<String, Object> query = new LinkedHashMap<>();

    @UriParam(
            label = "submit",
            description =
                    "The form that submit fills in: a CSS selector of it, or of anything in it. By default the one"
                            + " with a password, else the only one.")
    private @Nullable String form;

    @UriParam(
            label = "submit",
            description = "The button that submit presses: its name, name=value, or its text. By default the first one"
                    + " of the form. An empty text presses none, as a script does that sends the form.")
    private @Nullable String submit;

    @UriParam(
            label = "submit",
            prefix = "field.",
            multiValue = true,
            description =
                    "Fields of the form that submit fills in, in Simple, such as field.q=${header.title}. A Map in"
                            + " the message's body goes over these; what neither names stays as the page has it.")
    private Map<String, Object> field = new LinkedHashMap<>();

    @UriParam(
            label = "login",
            description = "Whether login only tries the loginPage, without a change to any session, and gives a text of"
                    + " what it did as the body: each request and answer, the form and which fields were filled in, and"
                    + " why it succeeded or not. CamelSessionsValid tells whether it did.")
    private boolean explain;

    @UriParam(
            label = "getCookies",
            defaultValue = "map",
            description = "What getCookies makes the body: map is a Map of name to value, list a List of full cookie"
                    + " strings, json a JSON array, netscape a cookies.txt, playwright a storage state.")
    private CookieFormat format = CookieFormat.map;

    @UriParam(
            label = "getCookies",
            description =
                    "The domain whose cookies getCookies gives, an asterisk for all. By default the host that was the"
                            + " first to set one.")
    private @Nullable String domain;

    @UriParam(label = "list", defaultValue = "sessions", description = "What list gives a row for each of.")
    private ListOf of = ListOf.sessions;

    @UriParam(
            label = "list",
            defaultValue = "0",
            description =
                    "The number of the first session that list gives. Sessions are numbered from 0 as they are created.")
    private long offset;

    @UriParam(label = "list", defaultValue = "100", description = "How many sessions list gives at most.")
    private int limit = 100;

    SessionsEndpoint(String uri, SessionsComponent component, SessionsOperation operation) {
        super(uri, component);
        this.operation = operation;
    }

    @Override
    public Producer createProducer() throws Exception {
        return new SessionsProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("endpoint " + this + " cannot be consumed from: use it in to()");
    }

    /** Parameters may be those of the target; what is neither option nor target's the component refuses. */
    @Override
    public boolean isLenientProperties() {
        return true;
    }

    @Override
    public SessionsComponent getComponent() {
        return (SessionsComponent) super.getComponent();
    }

    @Override
    public @Nullable URI target() {
        if (httpUri == null) {
            if (!query.isEmpty()) {
                throw new IllegalArgumentException("options query. need a target in the endpoint: give httpUri, or put"
                        + " the query into the header CamelHttpQuery");
            }
            return null;
        }
        return HttpTarget.parse("httpUri", HttpTarget.addQuery(httpUri, query));
    }

    @Override
    public SessionsOperation getOperation() {
        return operation;
    }

    public @Nullable String getHttpUri() {
        return httpUri;
    }

    public void setHttpUri(@Nullable String httpUri) {
        this.httpUri = httpUri;
    }

    @Override
    public SessionsConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(SessionsConfiguration configuration) {
        this.configuration = configuration;
    }

    @Override
    public @Nullable String getSite() {
        return site;
    }

    public void setSite(@Nullable String site) {
        this.site = site;
    }

    @Override
    public @Nullable HttpMethods getMethod() {
        return method;
    }

    public void setMethod(@Nullable HttpMethods method) {
        this.method = method;
    }

    public Map<String, Object> getQuery() {
        return query;
    }

    public void setQuery(Map<String, Object> query) {
        this.query = query;
    }

    @Override
    public @Nullable String getForm() {
        return form;
    }

    public void setForm(@Nullable String form) {
        this.form = form;
    }

    @Override
    public @Nullable String getSubmit() {
        return submit;
    }

    public void setSubmit(@Nullable String submit) {
        this.submit = submit;
    }

    @Override
    public Map<String, Object> getField() {
        return field;
    }

    public void setField(Map<String, Object> field) {
        this.field = field;
    }

    @Override
    public boolean isExplain() {
        return explain;
    }

    public void setExplain(boolean explain) {
        this.explain = explain;
    }

    @Override
    public CookieFormat getFormat() {
        return format;
    }

    public void setFormat(CookieFormat format) {
        this.format = format;
    }

    @Override
    public @Nullable String getDomain() {
        return domain;
    }

    public void setDomain(@Nullable String domain) {
        this.domain = domain;
    }

    @Override
    public ListOf getOf() {
        return of;
    }

    public void setOf(ListOf of) {
        this.of = of;
    }

    @Override
    public long getOffset() {
        return offset;
    }

    public void setOffset(long offset) {
        this.offset = offset;
    }

    @Override
    public int getLimit() {
        return limit;
    }

    public void setLimit(int limit) {
        this.limit = limit;
    }
}
