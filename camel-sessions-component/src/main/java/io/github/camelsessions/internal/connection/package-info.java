/* SPDX-License-Identifier: Apache-2.0 */
/** Connections: one pool for each identity, SOCKS, TLS, and what HttpClient does not tell of an answer. Not for users. */
@NullMarked
package io.github.camelsessions.internal.connection;

import org.jspecify.annotations.NullMarked;
