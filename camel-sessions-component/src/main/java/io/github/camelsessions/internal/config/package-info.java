/* SPDX-License-Identifier: Apache-2.0 */
/** Rules: what endpoint, site and component say, and which site a URL belongs to. Not for users. */
@NullMarked
package io.github.camelsessions.internal.config;

import org.jspecify.annotations.NullMarked;
