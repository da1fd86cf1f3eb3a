/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import java.math.BigDecimal;

/**
 * How many requests a site is sent in a second at most. Immutable.
 *
 * @param perSecond 0 for any number
 * @param place     where it is set, for messages
 */
public record RateRule(double perSecond, String place) {

    /** The least rate that is one, a request in almost three hours: with a lower one nothing would ever be sent. */
    private static final double LEAST = 0.0001;

    /**
     * @throws IllegalArgumentException when it is no rate
     */
    public RateRule {
        boolean rate = perSecond == 0 || (perSecond >= LEAST && perSecond <= Double.MAX_VALUE);
        if (!rate) {
            throw new IllegalArgumentException("maxRequestsPerSecond=" + perSecond
                    + ": must be at least 0.0001, such as 20 or 0.5, or 0 for any number");
        }
    }

    /** As one writes it. */
    @Override
    public String toString() {
        String number = BigDecimal.valueOf(perSecond).stripTrailingZeros().toPlainString();
        return "maxRequestsPerSecond=" + number;
    }
}
