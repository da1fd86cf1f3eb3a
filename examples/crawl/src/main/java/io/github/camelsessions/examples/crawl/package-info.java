/* SPDX-License-Identifier: Apache-2.0 */
/** Example: a pool of sessions with different proxies fetches many pages. */
@NullMarked
package io.github.camelsessions.examples.crawl;

import org.jspecify.annotations.NullMarked;
