/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import io.github.camelsessions.cookie.CookieJar;
import io.github.camelsessions.cookie.CookieLimits;
import io.github.camelsessions.cookie.CookieTarget;
import io.github.camelsessions.internal.http.PublicSuffixList;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.cookie.BasicCookieStore;
import org.apache.hc.client5.http.cookie.Cookie;
import org.apache.hc.client5.http.cookie.CookieOrigin;
import org.apache.hc.client5.http.cookie.CookieSpec;
import org.apache.hc.client5.http.cookie.CookieSpecFactory;
import org.apache.hc.client5.http.cookie.CookieStore;
import org.apache.hc.client5.http.cookie.MalformedCookieException;
import org.apache.hc.client5.http.cookie.StandardCookieSpec;
import org.apache.hc.client5.http.impl.CookieSpecSupport;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.protocol.RequestAddCookies;
import org.apache.hc.client5.http.psl.PublicSuffixMatcherLoader;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.config.Lookup;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What JMH measures for {@link CookieWork}: the cookies of one request, and one {@code Set-Cookie} field of a response, which
 * replaces a stored cookie, as sessions do it and as HttpClient does it when it is told nothing. JMH asks for public types.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CookieBenchmark {

    private static final String PATH = "/orders/4711";

    private static final Lookup<CookieSpecFactory> SPECS =
            CookieSpecSupport.createDefault(PublicSuffixMatcherLoader.getDefault());

    /** A request, and the cookies of a crawler: three of each site, one of which the request goes to. */
    @State(Scope.Benchmark)
    public abstract static class Crawler {

        private static final List<String> FIELDS = List.of(
                "JSESSIONID=0123456789ABCDEF0123456789ABCDEF; Path=/orders; Secure; HttpOnly",
                "XSRF-TOKEN=vKq3dPz1Xw7uYt5sRb9nMc2hJf8gLe4aQo6iTk0x; Path=/; Secure",
                "theme=dark; Path=/; Max-Age=31536000");

        /** How many cookies there are in all. */
        @Param({"10", "100", "10000", "1000000"})
        public int cookies;

        final HttpHost site = new HttpHost("https", host(0), 443);
        final HttpRequest request = new BasicHttpRequest("GET", site, PATH);

        @Setup
        public void fill() throws MalformedCookieException {
            for (int i = 0; i < cookies; i++) {
                receive(host(i / FIELDS.size()), FIELDS.get(i % FIELDS.size()));
            }
        }

        private static String host(int site) {
            return "shop" + site + ".example";
        }

        abstract void receive(String host, String setCookie) throws MalformedCookieException;

        /** Puts the {@code Cookie} header on the request, in place of the one before. */
        abstract void prepare() throws HttpException, IOException;

        String header() throws HttpException, IOException {
            prepare();
            return request.getHeader(HttpHeaders.COOKIE).getValue();
        }
    }

    /** The cookies in a session's jar, which holds 3000 unless more are allowed. */
    public static class Jar extends Crawler {

        private final CookieJar jar =
                new CookieJar(new PublicSuffixList(), InstantSource.system(), new CookieLimits(180, Integer.MAX_VALUE));

        @Override
        void receive(String host, String setCookie) {
            jar.receive(CookieTarget.of("https", host, PATH), setCookie);
        }

        @Override
        void prepare() {
            CookieTarget target =
                    CookieTarget.of(request.getScheme(), request.getAuthority().getHostName(), request.getPath());
            request.setHeader(HttpHeaders.COOKIE, jar.header(target));
        }
    }

    /** The cookies in HttpClient's store. */
    public static class Store extends Crawler {

        private final CookieSpec spec = spec();
        private final BasicCookieStore store = new BasicCookieStore();
        private final HttpClientContext context = HttpClientContext.create();

        public Store() {
            context.setCookieSpecRegistry(SPECS);
            context.setCookieStore(store);
            context.setRoute(new HttpRoute(site, null, true));
        }

        @Override
        void receive(String host, String setCookie) throws MalformedCookieException {
            CookieOrigin origin = new CookieOrigin(host, 443, PATH, true);
            for (Cookie cookie : spec.parse(new BasicHeader(HttpHeaders.SET_COOKIE, setCookie), origin)) {
                spec.validate(cookie, origin);
                store.addCookie(cookie);
            }
        }

        @Override
        void prepare() throws HttpException, IOException {
            request.removeHeaders(HttpHeaders.COOKIE);
            RequestAddCookies.INSTANCE.process(request, null, context);
        }
    }

    /** A {@code Set-Cookie} field, received again and again by the same jar and store: its cookie replaces itself. */
    @State(Scope.Benchmark)
    public static class Field {

        private static final String HOST = "shop.example";

        private final CookieSpec spec = spec();
        private final CookieOrigin origin = new CookieOrigin(HOST, 443, PATH, true);
        private final BasicCookieStore store = new BasicCookieStore();
        private final CookieTarget target = CookieTarget.of("https", HOST, PATH);
        private final CookieJar jar =
                new CookieJar(new PublicSuffixList(), InstantSource.system(), CookieLimits.DEFAULT);

        /** A session cookie as a servlet container sets it, or one with all attributes and a token of 1500 octets. */
        @Param({"typical", "long"})
        public String field = "typical";

        String text = "";
        Header header = new BasicHeader(HttpHeaders.SET_COOKIE, text);

        @Setup
        public void write() {
            text = field.equals("typical")
                    ? "JSESSIONID=0123456789ABCDEF0123456789ABCDEF; Path=/; Secure; HttpOnly"
                    : "__Secure-token=" + "eyJhbGciOiJSUzI1NiJ9".repeat(75) + "; Domain=shop.example; Path=/orders;"
                            + " Expires=Wed, 21 Oct 2037 07:28:00 GMT; Max-Age=86400; Secure; HttpOnly; SameSite=Lax";
            header = new BasicHeader(HttpHeaders.SET_COOKIE, text);
        }
    }

    private static CookieSpec spec() {
        return SPECS.lookup(StandardCookieSpec.RELAXED).create(HttpClientContext.create());
    }

    @Benchmark
    public HttpRequest requestBySessions(Jar jar) {
        jar.prepare();
        return jar.request;
    }

    @Benchmark
    public HttpRequest requestByHttpClient(Store store) throws HttpException, IOException {
        store.prepare();
        return store.request;
    }

    @Benchmark
    public Object fieldBySessions(Field field) {
        return Objects.requireNonNull(field.jar.receive(field.target, field.text));
    }

    @Benchmark
    public CookieStore fieldByHttpClient(Field field) throws MalformedCookieException {
        for (Cookie cookie : field.spec.parse(field.header, field.origin)) {
            field.spec.validate(cookie, field.origin);
            field.store.addCookie(cookie);
        }
        return field.store;
    }
}
