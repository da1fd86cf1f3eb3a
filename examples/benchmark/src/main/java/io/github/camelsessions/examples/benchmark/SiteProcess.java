/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** The {@link TargetSite} in its own JVM, which ends with this one. Thread-safe. */
final class SiteProcess implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final String url;

    private SiteProcess(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    static SiteProcess start() throws IOException {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-Xmx1g",
                        "-classpath",
                        System.getProperty("java.class.path"),
                        TargetSite.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        String port = lines.readLine();
        if (port == null) {
            throw new IOException("the site did not start");
        }
        return new SiteProcess(process, "http://127.0.0.1:" + port);
    }

    /** The URL of a page. */
    String url(String path) {
        return url + path;
    }

    /** The URL of the page with a number of bytes, which is the same for all. */
    String bytes(int size) {
        return url("/bytes/" + size);
    }

    /**
     * Starts anew: no session, counters at zero.
     *
     * @param limit       how many pages one log-in is good for
     * @param loginMillis how long a log-in takes
     * @param faults      how many of 1000 requests for a page, and of 1000 log-ins, go wrong
     */
    void rules(int limit, int loginMillis, int faults) throws Exception {
        ask("/rules?limit=" + limit + "&loginMillis=" + loginMillis + "&faults=" + faults);
    }

    /** Ends all sessions. */
    void expire() throws Exception {
        ask("/expire");
    }

    SiteCounts counts() throws Exception {
        return JSON.readValue(ask("/counts"), SiteCounts.class);
    }

    private String ask(String path) throws Exception {
        HttpResponse<String> response = CLIENT.send(
                HttpRequest.newBuilder(URI.create(url(path))).build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("the site answered " + response.statusCode() + " to " + path);
        }
        return response.body();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
