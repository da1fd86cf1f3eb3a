/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.text;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds the name that somebody probably meant, for the «did you mean» of an error message.
 *
 * <p>Two names are near when at most a third of the longer one's characters (at least one) must be inserted, deleted,
 * replaced or swapped with their neighbour to get from one to the other. Case, {@code -} and {@code _} do not count:
 * {@code user_agent} is {@code userAgent}. In names of up to four characters a replaced character counts twice, since
 * otherwise short words that have nothing to do with each other ({@code size}, {@code site}) would be near.
 *
 * <p>Stateless, hence thread-safe.
 */
public final class NearestName {

    private static final int SHORT = 4;

    private NearestName() {}

    /**
     * Returns the nearest of the known names, of equally near ones the first in alphabetical order.
     *
     * @return a member of {@code known}, or null when none is near
     */
    public static @Nullable String of(String name, Collection<String> known) {
        String wanted = normalize(name);
        String nearest = null;
        int smallest = Integer.MAX_VALUE;
        for (String candidate : known) {
            String other = normalize(candidate);
            int longer = Math.max(wanted.length(), other.length());
            int limit = Math.max(1, longer / 3);
            if (Math.abs(wanted.length() - other.length()) > limit) {
                continue;
            }
            int distance = distance(wanted, other, longer <= SHORT ? 2 : 1);
            if (distance > limit || distance > smallest) {
                continue;
            }
            if (distance < smallest || nearest == null || candidate.compareTo(nearest) < 0) {
                smallest = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    private static String normalize(String name) {
        return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** Optimal string alignment: Levenshtein, and a swap of two neighbours costs one. */
    private static int distance(String a, String b, int replacement) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : replacement);
                row[j] = Math.min(replaced, Math.min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[b.length()];
    }
}
