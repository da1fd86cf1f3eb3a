/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What to run. Immutable.
 *
 * @param smoke  whether to run just long enough to see that all works: the counts hold, the times mean nothing
 * @param only   the names of the experiments to run
 * @param soak   how long the soak lasts
 * @param output the folder of the report's files
 */
record Settings(boolean smoke, Set<String> only, Duration soak, Path output) {

    static final String USAGE = """
            usage: benchmark [--smoke=true|false] [--only=NAMES] [--minutes=N] [--output=FOLDER]

              --smoke=true     run all in less than a minute; the counts are checked, the times mean nothing
              --only=NAMES     the experiments to run, separated by commas; all without it
              --minutes=N      how long the soak lasts, 5 without it
              --output=FOLDER  where the report's files go, the working directory without it

            exit code: 0 done, 1 a count was wrong, 2 wrong arguments""";

    private static final Duration SMOKE_SOAK = Duration.ofSeconds(5);

    /** @throws IllegalArgumentException naming what is wrong with the arguments */
    static Settings parse(List<String> experiments, String... args) {
        boolean smoke = false;
        Set<String> only = new LinkedHashSet<>(experiments);
        Duration soak = Duration.ofMinutes(5);
        Path output = Path.of("");
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("argument " + arg + " has no value: write --name=value");
            }
            String name = arg.substring(0, equals);
            String value = arg.substring(equals + 1);
            switch (name) {
                case "--smoke" -> smoke = truth(arg, value);
                case "--only" -> only = names(experiments, value);
                case "--minutes" -> soak = minutes(value);
                case "--output" -> output = Path.of(value);
                default -> throw new IllegalArgumentException("unknown argument " + arg);
            }
        }
        return new Settings(smoke, only, smoke ? SMOKE_SOAK : soak, output);
    }

    private static boolean truth(String arg, String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(arg + " is neither true nor false");
        };
    }

    private static Set<String> names(List<String> experiments, String value) {
        if (value.equals("all")) {
            return new LinkedHashSet<>(experiments);
        }
        Set<String> names = new LinkedHashSet<>(List.of(value.split(",")));
        for (String name : names) {
            if (!experiments.contains(name)) {
                throw new IllegalArgumentException(
                        "unknown experiment '" + name + "', known are " + String.join(", ", experiments));
            }
        }
        return names;
    }

    private static Duration minutes(String value) {
        try {
            int minutes = Integer.parseInt(value);
            if (minutes > 0) {
                return Duration.ofMinutes(minutes);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("--minutes=" + value + " is not a whole number of minutes, 1 or more");
    }
}
