/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.SiteConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * A JVM with a small heap that fetches downloads which do not fit into it, with all rules that look at answers on, and counts
 * their octets. Exits with 0 when each has come whole, by one request. See {@link LongDownloadTest}.
 */
public final class LongDownload {

    static final String[] PAGES = {"text", "text-chunked", "text-gzip", "octets", "octets-chunked"};

    private static final String RULES = "renewalUri=direct:login&renewFirst=false&expiredText=Please log in"
            + "&expiredWhen=RAW(${header.X-State} == 'expired' || ${bodyAs(String)} contains 'session has ended')"
            + "&expiredStatusCodeRange=401,440&maxUses=100000&capture.seen=header:X-Seen&capture.text=RAW(regex:never (\\w+))"
            + "&renewedWhen=RAW(${bodyAs(String)} contains 'in')";

    private LongDownload() {}

    public static void main(String[] args) {
        int status = 1;
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            run(context, args[0], Path.of(args[1]), Long.parseLong(args[2]));
            status = 0;
        } catch (Throwable e) {
            e.printStackTrace(System.out);
        } finally {
            Runtime.getRuntime().halt(status);
        }
    }

    private static void run(DefaultCamelContext context, String url, Path spool, long size) throws Exception {
        context.disableJMX();
        context.getStreamCachingStrategy().setSpoolEnabled(true);
        context.getStreamCachingStrategy().setSpoolDirectory(spool.toFile());
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        SiteConfiguration site = new SiteConfiguration();
        site.setUris(url + "/wrapped/*");
        site.setWrap(true);
        site.setRenewalUri("direct:login");
        site.setRenewFirst(false);
        site.setExpiredText("Please log in");
        site.setExpiredWhen("${bodyAs(String)} contains 'session has ended'");
        component.getSites().put("wrapped", site);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:login").to("sessions:fetch/" + url + "/login");
                for (String page : PAGES) {
                    String target = "sessions:fetch/" + url + "/" + page + "?";
                    from("direct:" + page)
                            .noStreamCaching()
                            .to(target + RULES + "&http.disableStreamCache=true")
                            .process(LongDownload::count);
                    from("direct:pool-" + page)
                            .noStreamCaching()
                            .to(target + RULES + "&http.disableStreamCache=true&pool=p&poolSize=1")
                            .process(LongDownload::count);
                    from("direct:wrapped-" + page)
                            .noStreamCaching()
                            .to(url + "/wrapped/" + page + "?disableStreamCache=true")
                            .process(LongDownload::count);
                    from("direct:cached-" + page).to(target + RULES).process(LongDownload::count);
                }
            }
        });
        context.start();
        ProducerTemplate template = context.createProducerTemplate();
        for (String form : new String[] {"", "pool-", "wrapped-", "cached-"}) {
            for (String page : PAGES) {
                if (!form.isEmpty() && (page.contains("-"))) {
                    continue; // how it is sent makes no difference to these
                }
                Exchange done = template.request("direct:" + form + page, exchange -> {});
                if (done.getException() != null) {
                    throw new IllegalStateException(form + page, done.getException());
                }
                long octets = done.getMessage().getBody(Long.class);
                System.out.println(form + page + " " + octets);
                if (octets != size) {
                    throw new IllegalStateException(form + page + " has " + octets + " octets");
                }
            }
        }
    }

    private static void count(Exchange exchange) throws IOException {
        byte[] some = new byte[64 * 1024];
        long octets = 0;
        try (InputStream in = exchange.getMessage().getBody(InputStream.class)) {
            for (int got = in.read(some); got >= 0; got = in.read(some)) {
                octets += got;
            }
        }
        exchange.getMessage().setBody(octets);
    }
}
