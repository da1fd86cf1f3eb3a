/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import io.github.camelsessions.internal.form.Control.Button;
import io.github.camelsessions.internal.form.Control.Dirname;
import io.github.camelsessions.internal.form.Control.Option;
import io.github.camelsessions.internal.form.Control.Type;
import io.github.camelsessions.internal.form.Submission.Encoding;
import io.github.camelsessions.internal.form.Submission.Entry;
import io.github.camelsessions.internal.text.NearestName;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A form of a page, to be filled in and sent. What is not filled in keeps what the page has in it, hidden fields included.
 *
 * <p>Not thread-safe: each caller gets one of its own, and what one puts in no other sees.
 */
public final class HtmlForm {

    private static final int MOST_NAMES = 1_000;
    private static final int LONGEST_NAME = 100;

    private final FormMarkup markup;
    private final LogInFields logIn;
    private final Map<Control, List<String>> given = new IdentityHashMap<>();

    HtmlForm(FormMarkup markup) {
        this.markup = markup;
        this.logIn = new LogInFields(markup.controls());
    }

    /** Where it says that it is sent, as the page has it; null when it does not say. */
    public @Nullable String action() {
        return markup.action();
    }

    /** Which form it is, where it goes, and the names of what a person can fill in, never values. */
    public String describe() {
        return markup.describe();
    }

    /** The names of all fields, hidden ones included, buttons not, each once, in the order of the page. */
    public List<String> fields() {
        return markup.controls().stream()
                .filter(control -> !control.isButton() && !control.name().isEmpty())
                .map(Control::name)
                .distinct()
                .toList();
    }

    /**
     * The name of the field for the account's name: that with {@code autocomplete=username} or {@code email}, else the last
     * text before the password; in a form without a password its only text. Null when there is none.
     */
    public @Nullable String userField() {
        return name(logIn.user());
    }

    /**
     * The name of the field for the account's password: that with {@code autocomplete=current-password}, else the first
     * one, unless that asks for a new password. Null when there is none.
     */
    public @Nullable String passwordField() {
        return name(logIn.password());
    }

    /**
     * The name of the field for a one-time code: that with {@code autocomplete=one-time-code}, else one whose name or id
     * says so, such as {@code otp} or {@code verificationCode}; postal codes, vouchers and the like are none. Null when
     * there is none.
     */
    public @Nullable String codeField() {
        return name(logIn.code());
    }

    private static @Nullable String name(@Nullable Control control) {
        return control == null ? null : control.name();
    }

    /** Of these names the one of a field that a person can type into; null when the form has none of them. */
    public @Nullable String openField(Set<String> names) {
        return markup.controls().stream()
                .filter(control -> control.isOpenText() && names.contains(control.name()))
                .map(Control::name)
                .findFirst()
                .orElse(null);
    }

    /** Whether a one-time code is all that a person can type. */
    boolean isCodeAlone() {
        return logIn.isCodeAlone();
    }

    /** Whether a single password is asked for. */
    boolean hasOnePassword() {
        return logIn.hasOnePassword();
    }

    // ---- filling in

    /**
     * Puts a value into a field, over what the page has there: a text; of a select, of radio buttons and check boxes the
     * value of an option, of a select also what a person sees of it; true or false for a single check box; a collection or
     * an array where several fields have the name, or several options may be chosen. Of a name that hidden fields have,
     * too, these stay. A disabled field is sent when it is filled in, as by a script that enables it.
     *
     * @throws FormException when the form has no such field, or that no such option, or takes less values
     */
    public void set(String name, Object value) {
        List<Control> named = markup.controls().stream()
                .filter(control -> !control.isButton() && control.name().equals(name))
                .toList();
        List<Control> open =
                named.stream().filter(control -> control.type() != Type.HIDDEN).toList();
        List<Control> fields = open.isEmpty() ? named : open;
        if (name.isEmpty() || fields.isEmpty()) {
            throw noField(name);
        }
        if (fields.stream().anyMatch(field -> field.type() == Type.FILE)) {
            throw wrong("takes files in field " + shown(name) + ", and no file can be put into a form");
        }
        Control only = fields.get(0);
        if (fields.size() == 1 && only.type() == Type.CHECKBOX && isTick(only, value)) {
            given.put(
                    only,
                    Boolean.parseBoolean(value.toString())
                            ? List.of(only.options().get(0).value())
                            : List.of());
            return;
        }
        Map<Control, List<String>> filled = new IdentityHashMap<>();
        for (Control field : fields) {
            if (field.isChoice() && field.type() != Type.SELECT) {
                filled.put(field, List.of());
            }
        }
        for (String one : values(value)) {
            fill(name, fields, one, filled);
        }
        given.putAll(filled);
    }

