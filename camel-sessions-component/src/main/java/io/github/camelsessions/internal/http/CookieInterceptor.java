/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.api.CookiesDebug;
import io.github.camelsessions.cookie.Cookie;
import io.github.camelsessions.cookie.CookieJar;
import io.github.camelsessions.cookie.CookieTarget;
import io.github.camelsessions.internal.capture.Captures;
import io.github.camelsessions.internal.connection.RequestUrl;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.HeaderRules;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpRequestInterceptor;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpResponseInterceptor;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.net.URIAuthority;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the session's cookies and identity on each request and takes {@code Set-Cookie} off each response. HttpClient
 * runs it at every redirect hop, so that a cookie set by one hop goes out with the next. Thread-safe: all state is in
 * the {@link SessionCall} of the request's context.
 */
final class CookieInterceptor implements HttpRequestInterceptor, HttpResponseInterceptor {

    static final CookieInterceptor INSTANCE = new CookieInterceptor();

    /** The context attribute that holds the {@link SessionCall}. */
    static final String CALL = "io.github.camelsessions.call";

    /** A header marked so is masked where it is shown. */
    private static final boolean SENSITIVE = true;

    private static final Logger COOKIES_LOG = LoggerFactory.getLogger("io.github.camelsessions.cookies");

    private CookieInterceptor() {}

    @Override
    public void process(HttpRequest request, @Nullable EntityDetails entity, HttpContext context) {
        // The message's own Cookie header is nobody's session, and Set-Cookie is what another site's response left
        // there.
        request.removeHeaders(HttpHeaders.COOKIE);
        request.removeHeaders(HttpHeaders.SET_COOKIE);
        if (context.getAttribute(CALL) instanceof SessionCall call) {
            call.leaves();
            if (call.generation() != null) {
                identify(request, call);
                sendValues(request, call);
                if (call.rules().cookiesEnabled()) {
                    sendCookies(request, call, call.generation());
                }
            }
        }
    }

    private static void identify(HttpRequest request, SessionCall call) {
        ClientProfile profile = call.profile();
        if (profile.userAgent() != null) {
            request.setHeader(HttpHeaders.USER_AGENT, profile.userAgent());
        }
        if (!profile.headers().isEmpty()) {
            URIAuthority authority = request.getAuthority();
            boolean trusted =
                    authority != null && call.trusts(request.getScheme(), authority.getHostName(), authority.getPort());
            profile.headers().forEach((name, value) -> {
                if (trusted || !HeaderRules.isSecret(name, value)) {
                    request.setHeader(name, value);
                }
            });
        }
    }

    private static void sendValues(HttpRequest request, SessionCall call) {
        SessionValues values = call.values();
        URI url = values == null ? null : url(request);
        if (values != null && url != null && values.isOwn(url)) {
            values.requestHeaders()
                    .forEach((name, value) -> request.setHeader(new BasicHeader(name, value, SENSITIVE)));
        }
    }

    private static @Nullable URI url(HttpRequest request) {
        try {
            return RequestUrl.of(request);
        } catch (URISyntaxException e) {
            return null; // then it is nobody's own
        }
    }

    private static void sendCookies(HttpRequest request, SessionCall call, Generation generation) {
        CookieTarget target = target(request);
        if (target == null) {
            return;
        }
        String cookies = generation.jar().header(target);
        if (cookies != null) {
            request.setHeader(HttpHeaders.COOKIE, cookies);
        }
        CookiesDebug debug = call.rules().cookiesDebug();
        if (debug != CookiesDebug.OFF && COOKIES_LOG.isInfoEnabled()) {
            COOKIES_LOG.info(
                    "session '{}' sends to {}: {}",
                    generation,
                    target.host() + target.path(),
                    cookies == null
                            ? "no cookies"
                            : debug == CookiesDebug.VALUES
                                    ? cookies
                                    : names(generation.jar().cookies(target)));
        }
    }

