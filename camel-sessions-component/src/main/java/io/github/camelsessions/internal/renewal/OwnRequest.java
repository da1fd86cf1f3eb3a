/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.session.RenewalToken;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Renews a session by an exchange's own request: the answer is the exchange's, and shows whether it helped. */
final class OwnRequest implements RenewalSteps {

    private final GateKeeper gates;
    private final @Nullable Object owner;
    private final SessionRequest request;
    private @Nullable RequestState beginning;

    OwnRequest(GateKeeper gates, @Nullable Object owner, SessionRequest request) {
        this.gates = gates;
        this.owner = owner;
        this.request = request;
    }

    @Override
    public void run(Exchange exchange, RenewalToken token) {
        if (beginning == null) {
            request.makeResendable(exchange);
            beginning = RequestState.of(exchange);
        } else {
            beginning.restore(exchange);
        }
        join(exchange, token);
    }

    @Override
    public void join(Exchange exchange, RenewalToken token) {
        boolean done = new SentExchange(
                        gates,
                        owner,
                        exchange,
                        sync -> {},
                        gates.session(token.session(), request.rules()),
                        request,
                        token)
                .start();
        if (!done) {
            throw new IllegalStateException("a priority exchange was held");
        }
    }

    @Override
    public @Nullable String profile() {
        return request.profile();
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public void ended(Exchange exchange) {
        // it has its answer
    }
}
