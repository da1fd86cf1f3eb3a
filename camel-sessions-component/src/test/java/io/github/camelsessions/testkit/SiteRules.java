/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * What a site was built with. Immutable.
 *
 * @param passwords the password of each user
 * @param maxUses how many requests a session accepts, {@code Long.MAX_VALUE} for any number
 * @param maxAge how long a session accepts requests from its log-in on, null for ever
 * @param clock where the age of a session comes from
 * @param identityHeaders the request headers whose values must be those of the log-in
 * @param loginTime how long a log-in takes, in real time
 * @param oneSessionPerUser whether a log-in ends the user's session before
 * @param refusal the status of a refused request: 302 leads to the log-in page, 200 shows it
 * @param loginForm the form of the log-in page
 * @param pages the beginnings of paths that are pages, each with a slash first
 */
record SiteRules(
        Map<String, String> passwords,
        long maxUses,
        Duration maxAge,
        InstantSource clock,
        List<String> identityHeaders,
        Duration loginTime,
        boolean oneSessionPerUser,
        int refusal,
        LoginForm loginForm,
        List<String> pages) {

    /**
     * How users log in.
     *
     * @param hiddenField the field with a token that log-ins and forms of a session need, null for none
     */
    record LoginForm(String path, String userField, String passwordField, String hiddenField) {}
}
