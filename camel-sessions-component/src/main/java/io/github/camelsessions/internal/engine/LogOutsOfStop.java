/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.engine;

import io.github.camelsessions.internal.renewal.SessionTraffic;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Part of each route from the moment on that the context is being stopped: while routes are stopped, Camel asks it what it
 * has pending, once their consumers rest and before they are gone. That is the moment to log sessions out, for the log-out
 * may be a route itself.
 */
public final class LogOutsOfStop extends ServiceSupport implements ShutdownAware {

    private final SessionTraffic traffic;

    public LogOutsOfStop(SessionTraffic traffic) {
        this.traffic = traffic;
    }

    @Override
    public boolean deferShutdown(ShutdownRunningTask task) {
        return false;
    }

    @Override
    public int getPendingExchangesSize() {
        return traffic.logOutsAtStop(this);
    }

    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        // whoever is logged out then is waited for, or not
    }
}
