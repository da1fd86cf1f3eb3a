/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

/** What a figure should be at least or at most. Immutable. */
record Bound(boolean isLeast, double value) {

    static Bound atLeast(double value) {
        return new Bound(true, value);
    }

    static Bound atMost(double value) {
        return new Bound(false, value);
    }

    boolean holds(double measured) {
        return isLeast ? measured >= value : measured <= value;
    }

    @Override
    public String toString() {
        return (isLeast ? ">= " : "<= ") + Table.text(value);
    }
}
