/* SPDX-License-Identifier: Apache-2.0 */
/**
 * For tests of routes with HTTP sessions: {@link io.github.camelsessions.testkit.ExpiringSite}, a web site with log-in
 * whose sessions expire, and {@link io.github.camelsessions.testkit.FrameworkSite}, which answers as sites with well-known
 * frameworks do. Needs the JDK, and the former the API of JUnit 5, nothing else.
 */
package io.github.camelsessions.testkit;
