/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

/** What is logged of the cookies that are sent and received. */
public enum CookiesDebug {
    /** Nothing. */
    OFF,
    /** The names of the cookies. */
    NAMES,
    /** Names and values: for a developer's machine only. */
    VALUES;

    /**
     * Reads the option {@code cookiesDebug}: {@code false}, {@code true} (names) or {@code values}.
     *
     * @throws IllegalArgumentException for any other value
     */
    public static CookiesDebug parse(String option) {
        return switch (option) {
            case "false" -> OFF;
            case "true" -> NAMES;
            case "values" -> VALUES;
            default ->
                throw new IllegalArgumentException(
                        "cookiesDebug=" + option + ": must be false, true (names only) or values");
        };
    }
}
