/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.net.URI;
import java.util.List;

/**
 * One answer on the way of a call, that of each redirect included. Immutable.
 *
 * @param method  of the request
 * @param url     of the request
 * @param cookies the names of the cookies that were kept of it
 */
public record Hop(String method, URI url, int status, List<String> cookies) {}
