/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.net.URI;

/**
 * The redirect by which a site may have dealt with a request: what came after it, the site was asked besides. 307 and 308
 * only say where the same request is to go (RFC 9110, sections 15.4.8 and 15.4.9). Immutable.
 *
 * @param status of the answer that redirected
 * @param target where it led
 */
public record Redirect(int status, URI target) {

    /** Whether it says that the request was dealt with, and where its answer is (303; RFC 9110, section 15.4.4). */
    public boolean isSeeOther() {
        return status == 303;
    }

    /** Tells it, without secrets. */
    @Override
    public String toString() {
        return "redirect " + status + " to " + target.getScheme() + "://" + target.getRawAuthority()
                + target.getRawPath();
    }
}
