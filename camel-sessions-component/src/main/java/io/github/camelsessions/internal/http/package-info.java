/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rim to camel-http and Apache HttpClient: sends an exchange's request in a session, with cookies out and in at each
 * redirect hop. Which session that is, when and how often it is sent comes from above: an
 * {@link io.github.camelsessions.internal.http.HttpSending} is sent with one {@link io.github.camelsessions.internal.http.SessionCall} after
 * another.
 */
@NullMarked
package io.github.camelsessions.internal.http;

import org.jspecify.annotations.NullMarked;
