/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.engine;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.form.FormException;
import io.github.camelsessions.internal.form.HtmlPage;
import io.github.camelsessions.internal.form.Submission;
import io.github.camelsessions.internal.http.HttpSending;
import io.github.camelsessions.internal.http.HttpTarget;
import io.github.camelsessions.internal.http.Origin;
import io.github.camelsessions.internal.http.ResendableBody;
import io.github.camelsessions.internal.http.SessionHttpClient;
import io.github.camelsessions.internal.http.SubmittedForm;
import io.github.camelsessions.internal.renewal.AnswerBody;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.internal.renewal.Reply;
import io.github.camelsessions.internal.renewal.RequestState;
import io.github.camelsessions.internal.renewal.SessionRequest;
import io.github.camelsessions.internal.session.Generation;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpMethods;
import org.apache.hc.core5.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A page with a form, and what the form sends, as one request: whenever that is sent again it begins with the page, for what
 * is hidden in its form belongs to the session. Pages that send a browser on at once are followed.
 */
final class FormRequest implements SessionRequest {

    /** How many pages one send goes through at most, those that only lead on included. */
    private static final int MOST_PAGES = 10;

    private static final int MOST_OCTETS = (8 << 20) + 1; // one more than are read, which the page will say

    private final CallRequest page;
    private final SessionHttpClient client;
    private final FormFiller filler;
    private final boolean inBody;
    private volatile CallRequest latest;
    private volatile boolean aborted;
    private boolean sent;
    private boolean safe; // so far, since the latest send began
    private @Nullable CallRequest answered; // a form that is not safe, and that the site has answered by another page

    /**
     * @param page   fetches the page
     * @param client sends what follows
     * @param inBody whether the first send has the page in its message, so that it need not be fetched
     */
    FormRequest(CallRequest page, SessionHttpClient client, FormFiller filler, boolean inBody) {
        this.page = page;
        this.client = client;
        this.filler = filler;
        this.inBody = inBody;
        this.latest = page;
    }

    @Override
    public @Nullable Reply send(Exchange exchange, Generation generation, boolean priority, Runnable furtherRequest) {
        if (carriedOut() != null) { // the site has had a form: what may be sent again is the rest
            return latest.send(exchange, generation, priority, furtherRequest);
        }
        safe = true;
        try {
            return new Send(exchange, generation, priority, furtherRequest).run();
        } catch (Exception e) {
            exchange.setException(e);
            return null;
        }
    }

    /** One send. */
    private final class Send {

        private final Exchange exchange;
        private final Generation generation;
        private final boolean priority;
        private final Runnable further;
        private final RequestState beginning;
        private final FormFiller.Work work;

        Send(Exchange exchange, Generation generation, boolean priority, Runnable further) {
            this.exchange = exchange;
            this.generation = generation;
            this.priority = priority;
            this.further = further;
            this.beginning = RequestState.of(exchange);
            this.work = filler.begin(exchange, generation);
        }

        @Nullable
        Reply run() throws Exception {
            Reply answer = follow();
            if (answer != null && exchange.getException() == null) {
                work.end(exchange, answer);
            }
            return answer;
        }

        private @Nullable Reply follow() throws IOException {
            Reply answer;
            if (inBody && !sent) {
                HtmlPage given = HtmlPage.parse(octets(), type(), page.url());
                answer = submit(required(work.fill(given)), given.url());
            } else {
                answer = get(page);
            }
            for (int pages = 1; answer != null && isRead(answer); pages++) {
                if (pages == MOST_PAGES) {
                    throw new FormException(
                            page.describe() + ": " + pages + " pages, and none that does not lead on to another");
                }
                HtmlPage shown = shown(answer);
                if (shown == null) {
                    return answer;
                }
                URI next = shown.refresh();
                Submission form = next != null && shown.forms().isEmpty() ? null : work.fill(shown);
                if (form == null && next == null) {
                    return answer;
                }
                if (!priority && !latest.isSafe()) {
                    answered = latest;
                }
                further.run();
                answer = form != null
                        ? submit(form, shown.url())
                        : get(page.then(refresh(Objects.requireNonNull(next))));
            }
            return answer;
        }

        /** The page of an answer, null when it is none, and need not be one. */
        private @Nullable HtmlPage shown(Reply answer) throws IOException {
            try {
                return HtmlPage.parse(octets(), type(), answer.uri());
            } catch (FormException e) {
                if (work.needsForm()) {
                    throw e;
                }
                return null;
            }
        }

