/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.spi.Configurer;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;
import org.jspecify.annotations.Nullable;

/**
 * The rules that can be set on an endpoint, on a site and component-wide, and are looked up in that order. A rule that is
 * not set is null, so that the next place decides.
 *
 * <p>Not thread-safe: set before start, read afterwards.
 */
@UriParams
@Configurer(extended = true)
public class SessionsConfiguration {

    @UriParam(defaultValue = "0", description = "The id of the session. The header CamelSessionsId wins over it.")
    private @Nullable String sessionId;

    @UriParam(
            description = "The name of the client profile that the session takes, instead of the next one of the"
                    + " rotation.")
    private @Nullable String profile;

    @UriParam(
            defaultValue = "true",
            description = "Whether a response with a status outside the ok range (200-299 unless"
                    + " http.okStatusCodeRange says otherwise) is an HttpOperationFailedException.")
    private @Nullable Boolean throwExceptionOnFailure;

    @UriParam(
            defaultValue = "true",
            description = "Whether redirects are followed. The cookies of each hop are kept and sent on.")
    private @Nullable Boolean followRedirects;

    @UriParam(defaultValue = "20", description = "How many redirects one request may follow.")
    private @Nullable Integer maxRedirects;

    @UriParam(
            defaultValue = "true",
            description = "Whether the session's cookie jar takes part. Without it the session is still a client"
                    + " profile.")
    private @Nullable Boolean cookiesEnabled;

    @UriParam(
            label = "logging",
            defaultValue = "false",
            enums = "false,true,values",
            description = "Logs the cookies that are sent and received, at level INFO on the logger"
                    + " io.github.camelsessions.cookies: true logs their names, values logs names and values.")
    private @Nullable String cookiesDebug;

    @UriParam(
            label = "advanced",
            prefix = "http.",
            multiValue = true,
            description = "Any option of camel-http's endpoint, such as http.connectTimeout=5000, except those that"
                    + " have no effect in a session.")
    private Map<String, Object> http = new LinkedHashMap<>();

    public @Nullable String getSessionId() {
        return sessionId;
    }

    public void setSessionId(@Nullable String sessionId) {
        this.sessionId = sessionId;
    }

    public @Nullable String getProfile() {
        return profile;
    }

    public void setProfile(@Nullable String profile) {
        this.profile = profile;
    }

    public @Nullable Boolean getThrowExceptionOnFailure() {
        return throwExceptionOnFailure;
    }

    public void setThrowExceptionOnFailure(@Nullable Boolean throwExceptionOnFailure) {
        this.throwExceptionOnFailure = throwExceptionOnFailure;
    }

    public @Nullable Boolean getFollowRedirects() {
        return followRedirects;
    }

    public void setFollowRedirects(@Nullable Boolean followRedirects) {
        this.followRedirects = followRedirects;
    }

    public @Nullable Integer getMaxRedirects() {
        return maxRedirects;
    }

    public void setMaxRedirects(@Nullable Integer maxRedirects) {
        this.maxRedirects = maxRedirects;
    }

    public @Nullable Boolean getCookiesEnabled() {
        return cookiesEnabled;
    }

    public void setCookiesEnabled(@Nullable Boolean cookiesEnabled) {
        this.cookiesEnabled = cookiesEnabled;
    }

    public @Nullable String getCookiesDebug() {
        return cookiesDebug;
    }

    public void setCookiesDebug(@Nullable String cookiesDebug) {
        this.cookiesDebug = cookiesDebug;
    }

    public Map<String, Object> getHttp() {
        return http;
    }

    public void setHttp(Map<String, Object> http) {
        this.http = http;
    }
}
