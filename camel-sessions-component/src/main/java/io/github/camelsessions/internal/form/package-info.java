/* SPDX-License-Identifier: Apache-2.0 */

/**
 * HTML forms as browsers have them: read from a page, filled in, and turned into what is sent. The rules are those of the
 * HTML standard of the WHATWG, whose sections are numbered as there.
 *
 * <p>Pages come from outside and may be hostile: what they can cost is bounded, and all that is wrong with them is a
 * {@link io.github.camelsessions.internal.form.FormException}. Knows the JDK and jsoup only.
 */
@NullMarked
package io.github.camelsessions.internal.form;

import org.jspecify.annotations.NullMarked;
