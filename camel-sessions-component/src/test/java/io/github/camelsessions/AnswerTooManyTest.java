/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A site that sends one answer too many on a connection that is kept. */
class AnswerTooManyTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final BlockingQueue<Socket> late = new LinkedBlockingQueue<>();
    private ServerSocket server;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    threads.execute(() -> serve(socket));
                } catch (IOException e) {
                    return; // closed
                }
            }
        });
        context.start();
    }

    @AfterEach
    void stop() throws IOException {
        context.stop();
        server.close();
        threads.shutdownNow();
    }

    /** Answers each request, and sends something besides. */
    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String path = line.split(" ")[1];
                while (!in.readLine().isEmpty()) {
                    // headers
                }
                String answer = answer(200, "page of " + path);
                String more = answer(200, "once more " + path);
                socket.getOutputStream()
                        .write((switch (path.substring(path.lastIndexOf('/') + 1)) {
                                    case "late" -> answer;
                                    case "head" -> answer + more;
                                    case "unchanged" -> answer(304, "a body") + more;
                                    case "longer" -> answer + " and then" + more;
                                    default -> answer + more;
                                })
                                .getBytes(StandardCharsets.ISO_8859_1));
                if (path.endsWith("/late")) {
                    late.add(socket);
                }
            }
        } catch (IOException e) {
            // the client closed, or the test has ended
        }
    }

    /** Sends an answer that nobody has asked for, on the connection that is kept. */
    private void sendLate() throws Exception {
        late.poll(10, TimeUnit.SECONDS)
                .getOutputStream()
                .write(answer(200, "too late").getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String answer(int status, String body) {
        return "HTTP/1.1 " + status + " OK\r\nContent-Type: text/plain\r\nContent-Length: " + body.length() + "\r\n\r\n"
                + body;
    }

    private String page(ProducerTemplate template, String sessionId, String options) {
        return template.requestBodyAndHeaders(
                "sessions:fetch/http://127.0.0.1:" + server.getLocalPort() + "/" + sessionId + options,
                null,
                Map.of(SessionsConstants.ID, sessionId),
                String.class);
    }

    @Test
    void withIsolationBySessionItReachesNoOtherSession() {
        ProducerTemplate template = context.createProducerTemplate();
        for (String sessionId : new String[] {"anna", "ben", "carl"}) {
            assertThat(page(template, sessionId, "?isolation=session")).isEqualTo("page of /" + sessionId);
        }
    }

    @Test
    void otherwiseItEndsWithItsConnection() {
        ProducerTemplate template = context.createProducerTemplate();
        for (String sessionId : new String[] {"anna", "ben", "carl"}) {
            assertThat(page(template, sessionId, "")).isEqualTo("page of /" + sessionId);
            assertThat(page(template, sessionId, "/order?method=POST")).isEqualTo("page of /" + sessionId + "/order");
        }
    }

    @Test
    void soItDoesWheneverItComes() throws Exception {
        ProducerTemplate template = context.createProducerTemplate();
        for (String path : new String[] {"late", "head", "unchanged", "longer"}) {
            for (String sessionId : new String[] {"anna", "ben"}) {
                String options = path.equals("head") ? "?method=HEAD" : "?throwExceptionOnFailure=false";
                page(template, sessionId, "/" + path + options);
                if (path.equals("late")) {
                    sendLate();
                }
                assertThat(page(template, sessionId, "/" + path + "/after"))
                        .isEqualTo("page of /" + sessionId + "/" + path + "/after");
            }
        }
    }
}
