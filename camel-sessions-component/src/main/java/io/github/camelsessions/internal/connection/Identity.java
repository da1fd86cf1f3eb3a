/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.connection;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProxyServer;
import org.jspecify.annotations.Nullable;

/**
 * Whose connections a request uses: requests of identities that are not equal share none. Travels as the user token of the
 * request's context. Immutable.
 *
 * @param session the session that has connections of its own, null when all sessions with the profile share them
 * @param socks   the SOCKS proxy that its connections go through; HTTP proxies are part of their routes
 */
public record Identity(
        @Nullable SessionKey session,
        ClientProfile profile,
        @Nullable ProxyServer socks) {

    public Identity through(ProxyServer proxy) {
        return new Identity(session, profile, proxy);
    }
}
