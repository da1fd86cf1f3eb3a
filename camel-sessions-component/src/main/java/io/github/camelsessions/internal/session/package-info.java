/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Named sessions and the registry that keeps them. Knows no Camel and no HTTP client: what a session is, when it may be
 * used, cleared and evicted is decided here; how requests are sent is decided elsewhere.
 */
@NullMarked
package io.github.camelsessions.internal.session;

import org.jspecify.annotations.NullMarked;
