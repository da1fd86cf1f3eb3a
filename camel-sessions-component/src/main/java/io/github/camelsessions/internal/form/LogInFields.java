/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import io.github.camelsessions.internal.form.Control.Type;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the fields of a log-in among the controls of a form, as a password manager does: by {@code autocomplete} (HTML,
 * section 4.10.19.8) where the page has it, else by types, order and names. Immutable.
 */
final class LogInFields {

    private static final Set<String> CODE_NAMES =
            Set.of("otp", "totp", "code", "token", "mfa", "2fa", "passcode", "verification");

    /** By these some call the password. */
    private static final Set<String> PASSWORD_NAMES = Set.of("code", "token", "passcode", "verification");

    /** With these a code is none that a device shows. */
    private static final Set<String> OTHER_CODES = Set.of(
            "postal",
            "post",
            "zip",
            "country",
            "area",
            "state",
            "city",
            "promo",
            "promotion",
            "coupon",
            "discount",
            "voucher",
            "gift",
            "referral",
            "invite",
            "invitation",
            "product",
            "item",
            "article",
            "order",
            "currency",
            "language",
            "lang",
            "color",
            "colour",
            "bar",
            "sort",
            "bank",
            "branch",
            "tax",
            "search");

    /** Where a name falls into parts: at separators, and where humps begin, also after an abbreviation. */
    private static final Pattern PARTS =
            Pattern.compile("[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");

    private static final int LONGEST_NAME = 200;

    private final List<Control> texts;
    private final long passwords;

    LogInFields(List<Control> controls) {
        texts = controls.stream().filter(Control::isOpenText).toList();
        passwords = texts.stream()
                .filter(control -> control.type() == Type.PASSWORD)
                .count();
    }

    /** The one with the password that the account has; null where there is none, or only a new one is asked for. */
    @Nullable
    Control password() {
        Control first = null;
        for (Control control : texts) {
            if (control.autocomplete().contains("current-password")) {
                return control;
            }
            boolean password = control.type() == Type.PASSWORD && !isCode(control);
            first = first == null && password ? control : first;
        }
        return first == null || first.autocomplete().contains("new-password") ? null : first;
    }

    /** The one with the account's name; null where it is not to be filled in, or nobody can tell which it is. */
    @Nullable
    Control user() {
        for (String token : List.of("username", "email")) {
            for (Control control : texts) {
                if (control.autocomplete().contains(token)) {
                    return control;
                }
            }
        }
        Control password = password();
        if (password != null) {
            return lastOf(texts.subList(0, texts.indexOf(password)).stream()
                    .filter(control -> control.type() == Type.TEL || isName(control))
                    .toList());
        }
        boolean newPassword = texts.stream().anyMatch(control -> control.type() == Type.PASSWORD && !isCode(control));
        List<Control> names =
                newPassword ? List.of() : texts.stream().filter(this::isName).toList();
        return names.size() == 1 ? names.get(0) : null;
    }

    private boolean isName(Control control) {
        return (control.type() == Type.TEXT || control.type() == Type.EMAIL) && !isCode(control);
    }

    private static @Nullable Control lastOf(List<Control> controls) {
        return controls.isEmpty() ? null : controls.get(controls.size() - 1);
    }

    /** The one with a one-time code; null without one. */
    @Nullable
    Control code() {
        return Stream.concat(
                        texts.stream().filter(control -> control.autocomplete().contains("one-time-code")),
                        texts.stream().filter(this::isCode))
                .findFirst()
                .orElse(null);
    }

    /** Whether a code is all that is asked for. */
    boolean isCodeAlone() {
        return texts.size() == 1 && code() != null;
    }

    boolean hasOnePassword() {
        return passwords == 1;
    }

    private boolean isCode(Control control) {
        Set<String> autocomplete = control.autocomplete();
        if (autocomplete.contains("one-time-code")) {
            return true;
        }
        boolean told = autocomplete.stream().anyMatch(token -> !token.equals("off") && !token.equals("on"));
        Set<String> called = told ? Set.of() : codeNames(control.name(), control.id());
        if (called.isEmpty()) {
            return false;
        }
        return switch (control.type()) {
            case TEXT, TEL, NUMBER -> true;
            case PASSWORD -> !(PASSWORD_NAMES.containsAll(called) && isOnlyPasswordAfterText(control));
            default -> false;
        };
    }

    private boolean isOnlyPasswordAfterText(Control password) {
        return passwords == 1
                && texts.subList(0, texts.indexOf(password)).stream()
                        .anyMatch(control -> control.type() == Type.TEXT || control.type() == Type.EMAIL);
    }

    /** The words by which names tell of a one-time code. */
    private static Set<String> codeNames(String... names) {
        Set<String> found = new HashSet<>();
        for (String name : names) {
            Set<String> parts = name.length() > LONGEST_NAME
                    ? Set.of()
                    : Stream.of(PARTS.split(name))
                            .map(part -> part.toLowerCase(Locale.ROOT))
                            .collect(Collectors.toSet());
            if (Collections.disjoint(parts, OTHER_CODES)) {
                parts.stream().filter(CODE_NAMES::contains).forEach(found::add);
            }
        }
        return found;
    }
}
