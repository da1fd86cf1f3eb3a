/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

/** One way to send a request to the {@link TargetSite}. Thread-safe. */
interface Contender {

    String name();

    /** Whether it sends the cookie that the site set at the log-in. */
    boolean keepsCookies();

    /** Logs in over a connection that the site closes then. */
    void logIn() throws Exception;

    /** Gets the page with a number of bytes; throws when something else comes back. */
    void get(int size) throws Exception;
}
