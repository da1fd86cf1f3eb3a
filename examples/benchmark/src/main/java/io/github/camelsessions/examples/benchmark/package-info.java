/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What sessions cost: {@code sessions:fetch} beside plain camel-http and the raw HTTP client, the herd of exchanges that
 * meet an expired session, the memory of idle sessions, and a soak. One program runs all and writes a report.
 */
@NullMarked
package io.github.camelsessions.examples.benchmark;

import org.jspecify.annotations.NullMarked;