    private static boolean isTick(Control checkbox, Object value) {
        String text = value.toString();
        return value instanceof Boolean
                || !checkbox.options().get(0).value().equals(text) && (text.equals("true") || text.equals("false"));
    }

    private static List<String> values(Object value) {
        Collection<?> all = value instanceof Collection<?> several
                ? several
                : value instanceof Object[] array ? Arrays.asList(array) : List.of(value);
        return all.stream().map(String::valueOf).toList();
    }

    /** Puts a value into the first of the fields that can take it. */
    private void fill(String name, List<Control> fields, String value, Map<Control, List<String>> filled) {
        boolean radio = fields.stream()
                .anyMatch(field -> field.type() == Type.RADIO
                        && !filled.getOrDefault(field, List.of()).isEmpty());
        boolean offered = false;
        for (Control field : fields) {
            String option = option(field, value);
            boolean full = switch (field.type()) {
                case RADIO -> radio;
                case SELECT_MULTIPLE -> false;
                default -> !filled.getOrDefault(field, List.of()).isEmpty();
            };
            offered |= option != null;
            if (option != null && !full) {
                List<String> chosen = new ArrayList<>(filled.getOrDefault(field, List.of()));
                chosen.add(option);
                filled.put(field, inOrder(field, chosen));
                return;
            }
        }
        List<Control> choices = fields.stream().filter(Control::isChoice).toList();
        if (choices.size() == fields.size() && !offered) {
            throw wrong("has no such option in field " + shown(name) + ": it has " + options(choices));
        }
        throw wrong("takes less values in field " + shown(name) + " than are given");
    }

    /** What a field sends when a value is put into it; null when it does not offer that. */
    private static @Nullable String option(Control field, String value) {
        if (!field.isChoice()) {
            return field.type() == Type.TEXTAREA || field.type() == Type.HIDDEN ? value : InputValue.oneLine(value);
        }
        for (Option option : field.options()) {
            if (option.value().equals(value)) {
                return value;
            }
        }
        for (Option option : field.options()) {
            if (!option.text().isEmpty() && option.text().equals(value.strip())) {
                return option.value();
            }
        }
        return null;
    }

    /** Options are sent in the order of the page, whatever the order in which they are chosen. */
    private static List<String> inOrder(Control field, List<String> chosen) {
        if (field.type() != Type.SELECT_MULTIPLE) {
            return List.copyOf(chosen);
        }
        return field.options().stream()
                .map(Option::value)
                .filter(chosen::contains)
                .toList();
    }

    private static String options(List<Control> choices) {
        return FormMarkup.listed(choices.stream()
                .flatMap(choice -> choice.options().stream())
                .map(Option::value)
                .distinct()
                .toList());
    }

    private FormException noField(String name) {
        List<String> all = fields();
        List<String> short_ = all.stream()
                .limit(MOST_NAMES)
                .filter(field -> field.length() <= LONGEST_NAME)
                .toList();
        String nearest = name.length() > LONGEST_NAME ? null : NearestName.of(name, short_);
        String hint = nearest != null
                ? "did you mean " + shown(nearest) + "?"
                : all.isEmpty() ? "it has none" : "it has " + FormMarkup.listed(all);
        return wrong("has no field " + shown(name) + ", " + hint);
    }

    private static String shown(String name) {
        return "'" + FormMarkup.listed(List.of(name)) + "'";
    }

    private FormException wrong(String problem) {
        return new FormException("page " + FormUrl.shown(markup.page()) + ": " + markup.called() + " " + problem);
    }

    // ---- sending

    /**
     * What is sent when a button is pressed.
     *
     * @param submit name, {@code name=value}, or visible text of the button; null for the first one that is not disabled,
     *     as with the enter key (HTML, section 4.10.22.2), or none when the form has none; empty for none, as when a script
     *     sends the form (section 4.10.21.3)
     * @throws FormException when the form has no such button, or sends nothing by HTTP
     */
    public Submission submit(@Nullable String submit) {
        Control pressed = submit == null ? firstButton() : submit.isEmpty() ? null : button(submit);
        Button button = pressed == null ? null : pressed.button();
        String method = button == null || button.method() == null ? markup.method() : button.method();
        String action = button == null || button.action() == null ? markup.action() : button.action();
        Encoding encoding = button == null || button.encoding() == null ? markup.encoding() : button.encoding();
        if (method.equals("DIALOG")) {
            throw wrong("only closes a dialog (method=dialog), and sends nothing; submit= names another button");
        }
        List<Entry> entries = entries(pressed);
        URI target;
        try {
            target = markup.target(action);
        } catch (IllegalArgumentException e) {
            throw wrong("cannot be sent where its action leads: " + e.getMessage());
        }
        return method.equals("GET")
                ? new Submission(
                        method,
                        FormUrl.withQuery(target, Submission.urlEncoded(entries, markup.charset())),
                        Encoding.URL_ENCODED,
                        markup.charset(),
                        entries)
                : new Submission(method, target, encoding, markup.charset(), entries);
    }

