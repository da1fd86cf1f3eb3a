/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.values;

import io.github.camelsessions.internal.engine.SessionAccess;
import io.github.camelsessions.internal.renewal.ExchangeOnThread;
import io.github.camelsessions.profile.Totp;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.SimpleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The function {@code ${sessionTotp()}} of Simple: the one-time code of the account of the exchange's session, null when
 * the account has no {@code totp}. A log-in that comes too early for a code of its own fails, and is tried again in time.
 *
 * <p>It takes no name of another session. Where a function is written without an argument Camel hands it the body, and
 * nobody can tell the one from the other: a page of one site could ask for the code of another's account.
 *
 * <p>Thread-safe.
 */
final class TotpFunction implements SimpleFunction {

    static final String NAME = "sessionTotp";

    private final CamelContext context;

    TotpFunction(CamelContext context) {
        this.context = context;
    }

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public boolean allowNull() {
        return true;
    }

    @Override
    public @Nullable Object apply(Exchange exchange, @Nullable Object body) {
        SessionAccess session = SessionVariables.session(context, exchange, "");
        String code = session == null ? null : codeOf(session);
        if (code == null) {
            ExchangeOnThread.missing();
        }
        return code;
    }

    private static @Nullable String codeOf(SessionAccess session) {
        try {
            return session.oneTimeCode();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("account." + Totp.ACCOUNT_KEY + " of client profile '"
                    + session.profile().name() + "' " + e.getMessage());
        }
    }
}
