/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.internal.text.Glob;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What of a session outlives its renewal, such as the cookie of a trusted device or a refresh token. Immutable.
 *
 * @param cookies   the names of cookies
 * @param variables the names of variables
 */
public record KeepRules(List<Glob> cookies, List<Glob> variables) {

    /**
     * @param cookies   patterns of names, separated by commas; null for none
     * @param variables as {@code cookies}
     * @throws IllegalArgumentException when one is blank
     */
    public static KeepRules parse(@Nullable String cookies, @Nullable String variables) {
        return new KeepRules(patterns("keepCookies", cookies), patterns("keepVariables", variables));
    }

    private static List<Glob> patterns(String option, @Nullable String given) {
        return given == null
                ? List.of()
                : Stream.of(given.split(",", -1))
                        .map(pattern -> {
                            if (pattern.isBlank()) {
                                throw new IllegalArgumentException(option + "=" + given
                                        + ": must be names, separated by commas, where an asterisk stands for any"
                                        + " characters, such as device,trust_*");
                            }
                            return Glob.of(pattern.strip());
                        })
                        .toList();
    }

    boolean isEmpty() {
        return cookies.isEmpty() && variables.isEmpty();
    }

    /** Takes over what is to be kept, before a log-in fills the next generation. */
    void keep(Generation before, Generation next) {
        next.keep(before, name -> matches(cookies, name), name -> matches(variables, name));
    }

    private static boolean matches(List<Glob> patterns, String name) {
        for (Glob pattern : patterns) {
            if (pattern.matches(name)) {
                return true;
            }
        }
        return false;
    }
}
