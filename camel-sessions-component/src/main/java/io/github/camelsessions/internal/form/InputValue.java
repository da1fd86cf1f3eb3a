/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The value that an input has for what the page says: what is no value of its type is left out, as HTML's value
 * sanitization algorithms have it (section 4.10.5.1). Stateless.
 */
final class InputValue {

    private static final Pattern NUMBER =
            Pattern.compile("-?(\\d{1,99}(\\.\\d{1,99})?|\\.\\d{1,99})([eE][+-]?\\d{1,9})?");
    private static final Pattern COLOR = Pattern.compile("#[0-9a-fA-F]{6}");
    private static final Pattern MONTH = Pattern.compile("\\d{4,9}-(0[1-9]|1[0-2])");
    private static final Pattern WEEK = Pattern.compile("\\d{4,9}-W(0[1-9]|[1-4]\\d|5[0-3])");
    private static final String DAY_FORM = "\\d{4,9}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])";
    private static final String TIME_FORM = "([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,3})?)?";
    private static final Pattern DAY = Pattern.compile(DAY_FORM);
    private static final Pattern TIME = Pattern.compile(TIME_FORM);
    private static final Pattern DAY_AND_TIME = Pattern.compile(DAY_FORM + "[T ]" + TIME_FORM);

    private InputValue() {}

    /**
     * @param type the state of the input, such as {@code email}
     * @param min  as the page has it, for {@code range}
     */
    static String of(String type, String value, String min, String max) {
        return switch (type) {
            case "hidden", "checkbox", "radio", "submit", "image" -> value;
            case "email", "url" -> oneLine(value).strip();
            case "number" -> keep(NUMBER, value);
            case "range" -> range(value, min, max);
            case "color" ->
                COLOR.matcher(value.strip()).matches() ? value.strip().toLowerCase(Locale.ROOT) : "#000000";
            case "date" -> keep(DAY, value);
            case "month" -> keep(MONTH, value);
            case "week" -> keep(WEEK, value);
            case "time" -> keep(TIME, value);
            case "datetime-local" -> keep(DAY_AND_TIME, value).replace(' ', 'T');
            default -> oneLine(value);
        };
    }

    static String oneLine(String value) {
        return value.replace("\n", "").replace("\r", "");
    }

    private static String keep(Pattern valid, String value) {
        return valid.matcher(value).matches() ? value : "";
    }

    /** Without a value the middle (section 4.10.5.1.13); steps are left to the site. */
    private static String range(String value, String min, String max) {
        double least = number(min, 0);
        double most = Math.max(least, number(max, 100));
        if (NUMBER.matcher(value).matches()) {
            double given = number(value, 0);
            return given >= least && given <= most ? value : text(given < least ? least : most);
        }
        return text(least + (most - least) / 2);
    }

    private static double number(String text, double otherwise) {
        double number = NUMBER.matcher(text).matches() ? Double.parseDouble(text) : otherwise;
        return Double.isInfinite(number) ? otherwise : number;
    }

    private static String text(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }
}