    private List<Control> buttons() {
        return markup.controls().stream().filter(Control::isButton).toList();
    }

    private @Nullable Control firstButton() {
        return buttons().stream()
                .filter(button -> !button.disabled())
                .findFirst()
                .orElse(null);
    }

    private Control button(String submit) {
        List<Control> named = buttons().stream()
                .filter(button -> button.name().equals(submit))
                .toList();
        if (named.stream().map(Control::values).distinct().count() > 1) {
            throw wrong("has several buttons with the name " + shown(submit) + "; name one by its value: "
                    + FormMarkup.listed(named.stream().map(HtmlForm::shown).toList()));
        }
        return buttons().stream()
                .filter(button -> isCalled(button, submit))
                .findFirst()
                .orElseThrow(() -> wrong("has no button " + shown(submit) + ": it has "
                        + (buttons().isEmpty()
                                ? "none"
                                : FormMarkup.listed(
                                        buttons().stream().map(HtmlForm::shown).toList()))));
    }

    private static boolean isCalled(Control control, String submit) {
        Button button = control.button();
        String text = submit.strip().replaceAll("\\s+", " ");
        return button != null
                && (control.name().equals(submit)
                        || (control.name() + "=" + control.values().get(0)).equals(submit)
                        || button.text().equalsIgnoreCase(text));
    }

    private static String shown(Control control) {
        Button button = control.button();
        if (!control.name().isEmpty()) {
            return control.name() + "=" + control.values().get(0);
        }
        return button == null || button.text().isEmpty() ? "one without name and text" : button.text();
    }

    /** Constructs the entry list (HTML, section 4.10.22.4). */
    private List<Entry> entries(@Nullable Control pressed) {
        List<Entry> entries = new ArrayList<>();
        for (Control control : markup.controls()) {
            if (control.isButton()) {
                if (control == pressed) {
                    add(pressed, entries);
                }
            } else if (!control.name().isEmpty()) {
                for (String value : values(control)) {
                    entries.add(new Entry(control.name(), sent(control, value), control.type() == Type.FILE));
                    addDirection(control.dirname(), value, entries);
                }
            }
        }
        return entries;
    }

    private List<String> values(Control control) {
        List<String> values = given.get(control);
        return values != null ? values : control.disabled() ? List.of() : control.values();
    }

    private String sent(Control control, String value) {
        boolean charset = control.type() == Type.HIDDEN
                && control.name().toLowerCase(Locale.ROOT).equals("_charset_");
        return charset ? FormCharset.name(markup.charset()) : value;
    }

    private static void add(Control button, List<Entry> entries) {
        if (button.type() == Type.IMAGE) {
            String prefix = button.name().isEmpty() ? "" : button.name() + ".";
            entries.add(new Entry(prefix + "x", "0", false));
            entries.add(new Entry(prefix + "y", "0", false));
        } else if (!button.name().isEmpty()) {
            entries.add(new Entry(button.name(), button.values().get(0), false));
        }
    }

    private static void addDirection(@Nullable Dirname dirname, String value, List<Entry> entries) {
        if (dirname != null) {
            String direction = dirname.direction().equals("auto") ? direction(value) : dirname.direction();
            entries.add(new Entry(dirname.name(), direction, false));
        }
    }

    /** That of the first letter that has one. */
    private static String direction(String text) {
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            switch (Character.getDirectionality(text.codePointAt(i))) {
                case Character.DIRECTIONALITY_LEFT_TO_RIGHT -> {
                    return "ltr";
                }
                case Character.DIRECTIONALITY_RIGHT_TO_LEFT, Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC -> {
                    return "rtl";
                }
                default -> {}
            }
        }
        return "ltr";
    }

    /** As {@link #describe()}. */
    @Override
    public String toString() {
        return describe();
    }
}
