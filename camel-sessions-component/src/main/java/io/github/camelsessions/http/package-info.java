/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rim to camel-http and Apache HttpClient: sends an exchange's request in a session, with cookies out and in at each
 * redirect hop. Which session that is comes from above, as a {@link io.github.camelsessions.http.SessionCall}.
 */
@NullMarked
package io.github.camelsessions.http;

import org.jspecify.annotations.NullMarked;
