/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.engine;

import io.github.camelsessions.internal.config.LogInPage;
import io.github.camelsessions.internal.form.FormException;
import io.github.camelsessions.internal.form.HtmlForm;
import io.github.camelsessions.internal.form.HtmlPage;
import io.github.camelsessions.internal.form.Submission;
import io.github.camelsessions.internal.http.Origin;
import io.github.camelsessions.internal.renewal.ExchangeOnThread;
import io.github.camelsessions.internal.renewal.OneTimeCodes;
import io.github.camelsessions.internal.renewal.Reply;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.internal.text.NearestName;
import io.github.camelsessions.internal.text.Quoted;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.Totp;
import java.net.URI;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Logs in as a person would: puts user name, password and one-time code of the account into the forms that ask for them, on
 * one page or on several. Immutable.
 *
 * @param rules the page to begin with, and what goes into its form besides
 * @param clock tells the time of one-time codes
 * @param codes whose log-ins have had which
 * @param trail is told what is done, null when nobody wants to know
 */
record LogInFiller(
        LogInPage rules,
        InstantSource clock,
        OneTimeCodes codes,
        @Nullable LogInTrail trail) implements FormFiller {

    private static final int MOST_FORMS = 5;

    /** Where a log-in leads to may not be there; that says nothing of the log-in. */
    private static final Set<Integer> NOTHING_THERE = Set.of(404, 405, 410);

    /** Servlet containers answer it by a redirect when they accept the log-in, else by any page (Servlet 6.0, 13.6.3). */
    private static final Pattern SERVLET_LOG_IN = Pattern.compile(".*/j_security_check(;.*)?");

    @Override
    public Work begin(Exchange exchange, Generation generation) {
        return new LogIn(exchange, generation);
    }

    private final class LogIn implements Work {

        private final Exchange exchange;
        private final Generation generation;
        private int status;
        private int forms;
        private boolean user;
        private boolean password;
        private boolean code;
        private @Nullable URI passwordPage;
        private final Set<String> filled = new HashSet<>();
        private final Set<String> later = new HashSet<>(); // of loginFields, what the first page has not asked for
        private final Map<String, String> sources = new LinkedHashMap<>(); // of the values of the latest form

        LogIn(Exchange exchange, Generation generation) {
            this.exchange = exchange;
            this.generation = generation;
        }

        @Override
        public boolean needsForm() {
            return forms == 0;
        }

        /** Sites show their form with a status of failure, too. */
        @Override
        public boolean reads(int answered) {
            status = answered;
            return true;
        }

        @Override
        public @Nullable Submission fill(HtmlPage page) {
            HtmlForm form = page.logInForm();
            if (form == null && forms > 0) {
                form = formOfLaterFields(page);
            }
            if (form == null ? forms > 0 || status >= 400 : isAnother(form)) {
                return null;
            }
            HtmlForm asked = form != null ? form : page.form(null);
            refuseAgain(page, asked);
            if (forms == MOST_FORMS) {
                throw new FormException(
                        "the log-in has not ended after " + MOST_FORMS + " forms, " + page + " asks for another one");
            }
            refuseCodeElsewhere(page, asked);
            Map<String, String> values = values(asked);
            if (values.isEmpty()) {
                throw new FormException(page + ": " + asked.describe() + " asks for no user name and no password that"
                        + " can be told from other fields; name them by loginFields.NAME=VALUE");
            }
            values.forEach(asked::set);
            filled.addAll(values.keySet());
            if (forms++ == 0) {
                later.addAll(rules.fields().keySet());
                asked.fields().forEach(later::remove);
                rules.form().learn(page.url(), asked.action(), values.keySet(), asked.passwordField());
            }
            Submission sent = asked.submit(null);
            if (trail != null) {
                trail.filled(title(page), asked, sources, sent);
            }
            if ("https".equalsIgnoreCase(rules.page().getScheme())
                    && "http".equalsIgnoreCase(sent.target().getScheme())) {
                throw new FormException(page + ": " + asked.describe()
                        + " would send the password without TLS, though loginPage has it; nothing was sent");
            }
            return sent;
        }

        /** Whoever a log-in leads to afterwards is not to get a code that was not used. */
        private void refuseCodeElsewhere(HtmlPage page, HtmlForm form) {
            if (form.passwordField() != null) {
                passwordPage = page.url();
            } else if (form.codeField() != null && passwordPage != null && !isAt(passwordPage, page)) {
                throw new FormException(
                        page + " asks for the one-time code, and is not of the site that has asked for the"
                                + " password; nothing was sent there");
            }
        }

        private static boolean isAt(URI first, HtmlPage page) {
            Origin origin = Origin.of(first);
            Origin other = Origin.of(page.url());
            return origin != null && other != null && origin.trusts(other);
        }

        /** A page after the first may ask for what only loginFields names, as the answer to a question. */
        private @Nullable HtmlForm formOfLaterFields(HtmlPage page) {
            return page.forms().stream()
                    .filter(form -> form.openField(later) != null)
                    .findFirst()
                    .orElse(null);
        }

        /** Whether a form asks for what an earlier one of another name has had: as that of a page to change the password. */
        private boolean isAnother(HtmlForm form) {
            String asked = form.passwordField() != null ? form.passwordField() : form.codeField();
            boolean had = form.passwordField() != null ? password : code;
            return asked != null && had && !filled.contains(asked);
        }

        private void refuseAgain(HtmlPage page, HtmlForm form) {
            String what;
            boolean again;
            if (form.passwordField() != null) {
                what = "user name or password";
                again = password;
            } else if (form.codeField() != null) {
                what = "the one-time code";
                again = code;
            } else if (form.openField(later) != null) {
                what = "loginFields." + Quoted.bare(form.openField(later));
                again = filled.contains(form.openField(later));
            } else {
                what = "the user name";
                again = user;
            }
            if (again) {
                throw new FormException("the log-in form came again after it was sent: the site does not accept " + what
                        + " of client profile '" + profile().name() + "', or wants more than the form says (" + page
                        + (title(page).isEmpty() ? "" : ", " + Quoted.of(title(page))) + ")");
            }
        }

        /** What the page is called, if that does not tell what was filled in. */
        private String title(HtmlPage page) {
            String title = page.title();
            boolean tells =
                    profile().account().values().stream().anyMatch(value -> !value.isBlank() && title.contains(value));
            return tells ? "" : title;
        }

        private ClientProfile profile() {
            return generation.profile();
        }

        /** What goes into the form, by field. */
        private Map<String, String> values(HtmlForm form) {
            Map<String, String> values = new LinkedHashMap<>();
            sources.clear();
            List<String> fields = form.fields();
            rules.fields().forEach((name, expression) -> {
                if (fields.contains(name)) {
                    String value = evaluated(name, expression);
                    if (value != null) {
                        values.put(name, value);
                        sources.put(name, "loginFields." + name);
                    }
                } else if (forms == 0) {
                    refuseMistyped(name, form);
                }
            });
            if (form.userField() != null && (!user || form.passwordField() == null)) {
                user = true;
                values.computeIfAbsent(form.userField(), field -> ofAccount("username", field));
            }
            if (form.passwordField() != null) {
                password = true;
                values.computeIfAbsent(form.passwordField(), field -> ofAccount("password", field));
            }
            if (form.codeField() != null) {
                code = true;
                values.computeIfAbsent(
                        form.codeField(),
                        field -> codes.code(ofAccount(Totp.ACCOUNT_KEY, field), generation, clock.instant()));
            }
            return values;
        }

        private @Nullable String evaluated(String name, Expression expression) {
            return ExchangeOnThread.in(exchange, generation, () -> {
                String value = expression.evaluate(exchange, String.class);
                return ExchangeOnThread.takeMissing() ? null : value;
            });
        }

        /** A field that comes on a later page has another name than those of the first. */
        private void refuseMistyped(String name, HtmlForm form) {
            String nearest = NearestName.of(name, form.fields());
            if (nearest != null) {
                throw new FormException("loginFields." + Quoted.bare(name) + ": " + form.describe()
                        + " has no such field, did you mean " + Quoted.bare(nearest) + "?");
            }
        }

        private String ofAccount(String key, String field) {
            String value = profile().account().get(key);
            if (value == null) {
                String name = profile().name();
                throw new FormException("the log-in form has the field " + Quoted.of(field) + ", and "
                        + (name.isEmpty()
                                ? "the session has no client profile"
                                : "client profile '" + name + "' has no account." + key)
                        + ": put account." + key + " into the profile, or set loginFields." + Quoted.bare(field));
            }
            sources.put(field, "account." + key);
            return value;
        }

        @Override
        public void end(Exchange done, Reply answer) throws Exception {
            if (answer.status() >= 400 && !(answer.redirected() && NOTHING_THERE.contains(answer.status()))) {
                Map<String, String> headers = answer.ownHeaders();
                throw new HttpOperationFailedException(
                        answer.uri().toString(),
                        answer.status(),
                        Objects.toString(done.getMessage().getHeader(Exchange.HTTP_RESPONSE_TEXT), ""),
                        headers.get("Location"),
                        headers,
                        null);
            }
            if (SERVLET_LOG_IN.matcher(answer.uri().getRawPath()).matches()) {
                throw new FormException("the site does not accept user name or password of client profile '"
                        + profile().name() + "': it has answered j_security_check by a page of its own, and not by a"
                        + " redirect");
            }
            if (!password && rules.fields().isEmpty() && profile().account().containsKey("password")) {
                throw new FormException("the log-in ended at " + answer.uri().getScheme() + "://"
                        + answer.uri().getRawAuthority() + answer.uri().getRawPath()
                        + ", and no page has asked for the password");
            }
        }
    }
}
