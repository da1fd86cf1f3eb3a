/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import java.net.URI;

/** Tells whether an answer shows the form of the log-in page. Thread-safe. */
public interface LogInShown {

    /** Whether the form is at this URL, for those who have no session. */
    boolean isAt(URI url);

    /** The site shows other pages there, too, to those who have a session: then its address tells nothing any more. */
    void isAlsoAnotherPage();

    /** Whether the beginning of a page holds the form. */
    boolean isIn(String page);
}
