/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.session.Generation;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long what a log-in has brought is good for, as its answer tells. Immutable. */
public record RenewAfter(Expression expression) {

    private static final Logger LOG = LoggerFactory.getLogger(RenewAfter.class);

    private static final Pattern TIME = Pattern.compile("([0-9]{1,12})(?:\\.[0-9]*)?(ms|s|m|h|d)?");
    private static final Duration LONGEST = Duration.ofDays(3650);

    /**
     * How long after the log-in the session is to be renewed: a tenth of the time less than its end, and up to a twentieth
     * less again, so that sessions which logged in together do not renew together. Null when the log-in tells nothing.
     */
    @Nullable
    Duration of(Exchange logIn, Generation generation) {
        String text = ExchangeOnThread.in(logIn, generation, () -> {
            String value = expression.evaluate(logIn, String.class);
            return ExchangeOnThread.takeMissing() ? null : value;
        });
        if (text == null || text.isBlank()) {
            return null;
        }
        Duration time = parse(text.strip());
        if (time == null) {
            LOG.warn(
                    "session '{}': renewAfter gives no duration such as 3600s after this log-in; the session is renewed when"
                            + " it has expired",
                    generation.session());
            return null;
        }
        return time.multipliedBy(ThreadLocalRandom.current().nextInt(850, 901)).dividedBy(1000);
    }

    private static @Nullable Duration parse(String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            return null;
        }
        long number = Long.parseLong(time.group(1));
        Duration duration = switch (time.group(2) == null ? "ms" : time.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> Duration.ofMillis(number);
        };
        return duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
    }
}
