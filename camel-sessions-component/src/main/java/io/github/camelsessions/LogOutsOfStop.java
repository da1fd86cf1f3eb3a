/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import org.apache.camel.CamelContext;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Part of each route: while routes are stopped, Camel asks it what it has pending, once their consumers rest and before
 * they are gone. That is the moment to log sessions out, for the log-out may be a route itself.
 */
final class LogOutsOfStop extends ServiceSupport implements ShutdownAware {

    private final CamelContext context;

    LogOutsOfStop(CamelContext context) {
        this.context = context;
    }

    @Override
    public boolean deferShutdown(ShutdownRunningTask task) {
        return false;
    }

    @Override
    public int getPendingExchangesSize() {
        Sessions sessions = context.getCamelContextExtension().getContextPlugin(Sessions.class);
        return sessions == null ? 0 : sessions.traffic().logOutsAtStop(this);
    }

    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        // whoever is logged out then is waited for, or not
    }
}
