/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

import java.time.Duration;
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
            label = "producer,advanced",
            defaultValue = "profile",
            description = "Which requests share connections and TLS sessions: profile for those of sessions with equal"
                    + " client profiles, and of all sessions without one; session for those of one session only.")
    private @Nullable Isolation isolation;

    @UriParam(
            label = "producer,advanced",
            description = "The hosts that are reached without the proxy of the session's client profile, separated by"
                    + " commas: host names, IP addresses, an asterisk and .domain for all hosts below a domain, each"
                    + " with or without :port. They come on top of the profile's own.")
    private @Nullable String noProxy;

    @UriParam(
            label = "producer,advanced",
            defaultValue = "true",
            description = "Whether a response with a status outside the ok range (200-299 unless"
                    + " http.okStatusCodeRange says otherwise) is an HttpOperationFailedException.")
    private @Nullable Boolean throwExceptionOnFailure;

    @UriParam(
            label = "producer,advanced",
            defaultValue = "true",
            description = "Whether redirects are followed. The cookies of each hop are kept and sent on.")
    private @Nullable Boolean followRedirects;

    @UriParam(
            label = "producer,advanced",
            defaultValue = "20",
            description = "How many redirects one request may follow.")
    private @Nullable Integer maxRedirects;

    @UriParam(
            label = "producer,advanced",
            defaultValue = "0",
            javaType = "java.time.Duration",
            description = "How long a request may take, redirects and reading of the answer included, also where the"
                    + " route reads it as a stream; 0 for any time. The time in which an exchange is held does not count,"
                    + " and a request that is sent again has its time anew.")
    private @Nullable Duration requestTimeout;

    @UriParam(
            label = "producer,advanced",
            defaultValue = "0",
            description =
                    "How many bytes the body of an answer may have, counted as they come and decoded: a number, with"
                            + " the unit KB, MB or GB if wanted, such as 10MB; 0 for any number.")
    private @Nullable String maxResponseSize;

    @UriParam(
            label = "producer,advanced",
            description =
                    "URL patterns, separated by commas, where an asterisk stands for any characters, of what is never"
                            + " fetched in a session, neither as a target nor as that of a redirect, such as log-out links."
                            + " The exchange of closeUri may fetch it.")
    private @Nullable String forbiddenUris;

    @UriParam(
            label = "producer,advanced",
            defaultValue = "true",
            description = "Whether the session's cookie jar takes part. Without it the session is still a client"
                    + " profile.")
    private @Nullable Boolean cookiesEnabled;

    @UriParam(
            label = "renewal",
            description =
                    "Where the priority exchange is sent that renews the session when it has expired, such as direct:login. Without it a session is renewed only when a route or an operator asks for it.")
    private @Nullable String renewalUri;

    @UriParam(
            label = "renewal",
            description =
                    "The URL of a page with a log-in form, such as https://portal.example/login. Without a renewalUri at the same place, a renewal fetches it, puts username and password of the client profile's account into its form, and sends that. An answer that comes from there, or holds the form, means that the session has expired, unless expiredUri, or expiredText and expiredWhen, say otherwise.")
    private @Nullable String loginPage;

    @UriParam(
            label = "renewal,advanced",
            prefix = "loginFields.",
            multiValue = true,
            description =
                    "Fields of the log-in form, in Simple, such as loginFields.tenant=acme: instead of what the form has, and of user name and password where it is their field.")
    private Map<String, Object> loginFields = new LinkedHashMap<>();

    @UriParam(
            label = "renewal,advanced",
            defaultValue = "true",
            description =
                    "Whether an empty session with a loginPage or renewalUri is renewed before its first request.")
    private @Nullable Boolean renewFirst;

    @UriParam(
            label = "renewal,advanced",
            description =
                    "The client profile of a renewed session: next takes the next one of the rotation, same keeps the one it has. By default next, and same when profile is set.")
    private @Nullable RenewalProfile renewalProfile;

    @UriParam(
            label = "renewal",
            description = "The statuses that mean that the session has expired, such as 401 or 401,440-449.",
            defaultValueNote = "401 when loginPage or renewalUri is set, none in a pool")
    private @Nullable String expiredStatusCodeRange;

    @UriParam(
            label = "renewal",
            description =
                    "URL patterns, separated by commas, where an asterisk stands for any characters: an answer that comes, after redirects, from such a URL, as that of the log-in page, means that the session has expired.")
    private @Nullable String expiredUri;

    @UriParam(
            label = "renewal",
            description =
                    "A text in the first 64 kB of an answer that means that the session has expired, such as a field of the log-in form.")
    private @Nullable String expiredText;

    @UriParam(
            label = "renewal,advanced",
            description =
                    "A predicate on the answer that tells whether the session has expired: in Simple, or #bean:name.")
    private @Nullable Object expiredWhen;

    @UriParam(
            label = "renewal,advanced",
            description =
                    "A predicate on the exchange of a renewal that tells whether it succeeded: in Simple, or #bean:name. Without it any cookie does.")
    private @Nullable Object renewedWhen;

    @UriParam(
            label = "renewal,advanced",
            description =
                    "After how many requests a session is renewed, in a pool retired; 0 for any number. Each followed redirect and each replay is one more; those of its log-in do not count.",
            defaultValueNote = "0, in a pool 50")
    private @Nullable Long maxUses;

    @UriParam(
            label = "renewal,advanced",
            javaType = "java.time.Duration",
            description = "How old a session becomes before it is renewed, in a pool retired; 0 for any age.",
            defaultValueNote = "0, in a pool 50m")
    private @Nullable Duration maxAge;

    @UriParam(
            label = "renewal,advanced",
            defaultValue = "0",
            javaType = "java.time.Duration",
            description = "How long a session may be unused before it is renewed; 0 for any time.")
    private @Nullable Duration maxIdle;

    @UriParam(
            label = "renewal,advanced",
            defaultValue = "1",
            description =
                    "How many refusals of one exchange may be judged its own, and be replayed all the same, before the last one stands; 0 for no replays.")
    private @Nullable Integer maxReplays;

    @UriParam(
            label = "renewal,advanced",
            description =
                    "The name of a request header that has one value for all sends of an exchange, such as Idempotency-Key. One in the message wins.")
    private @Nullable String idempotencyHeader;

    @UriParam(
            label = "renewal,advanced",
            defaultValue = "0",
            javaType = "java.time.Duration",
            description =
                    "How long a renewal waits for requests under way, for sites with one session for each account.")
    private @Nullable Duration drainTimeout;

    @UriParam(
            label = "renewal,advanced",
            defaultValue = "safe",
            description =
                    "Which requests are sent again when their answers came after the session was renewed: safe is GET, HEAD and OPTIONS.")
    private @Nullable ReplayStale replayStale;

    @UriParam(
            label = "renewal,advanced",
            defaultValue = "45s",
            javaType = "java.time.Duration",
            description = "How long a renewal may take, all attempts and the time between them included.")
    private @Nullable Duration renewalTimeout;

    @UriParam(
            label = "renewal,advanced",
            defaultValue = "3",
            description =
                    "How many attempts a renewal has when they fail by I/O errors or the statuses 408, 425, 429 and 5xx.")
    private @Nullable Integer renewalAttempts;

    @UriParam(
            label = "renewal,advanced",
            defaultValue = "1s",
            javaType = "java.time.Duration",
            description =
                    "The time between the first two attempts. It doubles, and is shortened at random by up to a half.")
    private @Nullable Duration renewalBackoff;

    @UriParam(
            label = "renewal,advanced",
            defaultValue = "30s",
            javaType = "java.time.Duration",
            description = "How long after a failed renewal none is tried. It doubles with each failure in a row.")
    private @Nullable Duration renewalCooldown;

    @UriParam(
            label = "renewal,advanced",
            defaultValue = "30m",
            javaType = "java.time.Duration",
            description = "What the cool-down grows to at most.")
    private @Nullable Duration renewalCooldownMax;

    @UriParam(
            label = "renewal,advanced",
            defaultValue = "60s",
            javaType = "java.time.Duration",
            description = "How long an exchange is held at most, in all. Must be longer than renewalTimeout.")
    private @Nullable Duration holdTimeout;

    @UriParam(
            label = "renewal,advanced",
            defaultValue = "1000",
            description =
                    "How many exchanges of one session, or of one pool, are held without a thread. What becomes of further ones, whenFull says.")
    private @Nullable Integer maxHeld;

    @UriParam(
            label = "manners,advanced",
            defaultValue = "0",
            description =
                    "How many requests the site is sent in a second at most, evenly spaced, such as 20 or 0.5; 0 for any number. Exchanges wait for their turn, the sessions of the site in turn, within holdTimeout; requests of a log-in, of a log-out and followed redirects go at once, and are counted.")
    private @Nullable Double maxRequestsPerSecond;

    @UriParam(
            label = "manners,advanced",
            defaultValue = "1s",
            description =
                    "How long a session waits after an answer 429 that does not say how long by Retry-After: its exchanges are held, and what was refused is sent again. It doubles with each such answer in a row, up to a minute; 0 for not at all.")
    private @Nullable Duration blockedBackoff;

    @UriParam(
            label = "renewal,advanced",
            defaultValue = "wait",
            description =
                    "What becomes of an exchange for which the hold has no room: it keeps its thread waiting, so that its consumer takes no more (wait), or ends with a SessionHoldException (fail).")
    private @Nullable WhenFull whenFull;

    @UriParam(
            label = "renewal,advanced",
            defaultValue = "fail",
            description =
                    "What becomes of exchanges in the cool-down after a failed renewal: they end with a SessionRenewalException (fail), or are held until the next attempt has succeeded, within their holdTimeout (hold).")
    private @Nullable OnRenewalFailure onRenewalFailure;

    @UriParam(
            label = "renewal,advanced",
            description =
                    "Where an exchange is sent that logs the session out, such as direct:logout: before the session is renewed, and when it is closed. It has a third of renewalTimeout.")
    private @Nullable String closeUri;

    @UriParam(
            label = "renewal,advanced",
            defaultValue = "false",
            description = "Whether the session is logged out by closeUri when the Camel context stops.")
    private @Nullable Boolean closeOnStop;

    @UriParam(
            label = "renewal,advanced",
            description =
                    "Patterns of names, separated by commas, where an asterisk stands for any characters: cookies that outlive a renewal as long as the client profile stays the same, such as that of a trusted device. The log-in has them from its beginning; they are no sign that it succeeded. clear and close drop them.")
    private @Nullable String keepCookies;

    @UriParam(
            label = "renewal,advanced",
            description = "As keepCookies, of variables of the session, such as a refresh token.")
    private @Nullable String keepVariables;

    @UriParam(
            label = "renewal,advanced",
            description =
                    "How long after a log-in the session is renewed, in Simple, such as ${sessionVar(expiresIn)}s: evaluated when the log-in has succeeded, less a tenth, and up to a twentieth at random. The next exchange after that time renews it. Without a value nothing changes.")
    private @Nullable String renewAfter;

    @UriParam(
            label = "renewal,advanced",
            description =
                    "The URL of a page that tells whether the session lives, such as https://portal.example/account. It is asked once when a refusal leaves that in doubt, so that a page that is forbidden costs no log-in, and by the operation check. Its answer is judged by validWhen, without that by the expiry rules.")
    private @Nullable String checkUri;

    @UriParam(
            label = "renewal,advanced",
            description =
                    "A predicate on the answer of checkUri that tells whether the session lives: in Simple, or #bean:name. Without it the expiry rules tell.")
    private @Nullable Object validWhen;

    @UriParam(
            label = "renewal,advanced",
            defaultValue = "0",
            javaType = "java.time.Duration",
            description =
                    "How long a session stays unused before it is asked for by checkUri, again and again until its last exchange is 12 times as long ago; 0 for never. One that has ended is renewed then.")
    private @Nullable Duration keepAlive;

    @UriParam(
            label = "producer,advanced",
            prefix = "capture.",
            multiValue = true,
            description =
                    "Values of answers that become variables of the session, each by its source: header:X-CSRF-Token, json:/data/token (a JSON Pointer), css:meta[name=csrf-token]@content (a CSS selector, and an attribute if it is one), regex:token=(\\w+) (the first group) or cookie:XSRF-TOKEN. As in capture.csrf=header:X-CSRF-Token. Headers and cookies are taken at each redirect, the others from the first megabyte of the body; from the site's own URLs only.")
    private Map<String, Object> capture = new LinkedHashMap<>();

    @UriParam(
            label = "producer,advanced",
            description = "Which answers values are captured from: those of log-ins (logIn), or all.",
            defaultValueNote = "all where the endpoint itself has a capture, else logIn")
    private @Nullable CaptureFrom captureFrom;

    @UriParam(
            label = "producer,advanced",
            prefix = "sessionHeaders.",
            multiValue = true,
            description =
                    "Request headers with values of the session, in Simple, such as sessionHeaders.X-CSRF-Token=${sessionVar(csrf)}. Evaluated for each request, those sent again included, and sent to the site's own URLs only. Without a value the header is left out.")
    private Map<String, Object> sessionHeaders = new LinkedHashMap<>();

    @UriParam(
            label = "producer,advanced",
            prefix = "sessionFields.",
            multiValue = true,
            description =
                    "Fields of forms with values of the session, in Simple, such as sessionFields._csrf=${sessionVar(csrf)}. They go into URL-encoded and multipart forms, in the place of the form's own fields of the same name, and into a POST without a body. Evaluated for each request, those sent again included, and sent to the site's own URLs only. Without a value the field is left out.")
    private Map<String, Object> sessionFields = new LinkedHashMap<>();

    @UriParam(
            label = "pool",
            description =
                    "The name of a pool: the request is sent in any session of it that is free. The sessions are named by the pool and a number, as in shop-17; the one that was used stands in the header CamelSessionsId, and while it stands there, further requests of the exchange are sent in it.")
    private @Nullable String pool;

    @UriParam(label = "pool,advanced", defaultValue = "1000", description = "How many sessions a pool has at most.")
    private @Nullable Integer poolSize;

    @UriParam(
            label = "pool,advanced",
            defaultValue = "random",
            description =
                    "Which of the free sessions of a pool is used: any, the next one by number, the one with the fewest uses, or the same one until it is retired.")
    private @Nullable PoolStrategy poolStrategy;

    @UriParam(
            label = "pool,advanced",
            defaultValue = "3",
            description =
                    "The error score at which a session of a pool is retired. An I/O error or a status of 500 and above adds 1 to it.")
    private @Nullable Double maxErrorScore;

    @UriParam(
            label = "pool,advanced",
            defaultValue = "0.5",
            description = "What any other answer takes off the error score of a session of a pool.")
    private @Nullable Double errorScoreDecrement;

    @UriParam(
            label = "pool,advanced",
            defaultValue = "401,403",
            description =
                    "The statuses that mean that the site has blocked the session of a pool for good: it is retired, and the request is sent again in another one, maxReplays times at most; none for no status. After 429 the session waits, unless it is named here.")
    private @Nullable String blockedStatusCodeRange;

    @UriParam(
            label = "pool,advanced",
            defaultValue = "1",
            description = "How many exchanges use one session of a pool at once; 0 for any number.")
    private @Nullable Integer maxConcurrentPerSession;

    @UriParam(
            label = "pool,advanced",
            defaultValue = "0",
            javaType = "java.time.Duration",
            description = "The time between the starts of two uses of one session of a pool.")
    private @Nullable Duration minDelay;

    @UriParam(
            label = "pool,advanced",
            defaultValue = "4",
            description = "How many new sessions of a pool are logged in at once.")
    private @Nullable Integer poolLogins;

    @UriParam(
            label = "pool,advanced",
            defaultValue = "0",
            description =
                    "How many sessions of a pool are kept logged in beyond those in use, so that replacing one takes no time. Needs a renewalUri.")
    private @Nullable Integer poolWarm;

    @UriParam(
            label = "logging,advanced",
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

    public @Nullable Isolation getIsolation() {
        return isolation;
    }

    public void setIsolation(@Nullable Isolation isolation) {
        this.isolation = isolation;
    }

    public @Nullable String getNoProxy() {
        return noProxy;
    }

    public void setNoProxy(@Nullable String noProxy) {
        this.noProxy = noProxy;
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

    public @Nullable Duration getRequestTimeout() {
        return requestTimeout;
    }

    public void setRequestTimeout(@Nullable Duration requestTimeout) {
        this.requestTimeout = requestTimeout;
    }

    public @Nullable String getMaxResponseSize() {
        return maxResponseSize;
    }

    public void setMaxResponseSize(@Nullable String maxResponseSize) {
        this.maxResponseSize = maxResponseSize;
    }

    public @Nullable String getForbiddenUris() {
        return forbiddenUris;
    }

    public void setForbiddenUris(@Nullable String forbiddenUris) {
        this.forbiddenUris = forbiddenUris;
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

    public @Nullable String getRenewalUri() {
        return renewalUri;
    }

    public void setRenewalUri(@Nullable String renewalUri) {
        this.renewalUri = renewalUri;
    }

    public @Nullable Boolean getRenewFirst() {
        return renewFirst;
    }

    public void setRenewFirst(@Nullable Boolean renewFirst) {
        this.renewFirst = renewFirst;
    }

    public @Nullable RenewalProfile getRenewalProfile() {
        return renewalProfile;
    }

    public void setRenewalProfile(@Nullable RenewalProfile renewalProfile) {
        this.renewalProfile = renewalProfile;
    }

    public @Nullable String getExpiredStatusCodeRange() {
        return expiredStatusCodeRange;
    }

    public void setExpiredStatusCodeRange(@Nullable String expiredStatusCodeRange) {
        this.expiredStatusCodeRange = expiredStatusCodeRange;
    }

    public @Nullable String getExpiredUri() {
        return expiredUri;
    }

    public void setExpiredUri(@Nullable String expiredUri) {
        this.expiredUri = expiredUri;
    }

    public @Nullable String getExpiredText() {
        return expiredText;
    }

    public void setExpiredText(@Nullable String expiredText) {
        this.expiredText = expiredText;
    }

    public @Nullable Object getExpiredWhen() {
        return expiredWhen;
    }

    public void setExpiredWhen(@Nullable Object expiredWhen) {
        this.expiredWhen = expiredWhen;
    }

    public @Nullable Object getRenewedWhen() {
        return renewedWhen;
    }

    public void setRenewedWhen(@Nullable Object renewedWhen) {
        this.renewedWhen = renewedWhen;
    }

    public @Nullable Long getMaxUses() {
        return maxUses;
    }

    public void setMaxUses(@Nullable Long maxUses) {
        this.maxUses = maxUses;
    }

    public @Nullable Duration getMaxAge() {
        return maxAge;
    }

    public void setMaxAge(@Nullable Duration maxAge) {
        this.maxAge = maxAge;
    }

    public @Nullable Duration getMaxIdle() {
        return maxIdle;
    }

    public void setMaxIdle(@Nullable Duration maxIdle) {
        this.maxIdle = maxIdle;
    }

    public @Nullable Integer getMaxReplays() {
        return maxReplays;
    }

    public void setMaxReplays(@Nullable Integer maxReplays) {
        this.maxReplays = maxReplays;
    }

    public @Nullable String getIdempotencyHeader() {
        return idempotencyHeader;
    }

    public void setIdempotencyHeader(@Nullable String idempotencyHeader) {
        this.idempotencyHeader = idempotencyHeader;
    }

    public @Nullable Duration getDrainTimeout() {
        return drainTimeout;
    }

    public void setDrainTimeout(@Nullable Duration drainTimeout) {
        this.drainTimeout = drainTimeout;
    }

    public @Nullable ReplayStale getReplayStale() {
        return replayStale;
    }

    public void setReplayStale(@Nullable ReplayStale replayStale) {
        this.replayStale = replayStale;
    }

    public @Nullable Duration getRenewalTimeout() {
        return renewalTimeout;
    }

    public void setRenewalTimeout(@Nullable Duration renewalTimeout) {
        this.renewalTimeout = renewalTimeout;
    }

    public @Nullable Integer getRenewalAttempts() {
        return renewalAttempts;
    }

    public void setRenewalAttempts(@Nullable Integer renewalAttempts) {
        this.renewalAttempts = renewalAttempts;
    }

    public @Nullable Duration getRenewalBackoff() {
        return renewalBackoff;
    }

    public void setRenewalBackoff(@Nullable Duration renewalBackoff) {
        this.renewalBackoff = renewalBackoff;
    }

    public @Nullable Duration getRenewalCooldown() {
        return renewalCooldown;
    }

    public void setRenewalCooldown(@Nullable Duration renewalCooldown) {
        this.renewalCooldown = renewalCooldown;
    }

    public @Nullable Duration getRenewalCooldownMax() {
        return renewalCooldownMax;
    }

    public void setRenewalCooldownMax(@Nullable Duration renewalCooldownMax) {
        this.renewalCooldownMax = renewalCooldownMax;
    }

    public @Nullable Duration getHoldTimeout() {
        return holdTimeout;
    }

    public void setHoldTimeout(@Nullable Duration holdTimeout) {
        this.holdTimeout = holdTimeout;
    }

    public @Nullable Integer getMaxHeld() {
        return maxHeld;
    }

    public void setMaxHeld(@Nullable Integer maxHeld) {
        this.maxHeld = maxHeld;
    }

    public @Nullable OnRenewalFailure getOnRenewalFailure() {
        return onRenewalFailure;
    }

    public void setOnRenewalFailure(@Nullable OnRenewalFailure onRenewalFailure) {
        this.onRenewalFailure = onRenewalFailure;
    }

    public @Nullable WhenFull getWhenFull() {
        return whenFull;
    }

    public void setWhenFull(@Nullable WhenFull whenFull) {
        this.whenFull = whenFull;
    }

    public @Nullable Double getMaxRequestsPerSecond() {
        return maxRequestsPerSecond;
    }

    public void setMaxRequestsPerSecond(@Nullable Double maxRequestsPerSecond) {
        this.maxRequestsPerSecond = maxRequestsPerSecond;
    }

    public @Nullable Duration getBlockedBackoff() {
        return blockedBackoff;
    }

    public void setBlockedBackoff(@Nullable Duration blockedBackoff) {
        this.blockedBackoff = blockedBackoff;
    }

    public @Nullable String getCloseUri() {
        return closeUri;
    }

    public void setCloseUri(@Nullable String closeUri) {
        this.closeUri = closeUri;
    }

    public @Nullable String getKeepCookies() {
        return keepCookies;
    }

    public void setKeepCookies(@Nullable String keepCookies) {
        this.keepCookies = keepCookies;
    }

    public @Nullable String getKeepVariables() {
        return keepVariables;
    }

    public void setKeepVariables(@Nullable String keepVariables) {
        this.keepVariables = keepVariables;
    }

    public @Nullable String getRenewAfter() {
        return renewAfter;
    }

    public void setRenewAfter(@Nullable String renewAfter) {
        this.renewAfter = renewAfter;
    }

    public @Nullable String getLoginPage() {
        return loginPage;
    }

    public void setLoginPage(@Nullable String loginPage) {
        this.loginPage = loginPage;
    }

    public Map<String, Object> getLoginFields() {
        return loginFields;
    }

    public void setLoginFields(Map<String, Object> loginFields) {
        this.loginFields = loginFields;
    }

    public @Nullable String getCheckUri() {
        return checkUri;
    }

    public void setCheckUri(@Nullable String checkUri) {
        this.checkUri = checkUri;
    }

    public @Nullable Object getValidWhen() {
        return validWhen;
    }

    public void setValidWhen(@Nullable Object validWhen) {
        this.validWhen = validWhen;
    }

    public @Nullable Duration getKeepAlive() {
        return keepAlive;
    }

    public void setKeepAlive(@Nullable Duration keepAlive) {
        this.keepAlive = keepAlive;
    }

    public @Nullable Boolean getCloseOnStop() {
        return closeOnStop;
    }

    public void setCloseOnStop(@Nullable Boolean closeOnStop) {
        this.closeOnStop = closeOnStop;
    }

    public Map<String, Object> getCapture() {
        return capture;
    }

    public void setCapture(Map<String, Object> capture) {
        this.capture = capture;
    }

    public @Nullable CaptureFrom getCaptureFrom() {
        return captureFrom;
    }

    public void setCaptureFrom(@Nullable CaptureFrom captureFrom) {
        this.captureFrom = captureFrom;
    }

    public Map<String, Object> getSessionHeaders() {
        return sessionHeaders;
    }

    public void setSessionHeaders(Map<String, Object> sessionHeaders) {
        this.sessionHeaders = sessionHeaders;
    }

    public Map<String, Object> getSessionFields() {
        return sessionFields;
    }

    public void setSessionFields(Map<String, Object> sessionFields) {
        this.sessionFields = sessionFields;
    }

    public @Nullable String getPool() {
        return pool;
    }

    public void setPool(@Nullable String pool) {
        this.pool = pool;
    }

    public @Nullable Integer getPoolSize() {
        return poolSize;
    }

    public void setPoolSize(@Nullable Integer poolSize) {
        this.poolSize = poolSize;
    }

    public @Nullable PoolStrategy getPoolStrategy() {
        return poolStrategy;
    }

    public void setPoolStrategy(@Nullable PoolStrategy poolStrategy) {
        this.poolStrategy = poolStrategy;
    }

    public @Nullable Double getMaxErrorScore() {
        return maxErrorScore;
    }

    public void setMaxErrorScore(@Nullable Double maxErrorScore) {
        this.maxErrorScore = maxErrorScore;
    }

    public @Nullable Double getErrorScoreDecrement() {
        return errorScoreDecrement;
    }

    public void setErrorScoreDecrement(@Nullable Double errorScoreDecrement) {
        this.errorScoreDecrement = errorScoreDecrement;
    }

    public @Nullable String getBlockedStatusCodeRange() {
        return blockedStatusCodeRange;
    }

    public void setBlockedStatusCodeRange(@Nullable String blockedStatusCodeRange) {
        this.blockedStatusCodeRange = blockedStatusCodeRange;
    }

    public @Nullable Integer getMaxConcurrentPerSession() {
        return maxConcurrentPerSession;
    }

    public void setMaxConcurrentPerSession(@Nullable Integer maxConcurrentPerSession) {
        this.maxConcurrentPerSession = maxConcurrentPerSession;
    }

    public @Nullable Duration getMinDelay() {
        return minDelay;
    }

    public void setMinDelay(@Nullable Duration minDelay) {
        this.minDelay = minDelay;
    }

    public @Nullable Integer getPoolLogins() {
        return poolLogins;
    }

    public void setPoolLogins(@Nullable Integer poolLogins) {
        this.poolLogins = poolLogins;
    }

    public @Nullable Integer getPoolWarm() {
        return poolWarm;
    }

    public void setPoolWarm(@Nullable Integer poolWarm) {
        this.poolWarm = poolWarm;
    }

    public Map<String, Object> getHttp() {
        return http;
    }

    public void setHttp(Map<String, Object> http) {
        this.http = http;
    }
}
