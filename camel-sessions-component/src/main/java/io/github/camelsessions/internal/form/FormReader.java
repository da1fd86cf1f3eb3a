/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import io.github.camelsessions.internal.form.Control.Button;
import io.github.camelsessions.internal.form.Control.Dirname;
import io.github.camelsessions.internal.form.Control.Option;
import io.github.camelsessions.internal.form.Control.Type;
import java.net.URI;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.FormElement;
import org.jsoup.parser.Parser;
import org.jspecify.annotations.Nullable;

/**
 * Reads the forms of a document, with the controls that belong to each: those that the parser found within it, however
 * tags are nested, and those that name it by their attribute {@code form} (HTML, section 4.10.17.3). Used by one thread.
 */
final class FormReader {

    private static final int MOST_FORMS = 1_000;
    private static final int MOST_CONTROLS = 10_000;
    private static final int MOST_OPTIONS = 100_000;
    private static final int MOST_TEXT = 32 << 20;

    /** What belongs to a form (HTML, section 4.10.2, «listed»), and is so remembered by the parser. */
    private static final Set<String> LISTED =
            Set.of("button", "fieldset", "input", "keygen", "object", "output", "select", "textarea");

    private static final Set<String> SUBMITTABLE = Set.of("button", "input", "select", "textarea");

    private final URI page;
    private final URI base;
    private final Charset charset;
    private final List<FormElement> forms = new ArrayList<>();
    private final List<Element> controls = new ArrayList<>();
    private final Map<String, Element> byId = new HashMap<>();
    private final Map<Element, Element> linked = new IdentityHashMap<>();
    private final Map<Element, List<Control>> found = new IdentityHashMap<>();
    private final Map<Element, Element> legends = new IdentityHashMap<>();
    private int options;
    private int texts;

    /**
     * @param base what URLs of the page are relative to
     * @throws FormException when there are more forms, controls or options than anybody fills in
     */
    FormReader(Document document, URI page, URI base, Charset charset) {
        this.page = page;
        this.base = base;
        this.charset = charset;
        int listed = 0;
        for (Element element : (Iterable<Element>) document.stream()::iterator) {
            String tag = isHtml(element) ? element.normalName() : "";
            if (!element.id().isEmpty() && !isWithin(element, "template")) {
                byId.putIfAbsent(element.id(), element);
            }
            if (LISTED.contains(tag)) {
                bound(++listed, MOST_CONTROLS, "controls");
            }
            if (SUBMITTABLE.contains(tag) && !isWithin(element, "template")) {
                controls.add(element);
            } else if (tag.equals("form") && element instanceof FormElement form && !isWithin(form, "template")) {
                forms.add(form);
                bound(forms.size(), MOST_FORMS, "forms");
            }
        }
        forms.forEach(this::link);
        forms.forEach(form -> found.put(form, new ArrayList<>()));
        controls.forEach(this::read);
    }

    private static boolean isHtml(Element element) {
        return Parser.NamespaceHtml.equals(element.tag().namespace());
    }

    private void bound(int number, int most, String what) {
        if (number > most) {
            throw new FormException(
                    "page " + FormUrl.shown(page) + " has more than " + most + " " + what + ", which are not read");
        }
    }

    /** The parser has noted what it found between the tags of a form, also where that ended up outside. */
    private void link(FormElement form) {
        for (Element element : form.elements()) {
            if (SUBMITTABLE.contains(element.normalName()) && !isWithin(element, form)) {
                linked.putIfAbsent(element, form);
            }
        }
    }

    /** All forms, in the order of the page. */
    List<FormMarkup> forms() {
        List<FormMarkup> all = new ArrayList<>();
        for (FormElement form : forms) {
            all.add(new FormMarkup(
                    all.size() + 1,
                    form.id(),
                    form.attr("name"),
                    form.attr("action"),
                    method(form.attr("method")),
                    Submission.Encoding.of(form.attr("enctype")),
                    charset(form),
                    page,
                    base,
                    FormCharset.output(charset),
                    withOneOfEachGroup(found.getOrDefault(form, List.of()))));
        }
        return all;
    }

    /** The number of the form that an element is, or belongs to, from 0; -1 when there is none. */
    int formOf(Element element) {
        Element form = element instanceof FormElement ? element : owner(element);
        for (int i = 0; i < forms.size(); i++) {
            if (forms.get(i) == form) {
                return i;
            }
        }
        return -1;
    }

