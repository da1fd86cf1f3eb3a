/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Cookies as other tools write and read them: recognises their files and texts, and tells what is in them in one form, that
 * of {@code addCookies}.
 */
@NullMarked
package io.github.camelsessions.internal.interchange;

import org.jspecify.annotations.NullMarked;
