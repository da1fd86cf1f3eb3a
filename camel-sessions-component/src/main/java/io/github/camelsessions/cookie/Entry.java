/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

/** A cookie's place in a jar. Thread-safe: all but the last-access-time is fixed. */
final class Entry {

    private final Cookie cookie;

    /** Whether user code ever set this cookie: then its host-only-flag is not part of its identity. */
    private final boolean explicit;

    private volatile long lastAccessMillis;

    Entry(Cookie cookie, boolean explicit, long lastAccessMillis) {
        this.cookie = cookie;
        this.explicit = explicit;
        this.lastAccessMillis = lastAccessMillis;
    }

    Cookie cookie() {
        return cookie;
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
        return mine != others ? mine < others : cookie.createdMillis() < other.cookie.createdMillis();
    }
}
