/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * What a site was built with. Immutable.
 *
 * @param users the users by name
 * @param maxUses how many requests a session accepts, {@code Long.MAX_VALUE} for any number
 * @param maxAge how long a session accepts requests from its log-in on, null for ever
 * @param clock where the age of a session comes from
 * @param identityHeaders the request headers whose values must be those of the log-in
 * @param loginTime how long a log-in takes, in real time
 * @param oneSessionPerUser whether a log-in ends the user's session before
 * @param refusal the status of a refused request: 302 leads to the log-in page, 200 shows it
 * @param login where and how users log in
 * @param forms what forms have and need
 * @param pages the beginnings of paths that are pages, each with a slash first
 */
record SiteRules(
        Map<String, User> users,
        long maxUses,
        Duration maxAge,
        InstantSource clock,
        List<String> identityHeaders,
        Duration loginTime,
        boolean oneSessionPerUser,
        int refusal,
        Login login,
        Forms forms,
        List<String> pages) {

    /**
     * Who may log in.
     *
     * @param codes the one-time codes that are asked for after the password, null for none
     */
    record User(String password, OneTimeCodes codes) {}

    /**
     * How users log in.
     *
     * @param path the page with the form
     * @param action where the form is sent
     * @param leadsTo the page that follows, null for an answer of 200
     * @param codePath the page that asks for a one-time code, and where that is sent
     * @param tokenPath where bearer tokens are given, null for nowhere
     */
    record Login(
            String path,
            String action,
            String leadsTo,
            String userField,
            String passwordField,
            String codePath,
            String codeField,
            String tokenPath) {}

    /**
     * What forms have and need.
     *
     * @param hidden the fields that come back as they were shown
     * @param sessionToken the field with a token of the session, null for none
     * @param formToken the field with a token of the one form, null for none
     * @param fields the visible fields of the forms of pages, by path
     * @param redirect the status of a form that was accepted and leads on
     */
    record Forms(
            Map<String, String> hidden,
            String sessionToken,
            String formToken,
            Map<String, List<String>> fields,
            int redirect) {}
}
