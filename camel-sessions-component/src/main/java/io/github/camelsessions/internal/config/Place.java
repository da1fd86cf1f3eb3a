/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.config;

import io.github.camelsessions.api.SessionsConfiguration;

/**
 * Where rules are set.
 *
 * @param name for messages, such as {@code sites[portal]}
 */
public record Place(String name, SessionsConfiguration rules) {}
