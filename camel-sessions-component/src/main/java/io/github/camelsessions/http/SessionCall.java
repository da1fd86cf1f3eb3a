/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.http;

import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.session.Admission;
import io.github.camelsessions.session.Generation;
import java.net.URI;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/**
 * One exchange's call to a site: the session it runs in, how it is sent, and, when it is done, what came back besides the
 * response. Used by one thread at a time.
 */
public final class SessionCall implements AutoCloseable {

    private final CallRules rules;
    private final @Nullable Admission admission;
    private final CookieMap receivedCookies = new CookieMap();
    private @Nullable URI finalUri;
    private @Nullable HttpHost origin;

    private SessionCall(CallRules rules, @Nullable Admission admission) {
        this.rules = rules;
        this.admission = admission;
    }

    /** A call in the session that admitted it. The call takes over the admission and closes it. */
    public static SessionCall in(Admission admission, CallRules rules) {
        return new SessionCall(rules, admission);
    }

    /** A call outside all sessions: no jar, no profile. */
    public static SessionCall bypass(CallRules rules) {
        return new SessionCall(rules, null);
    }

    CallRules rules() {
        return rules;
    }

    /** The generation whose jar and profile the call uses, null outside all sessions. */
    public @Nullable Generation generation() {
        return admission == null ? null : admission.generation();
    }

    /** The identity of the call's requests, {@link ClientProfile#NONE} outside all sessions. */
    ClientProfile profile() {
        return admission == null ? ClientProfile.NONE : admission.generation().profile();
    }

    /** The cookies that the responses of this call set, all hops; the last one of a name counts. */
    public CookieMap receivedCookies() {
        return receivedCookies;
    }

    /** The URI that gave the response, after redirects; null when no request was made. */
    public @Nullable URI finalUri() {
        return finalUri;
    }

    /** Notes where the first request goes. */
    void setOrigin(HttpHost origin) {
        this.origin = origin;
    }

    /**
     * Whether a request goes where the first one went, so that the profile's secret headers may go with it: the same
     * host, and not from https down to http. Another host that a redirect leads to must not learn them.
     */
    boolean trusts(String scheme, String host) {
        return origin != null
                && origin.getHostName().equalsIgnoreCase(host)
                && ("https".equalsIgnoreCase(scheme) || scheme.equalsIgnoreCase(origin.getSchemeName()));
    }

    void setFinalUri(URI finalUri) {
        this.finalUri = finalUri;
    }

    /** Ends the use of the session. */
    @Override
    public void close() {
        if (admission != null) {
            admission.close();
        }
    }
}