    private @Nullable Element owner(Element element) {
        if (LISTED.contains(element.normalName()) && element.hasAttr("form")) {
            return byId.get(element.attr("form")) instanceof FormElement form ? form : null;
        }
        Element noted = linked.get(element);
        return noted != null ? noted : ancestor(element, "form");
    }

    private static @Nullable Element ancestor(Element element, String tag) {
        Element up = element.parent();
        while (up != null && !up.normalName().equals(tag)) {
            up = up.parent();
        }
        return up;
    }

    private static boolean isWithin(Element element, String tag) {
        return ancestor(element, tag) != null;
    }

    private static boolean isWithin(Element element, Element other) {
        Element up = element.parent();
        while (up != null && up != other) {
            up = up.parent();
        }
        return up != null;
    }

    private static String method(String attribute) {
        String method = attribute.toUpperCase(Locale.ROOT);
        return method.equals("POST") || method.equals("DIALOG") ? method : "GET";
    }

    /** Picks an encoding for the form (section 4.10.22.5); commas between labels are an older custom. */
    private Charset charset(Element form) {
        return Stream.of(form.attr("accept-charset").split("[\\s,]+", 20))
                .map(FormCharset::of)
                .filter(known -> known != null)
                .findFirst()
                .map(FormCharset::output)
                .orElseGet(() -> FormCharset.output(charset));
    }

    // ---- controls

    private void read(Element element) {
        Element owner = owner(element);
        List<Control> controlsOfForm = owner == null ? null : found.get(owner);
        if (controlsOfForm == null || isWithin(element, "datalist")) {
            return;
        }
        switch (element.normalName()) {
            case "select" -> controlsOfForm.add(select(element));
            case "textarea" -> controlsOfForm.add(textarea(element));
            case "button" -> {
                if (!Set.of("reset", "button").contains(lower(element.attr("type")))) {
                    controlsOfForm.add(button(element, Type.SUBMIT, element.attr("value"), element.text()));
                }
            }
            default -> {
                Control input = input(element);
                if (input != null) {
                    controlsOfForm.add(input);
                }
            }
        }
    }

    private @Nullable Control input(Element element) {
        String type = lower(element.attr("type"));
        String value = InputValue.of(type, element.attr("value"), element.attr("min"), element.attr("max"));
        return switch (type) {
            case "button", "reset" -> null;
            case "submit" -> button(element, Type.SUBMIT, value, value);
            case "image" -> button(element, Type.IMAGE, value, element.attr("alt"));
            case "checkbox" -> choice(element, Type.CHECKBOX);
            case "radio" -> choice(element, Type.RADIO);
            case "file" -> text(element, Type.FILE, "", null);
            case "hidden" -> text(element, Type.HIDDEN, value, dirname(element));
            case "password" -> text(element, Type.PASSWORD, value, dirname(element));
            case "email" -> text(element, Type.EMAIL, value, dirname(element));
            case "tel" -> text(element, Type.TEL, value, dirname(element));
            case "number" -> text(element, Type.NUMBER, value, null);
            case "search", "url" -> text(element, Type.LINE, value, dirname(element));
            case "date", "month", "week", "time", "datetime-local", "range", "color" ->
                text(element, Type.LINE, value, null);
            default -> text(element, Type.TEXT, value, dirname(element));
        };
    }

    private Control text(Element element, Type type, String value, @Nullable Dirname dirname) {
        return control(element, type, List.of(value), List.of(), dirname, null);
    }

    private Control textarea(Element element) {
        // the parser has left out a first line break (section 13.2.6.4.7)
        return text(element, Type.TEXTAREA, spend(element.wholeText()), dirname(element));
    }

    private Control choice(Element element, Type type) {
        String value = element.hasAttr("value") ? element.attr("value") : "on";
        List<String> chosen = element.hasAttr("checked") ? List.of(value) : List.of();
        return control(element, type, chosen, List.of(new Option(value, "")), null, null);
    }

    private Control button(Element element, Type type, String value, String text) {
        Button button = new Button(
                folded(text),
                element.hasAttr("formaction") ? element.attr("formaction") : null,
                element.hasAttr("formmethod") ? method(element.attr("formmethod")) : null,
                element.hasAttr("formenctype") ? Submission.Encoding.of(element.attr("formenctype")) : null);
        return control(element, type, List.of(value), List.of(), null, button);
    }

