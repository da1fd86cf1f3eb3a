/* SPDX-License-Identifier: Apache-2.0 */
/**
 * For tests of routes with HTTP sessions: {@link io.github.camelsessions.testkit.ExpiringSite}, a web site with log-in
 * whose sessions expire. Needs the JDK and the API of JUnit 5, nothing else. All but that class is package-private.
 */
package io.github.camelsessions.testkit;