    // from the jar, not from the header: there a nameless cookie's value can look like a name
    private static String names(List<Cookie> cookies) {
        return cookies.stream()
                .map(cookie -> cookie.name().isEmpty() ? "(nameless)" : cookie.name())
                .collect(Collectors.joining(", "));
    }

    @Override
    public void process(HttpResponse response, @Nullable EntityDetails entity, HttpContext context) {
        Header[] cookies = response.getHeaders(HttpHeaders.SET_COOKIE);
        if (cookies.length > 0) {
            // Neither message nor exception may carry them: they would go out with the next request of the route.
            response.removeHeaders(HttpHeaders.SET_COOKIE);
        }
        if (context.getAttribute(CALL) instanceof SessionCall call) {
            call.hears(response.getCode());
            // a proxy that asks for credentials speaks for itself, not for the site
            boolean ofProxy = response.getCode() == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED;
            if (!ofProxy && call.generation() != null) {
                HttpRequest request = HttpCoreContext.cast(context).getRequest();
                receive(response, cookies, call, call.generation(), request);
            }
        }
    }

    private static void receive(
            HttpResponse response,
            Header[] cookies,
            SessionCall call,
            Generation generation,
            @Nullable HttpRequest request) {
        Captures captures = captures(call, request);
        captureHeaders(response, captures, generation);
        List<String> kept =
                cookies.length == 0 || request == null || !call.rules().cookiesEnabled()
                        ? List.of()
                        : receiveCookies(cookies, call, generation, target(request), captures);
        URI url = request == null || call.hops() == null ? null : url(request);
        if (request != null && url != null && call.hops() != null) {
            call.hops().accept(new Hop(request.getMethod(), url, response.getCode(), kept));
        }
    }

    /** What is captured from the answer to a request: nothing of other sites. */
    private static Captures captures(SessionCall call, @Nullable HttpRequest request) {
        SessionValues values = call.values();
        if (values == null || request == null || values.captures().isEmpty()) {
            return Captures.NONE;
        }
        URI url = url(request);
        return url != null && values.isOwn(url) ? values.captures() : Captures.NONE;
    }

    private static void captureHeaders(HttpResponse response, Captures captures, Generation generation) {
        captures.headers().forEach((variable, name) -> {
            Header header = response.getFirstHeader(name);
            if (header != null
                    && header.getValue() != null
                    && !header.getValue().isEmpty()) {
                generation.setVariable(variable, header.getValue());
            }
        });
    }

    /** Returns the names of those that were kept. */
    private static List<String> receiveCookies(
            Header[] headers,
            SessionCall call,
            Generation generation,
            @Nullable CookieTarget target,
            Captures captures) {
        if (target == null) {
            return List.of();
        }
        List<String> kept = new ArrayList<>();
        CookieJar jar = generation.jar();
        CookiesDebug debug = call.rules().cookiesDebug();
        List<String> log = new ArrayList<>();
        for (Header header : headers) {
            Cookie cookie = jar.receive(target, header.getValue() == null ? "" : header.getValue());
            if (cookie != null) {
                kept.add(cookie.name());
                call.receivedCookies().add(cookie.name(), cookie.value());
                captures.cookies().forEach((variable, name) -> {
                    if (name.equals(cookie.name())) {
                        generation.setVariable(variable, cookie.value());
                    }
                });
            }
            if (debug == CookiesDebug.VALUES) {
                log.add(header.getValue() + (cookie == null ? " (not kept)" : ""));
            } else if (debug == CookiesDebug.NAMES && cookie != null) {
                log.add(cookie.name());
            } else if (debug == CookiesDebug.NAMES) {
                log.add("(not kept)");
            }
        }
        if (debug != CookiesDebug.OFF) {
            COOKIES_LOG.info(
                    "session '{}' receives from {}: {}",
                    generation,
                    target.host() + target.path(),
                    String.join(", ", log));
        }
        return kept;
    }

    private static @Nullable CookieTarget target(HttpRequest request) {
        URIAuthority authority = request.getAuthority();
        return authority == null
                ? null
                : CookieTarget.of(request.getScheme(), authority.getHostName(), request.getPath());
    }
}
