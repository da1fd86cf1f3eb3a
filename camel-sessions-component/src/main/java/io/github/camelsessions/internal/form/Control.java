/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A submittable element of a form, as the page has it. Immutable.
 *
 * @param name    empty without one; then only a button counts
 * @param id      empty without one
 * @param values  what it sends unless it is filled in: nothing, one value, of a select several
 * @param options what may be chosen, of check boxes and radio buttons one; empty for text
 * @param disabled whether it sends nothing unless it is filled in
 * @param visible whether a person sees it
 * @param autocomplete the tokens of the attribute, in lower case
 * @param dirname null unless the direction of the text is sent, too
 * @param button  null unless it submits the form
 */
record Control(
        Type type,
        String name,
        String id,
        List<String> values,
        List<Option> options,
        boolean disabled,
        boolean visible,
        Set<String> autocomplete,
        @Nullable Dirname dirname,
        @Nullable Button button) {

    /** What kinds there are, as far as it matters for what is sent. */
    enum Type {
        TEXT,
        EMAIL,
        TEL,
        NUMBER,
        PASSWORD,
        /** Other input of one line, such as a date. */
        LINE,
        TEXTAREA,
        HIDDEN,
        CHECKBOX,
        RADIO,
        SELECT,
        SELECT_MULTIPLE,
        FILE,
        SUBMIT,
        IMAGE
    }

    /**
     * @param text what a person sees, empty for check boxes and radio buttons
     */
    record Option(String value, String text) {}

    /**
     * @param name      of the entry
     * @param direction {@code ltr}, {@code rtl}, or {@code auto} for that of the value
     */
    record Dirname(String name, String direction) {}

    /**
     * What a button says of the submission instead of its form.
     *
     * @param text     what a person sees
     * @param action   null, as method and encoding, when it leaves that to the form
     */
    record Button(
            String text, @Nullable String action, @Nullable String method, Submission.@Nullable Encoding encoding) {}

    /** The same with nothing chosen. */
    Control withoutValues() {
        return new Control(type, name, id, List.of(), options, disabled, visible, autocomplete, dirname, button);
    }

    boolean isButton() {
        return button != null;
    }

    /** Whether something is chosen, and not typed. */
    boolean isChoice() {
        return switch (type) {
            case CHECKBOX, RADIO, SELECT, SELECT_MULTIPLE -> true;
            default -> false;
        };
    }

    /** Whether it is filled in with one line that a person sees. */
    boolean isOpenText() {
        return switch (type) {
            case TEXT, EMAIL, TEL, NUMBER, PASSWORD, LINE -> visible && !disabled && !name.isEmpty();
            default -> false;
        };
    }
}
