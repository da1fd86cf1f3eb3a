/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

/**
 * A cookie in a jar, and what the jar alone needs to know of it. One object, which is 32
 * bytes less than two, because there may be very many. Thread-safe:
 * all but the last-access-time is fixed, and nobody outside sees that.
 */
final class Entry extends Cookie {

    /** Whether user code ever set this cookie: then its host-only-flag is not part of its identity. */
    private final boolean explicit;

    private volatile long lastAccessMillis;

    /**
     * @param createdMillis the creation-time of the cookie that it replaces, or its own
     */
    Entry(Cookie cookie, long createdMillis, boolean explicit, long lastAccessMillis) {
        super(cookie, createdMillis);
        this.explicit = explicit;
        this.lastAccessMillis = lastAccessMillis;
    }

    boolean explicit() {
        return explicit;
    }

    void accessed(long nowMillis) {
        // reading is free and writing is not: within one milli, one request writes for all
        if (lastAccessMillis != nowMillis) {
            lastAccessMillis = nowMillis;
        }
    }

    /** Tells which of two goes first: the one accessed earlier, or if there is no telling, created earlier. */
    boolean evictedBefore(Entry other) {
        long mine = lastAccessMillis;
        long others = other.lastAccessMillis;
        return mine != others ? mine < others : createdMillis() < other.createdMillis();
    }
}
