/* SPDX-License-Identifier: Apache-2.0 */
/** Servers and proxies that look at sockets: which requests came on which connection, and in which TLS session. */
package io.github.camelsessions.wire;
