/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.internal.renewal.Reply;
import io.github.camelsessions.internal.renewal.SessionRequest;
import io.github.camelsessions.internal.session.Generation;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** An exchange's request in the session that a pool has given it: tells the pool of each request that leaves. */
final class PooledRequest implements SessionRequest {

    private final SessionRequest request;
    private final RenewalRules rules;
    private final SessionPool pool;
    private final Claim claim;
    private final Member member;
    private final long made = System.nanoTime();
    private long nanosSent;
    private int sends;
    private @Nullable Reply reply;

    /**
     * @param rules those of the request, for what is left of its time
     */
    PooledRequest(SessionRequest request, RenewalRules rules, SessionPool pool, Claim claim, Member member) {
        this.request = request;
        this.rules = rules;
        this.pool = pool;
        this.claim = claim;
        this.member = member;
    }

    /** How often it was sent. */
    int sends() {
        return sends;
    }

    /** How long it has waited since it was made: it is not waited for while it is sent. */
    Duration waited() {
        return Duration.ofNanos(System.nanoTime() - made - nanosSent);
    }

    /** The latest answer, null when there was none. */
    @Nullable
    Reply reply() {
        return reply;
    }

    @Override
    public SessionKey session() {
        return member.key;
    }

    @Override
    public RenewalRules rules() {
        return rules;
    }

    @Override
    public @Nullable Reply send(Exchange exchange, Generation generation, boolean priority, Runnable furtherRequest) {
        sends++;
        pool.act(pool.gate().sent(claim, generation));
        long begun = System.nanoTime();
        try {
            reply = request.send(exchange, generation, priority, () -> {
                pool.act(pool.gate().sentAgain(claim));
                furtherRequest.run();
            });
        } finally {
            nanosSent += System.nanoTime() - begun;
        }
        return reply;
    }

    @Override
    public boolean hasReachedSite() {
        return request.hasReachedSite();
    }

    @Override
    public int reconnected() {
        return request.reconnected();
    }

    @Override
    public @Nullable String carriedOut() {
        return request.carriedOut();
    }

    @Override
    public @Nullable String profile() {
        return request.profile();
    }

    @Override
    public boolean renewsRefused() {
        return claim.mayRenew;
    }

    @Override
    public boolean judges(int status) {
        return pool.gate().rules().blocks(status);
    }

    @Override
    public boolean isSafe() {
        return request.isSafe();
    }

    @Override
    public boolean throwsOnFailure() {
        return request.throwsOnFailure();
    }

    @Override
    public int target() {
        return request.target();
    }

    @Override
    public String describe() {
        return request.describe();
    }

    @Override
    public void abort() {
        request.abort();
    }

    @Override
    public @Nullable String obstacle(Exchange exchange) {
        return request.obstacle(exchange);
    }

    @Override
    public void makeResendable(Exchange exchange) {
        request.makeResendable(exchange);
    }

    @Override
    public void detach(Exchange exchange) {
        request.detach(exchange);
    }
}
