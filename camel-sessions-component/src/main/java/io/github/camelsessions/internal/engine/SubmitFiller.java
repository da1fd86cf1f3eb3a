/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.engine;

import io.github.camelsessions.internal.form.HtmlForm;
import io.github.camelsessions.internal.form.HtmlPage;
import io.github.camelsessions.internal.form.Submission;
import io.github.camelsessions.internal.http.SubmittedForm;
import io.github.camelsessions.internal.renewal.ExchangeOnThread;
import io.github.camelsessions.internal.session.Generation;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.jspecify.annotations.Nullable;

/**
 * Fills in one form by what the endpoint and the message say. Immutable.
 *
 * @param form   a CSS selector, null for the one that is meant anyway
 * @param button which is pressed, null for the form's own
 * @param fields what the endpoint puts into fields; a Map in the message goes over that
 */
public record SubmitFiller(@Nullable String form, @Nullable String button, Map<String, Expression> fields)
        implements FormFiller {

    @Override
    public Work begin(Exchange exchange, Generation generation) {
        Map<String, Object> values = new LinkedHashMap<>();
        ExchangeOnThread.in(exchange, generation, () -> {
            fields.forEach((name, expression) -> {
                String value = expression.evaluate(exchange, String.class);
                if (!ExchangeOnThread.takeMissing() && value != null) {
                    values.put(name, value);
                }
            });
            return null;
        });
        if (exchange.getIn().getBody() instanceof Map<?, ?> body) {
            values.putAll(SubmittedForm.fields(body, exchange));
        }
        return new One(values);
    }

    private final class One implements Work {

        private final Map<String, Object> values;
        private boolean submitted;

        One(Map<String, Object> values) {
            this.values = values;
        }

        @Override
        public boolean needsForm() {
            return !submitted;
        }

        @Override
        public boolean reads(int status) {
            return submitted || status < 400;
        }

        @Override
        public @Nullable Submission fill(HtmlPage page) {
            if (submitted) {
                return null;
            }
            HtmlForm filled = page.form(form);
            values.forEach(filled::set);
            submitted = true;
            return filled.submit(button);
        }
    }
}
