/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

/** Which client profiles sessions take. In every order a profile that no session uses comes before one in use. */
public enum ProfileOrder {
    /** One after the other: all are used before any repeats. */
    sequential,
    /** Any of those that no session uses; when all are in use, any. */
    random,
    /** The one that was taken fewest times; when all are in use, one that the fewest sessions use. */
    leastUsed,
    /** None of an order: each session takes the one that bears its id. */
    bySessionId
}
