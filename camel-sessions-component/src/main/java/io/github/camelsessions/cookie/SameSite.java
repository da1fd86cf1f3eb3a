/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

/**
 * The same-site-flag of a cookie (RFC 6265bis, section 5.6.7). It is stored and shown, but never holds a cookie back:
 * each request of a session counts as a top-level navigation.
 */
public enum SameSite {
    /** No {@code SameSite} attribute, or one with an unknown value. */
    DEFAULT(""),
    /** {@code SameSite=None}; such a cookie must be Secure too. */
    NONE("None"),
    /** {@code SameSite=Lax}. */
    LAX("Lax"),
    /** {@code SameSite=Strict}. */
    STRICT("Strict");

    private final String attributeValue;

    SameSite(String attributeValue) {
        this.attributeValue = attributeValue;
    }

    /** Returns the attribute's value as it stands in {@code Set-Cookie}, empty for {@link #DEFAULT}. */
    String attributeValue() {
        return attributeValue;
    }

    static SameSite of(String attributeValue) {
        for (SameSite sameSite : values()) {
            if (sameSite != DEFAULT && sameSite.attributeValue.equalsIgnoreCase(attributeValue)) {
                return sameSite;
            }
        }
        return DEFAULT;
    }
}