        private boolean isRead(Reply answer) throws IOException {
            return exchange.getException() == null
                    && work.reads(answer.status())
                    && (HtmlPage.isHtml(type()) || (work.needsForm() && answer.status() < 400))
                    && (priority || rules().expiry().match(exchange, answer) == null);
        }

        private @Nullable Reply get(CallRequest request) {
            beginning.restore(exchange);
            refuseCredentials(request.url());
            Message message = exchange.getIn();
            message.setBody(null);
            message.removeHeader(Exchange.CONTENT_TYPE);
            message.removeHeader(Exchange.CONTENT_ENCODING);
            return send(request);
        }

        private @Nullable Reply submit(Submission form, URI from) {
            beginning.restore(exchange);
            refuseCredentials(form.target());
            SubmittedForm.put(form, from, exchange);
            return send(page.then(client.sending(SubmittedForm.target(form), SubmittedForm.method(form))));
        }

        /** As with a redirect, which is not followed then. */
        private void refuseCredentials(URI to) {
            Origin first = Origin.of(page.url());
            Origin other = Origin.of(to);
            if (exchange.getIn().getHeader(HttpHeaders.AUTHORIZATION) != null
                    && (first == null || other == null || !first.trusts(other))) {
                throw new FormException(page.describe() + ": the page leads to " + to.getScheme() + "://"
                        + to.getRawAuthority()
                        + ", which is not to get the header Authorization of the message; nothing was"
                        + " sent there");
            }
        }

        private @Nullable Reply send(CallRequest request) {
            sent = true;
            safe &= request.isSafe();
            latest = request;
            if (aborted) { // looked at after the request was set, as abort() does the other way round
                request.abort();
            }
            Reply answer = request.send(exchange, generation, priority, further);
            SubmittedForm.sent(exchange);
            if (answer != null && exchange.getException() == null) {
                request.detach(exchange); // the next one may need its connection
            }
            return answer;
        }

        private byte[] octets() throws IOException {
            Message message = exchange.getMessage();
            if (message.getBody() instanceof String text) {
                return text.getBytes(StandardCharsets.UTF_8);
            }
            return AnswerBody.first(message, MOST_OCTETS);
        }

        private @Nullable String type() {
            String type = exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class);
            return type != null && exchange.getMessage().getBody() instanceof String
                    ? type.replaceFirst(";.*", "") + "; charset=UTF-8"
                    : type;
        }
    }

    private HttpSending refresh(URI url) {
        return client.sending(HttpTarget.parse("the refresh of a page", url.toString()), HttpMethods.GET);
    }

    private Submission required(@Nullable Submission form) {
        if (form == null) {
            throw new FormException("the page in the body has no form to be sent");
        }
        return form;
    }

    @Override
    public SessionKey session() {
        return page.session();
    }

    @Override
    public RenewalRules rules() {
        return page.rules();
    }

    @Override
    public @Nullable String profile() {
        return page.profile();
    }

    /** Whether all that was sent is: nobody knows before the page has come how its form is sent. */
    @Override
    public boolean isSafe() {
        return sent && safe;
    }

    @Override
    public boolean throwsOnFailure() {
        return page.throwsOnFailure();
    }

    @Override
    public int target() {
        return page.target();
    }

    @Override
    public String describe() {
        return latest.describe();
    }

    @Override
    public boolean hasReachedSite() {
        return latest.hasReachedSite();
    }

    @Override
    public @Nullable String carriedOut() {
        return answered == null
                ? latest.carriedOut()
                : "the site has answered " + answered.describe()
                        + " by a page that leads on, so that it has most likely" + " carried it out";
    }

    @Override
    public int reconnected() {
        return latest.reconnected();
    }

    @Override
    public @Nullable String obstacle(Exchange exchange) {
        if (answered != null) {
            return latest.isSafe() ? null : carriedOut();
        }
        return carriedOut() == null ? null : latest.obstacle(exchange);
    }

    @Override
    public void makeResendable(Exchange exchange) {
        ResendableBody.cache(exchange);
    }

    @Override
    public void detach(Exchange exchange) {
        latest.detach(exchange);
    }

    @Override
    public void abort() {
        aborted = true;
        latest.abort();
    }
}
