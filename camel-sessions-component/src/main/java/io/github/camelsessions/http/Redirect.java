/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.http;

import java.net.URI;

/**
 * The redirect that turned a request into one of another method: what came after it, the site was asked besides. 307 and
 * 308 turn none (RFC 9110, sections 15.4.8 and 15.4.9), and no request that stays the same is turned. Immutable.
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
