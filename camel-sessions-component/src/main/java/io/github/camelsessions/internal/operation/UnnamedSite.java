/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.operation;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.config.EffectiveRules;
import io.github.camelsessions.internal.engine.SessionEngine;
import io.github.camelsessions.internal.renewal.RenewalScope;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.internal.session.SessionRegistry;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The site that an operation means when neither an option nor a target names it: that of the renewal which the exchange
 * belongs to, else that of the exchange's last call, else the only one that has a session of that id.
 */
final class UnnamedSite {

    private UnnamedSite() {}

    /**
     * @param id the session's id in the message, null when that names none
     * @return the default site when there is no such session
     * @throws IllegalArgumentException when several sites have one
     */
    static String of(OperationEndpoint endpoint, Exchange exchange, @Nullable String id) {
        SessionKey renewing = RenewalScope.renewing(exchange);
        if (renewing != null
                && endpoint.getConfiguration().getSessionId() == null
                && (id == null || id.equals(renewing.id()))) {
            return renewing.site();
        }
        Generation last = RenewalScope.latest(exchange, null);
        if (last != null) {
            return last.session().site();
        }
        String wanted = id != null ? id : idOf(endpoint);
        SessionRegistry sessions = SessionEngine.get(endpoint.getCamelContext()).registry();
        List<String> having = Stream.concat(
                        Stream.of(SessionKey.DEFAULT_SITE),
                        endpoint.getComponent().rulebook().sites().names())
                .filter(site -> isId(wanted) && sessions.knows(new SessionKey(site, wanted)))
                .toList();
        if (having.size() > 1) {
            throw new IllegalArgumentException("session '" + wanted + "' is there on several sites ("
                    + having.stream()
                            .map(site -> site.isEmpty() ? "the default site" : site)
                            .collect(Collectors.joining(", "))
                    + "): name one of them, as in site=" + having.get(1)
                    + (having.get(0).isEmpty() ? ", or site= for the default site" : ""));
        }
        return having.isEmpty() ? SessionKey.DEFAULT_SITE : having.get(0);
    }

    private static String idOf(OperationEndpoint endpoint) {
        String own = endpoint.getConfiguration().getSessionId();
        String ofAll = endpoint.getComponent().rulebook().all().getSessionId();
        return own != null ? own : ofAll != null ? ofAll : EffectiveRules.DEFAULT_ID;
    }

    // what is wrong with it is said where it is used
    private static boolean isId(String id) {
        return !id.isEmpty() && id.chars().noneMatch(Character::isISOControl);
    }
}