    /** Which options are chosen (section 4.10.7, «selectedness setting algorithm»). */
    private Control select(Element element) {
        boolean multiple = element.hasAttr("multiple");
        boolean box = !element.attr("size").strip().matches("0*1?");
        List<Option> choices = new ArrayList<>();
        List<String> chosen = new ArrayList<>();
        boolean isChosen = false;
        String first = null;
        for (Element option : element.getElementsByTag("option")) {
            bound(++options, MOST_OPTIONS, "options");
            String text = folded(option.text());
            String value = option.hasAttr("value") ? option.attr("value") : text;
            choices.add(new Option(value, option.attr("label").isEmpty() ? text : folded(option.attr("label"))));
            boolean disabled = isDisabledOption(option);
            first = first == null && !disabled ? value : first;
            if (option.hasAttr("selected")) {
                isChosen = true;
                if (!multiple) {
                    chosen.clear(); // the last one counts, also when it is disabled, and so not sent
                }
                if (!disabled) {
                    chosen.add(value);
                }
            }
        }
        if (first != null && !isChosen && !multiple && !box) {
            chosen.add(first);
        }
        return control(element, multiple ? Type.SELECT_MULTIPLE : Type.SELECT, chosen, choices, null, null);
    }

    private static boolean isDisabledOption(Element option) {
        Element group = option.parent();
        return option.hasAttr("disabled")
                || group != null && group.normalName().equals("optgroup") && group.hasAttr("disabled");
    }

    private Control control(
            Element element,
            Type type,
            List<String> values,
            List<Option> choices,
            @Nullable Dirname dirname,
            @Nullable Button button) {
        String style = lower(element.attr("style")).replace(" ", "");
        boolean visible = type != Type.HIDDEN
                && !element.hasAttr("hidden")
                && !style.contains("display:none")
                && !style.contains("visibility:hidden");
        return new Control(
                type,
                element.attr("name"),
                element.id(),
                List.copyOf(values),
                List.copyOf(choices),
                isDisabled(element),
                visible,
                Stream.of(lower(element.attr("autocomplete")).split("\\s+", 20))
                        .filter(token -> !token.isEmpty())
                        .collect(Collectors.toUnmodifiableSet()),
                dirname,
                button);
    }

    /** Whether it or a set of fields around it is (sections 4.10.19.5 and 4.10.15); what is in the legend of that is not. */
    private boolean isDisabled(Element element) {
        boolean disabled = element.hasAttr("disabled");
        Element below = element;
        for (Element up = element.parent(); up != null && !disabled; up = up.parent()) {
            disabled = up.normalName().equals("fieldset") && up.hasAttr("disabled") && below != legend(up);
            below = up;
        }
        return disabled;
    }

    /** The first legend among the children of a fieldset, the fieldset without one. */
    private Element legend(Element fieldset) {
        return legends.computeIfAbsent(
                fieldset,
                set -> set.children().stream()
                        .filter(child -> child.normalName().equals("legend"))
                        .findFirst()
                        .orElse(set));
    }

    private static @Nullable Dirname dirname(Element element) {
        String name = element.attr("dirname");
        return name.isEmpty() ? null : new Dirname(name, direction(element));
    }

    /** The directionality (section 3.2.6.4), but for that of an element around it that takes it from its text. */
    private static String direction(Element element) {
        for (Element up = element; up != null; up = up.parent()) {
            String direction = lower(up.attr("dir"));
            if (Set.of("ltr", "rtl").contains(direction) || up == element && direction.equals("auto")) {
                return direction;
            }
            if (lower(element.attr("type")).equals("tel")) {
                return "ltr";
            }
        }
        return "ltr";
    }

    /** Of each group of radio buttons the last one that the page has chosen (section 4.10.5.1.16). */
    private static List<Control> withOneOfEachGroup(List<Control> controls) {
        List<Control> all = new ArrayList<>(controls);
        Set<String> chosen = new HashSet<>();
        for (int i = all.size() - 1; i >= 0; i--) {
            Control control = all.get(i);
            if (control.type() == Type.RADIO && !control.values().isEmpty() && !chosen.add(control.name())) {
                all.set(i, control.withoutValues());
            }
        }
        return List.copyOf(all);
    }

    private static String lower(String attribute) {
        return attribute.toLowerCase(Locale.ROOT);
    }

    private String folded(String text) {
        return spend(text).replaceAll("\\s+", " ").strip();
    }

    /** Elements may be nested, and the text of each is that of all within it. */
    private String spend(String text) {
        texts += text.length();
        bound(texts, MOST_TEXT, "characters in its controls");
        return text;
    }
}
