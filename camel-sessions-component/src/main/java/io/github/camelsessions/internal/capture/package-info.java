/* SPDX-License-Identifier: Apache-2.0 */
/** Takes values out of answers: from headers, cookies, JSON, HTML and other text. Knows neither Camel nor HttpClient. */
@NullMarked
package io.github.camelsessions.internal.capture;

import org.jspecify.annotations.NullMarked;
