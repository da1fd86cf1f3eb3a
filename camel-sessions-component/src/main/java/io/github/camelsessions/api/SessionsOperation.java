/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

/** What a {@code sessions:} endpoint does. The constants are named as in the URI. */
public enum SessionsOperation {
    /** Sends the exchange's HTTP request in the session. */
    fetch,
    /** Renews the session, by this exchange's request or by a priority exchange sent to renewalUri. */
    renew,
    /** Fills in the form of a page and sends it in the session. */
    submit,
    /** Logs in by the loginPage. */
    login,
    /** Empties the session's jar and gives its profile back. */
    clear,
    /** Asks by checkUri whether the session lives, and sets the header CamelSessionsValid. */
    check,
    /** Logs the session out by closeUri, and drops it. */
    close,
    /** Sets the body to the session's cookies. */
    getCookies,
    /** Sets the body to the session's client profile, secrets masked. */
    getProfile,
    /** Adds the cookies in the body to the session. */
    addCookies,
    /** Takes a failure off the exchange's session of a pool. */
    markGood,
    /** Counts a failure of the exchange's session of a pool. */
    markBad,
    /** Retires the exchange's session: it is used no more, and closed. */
    retire,
    /** Ends the session's cool-down, so that the next exchange may renew it. */
    endCooldown,
    /** Sets the body to one row for each session, or for each pool. */
    list;

    /** Whether it sends the exchange's request. */
    public boolean sendsRequest() {
        return this == fetch || this == renew || this == submit || this == login;
    }
}
