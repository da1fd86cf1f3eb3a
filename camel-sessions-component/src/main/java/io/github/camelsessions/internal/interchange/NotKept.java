/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.interchange;

import io.github.camelsessions.internal.text.Quoted;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells once of each thing that a file has besides cookies, and a session cannot keep. Thread-safe. */
final class NotKept {

    private static final Logger LOG = LoggerFactory.getLogger(NotKept.class);
    private static final int MOST = 100; // files may be anybody's
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private NotKept() {}

    static void tell(String what) {
        if (TOLD.size() < MOST && TOLD.add(what)) {
            LOG.warn(
                    "cookies that were given have {}, which a session does not keep; a site that needs it will not know"
                            + " the session",
                    Quoted.of(what));
        }
    }
}
