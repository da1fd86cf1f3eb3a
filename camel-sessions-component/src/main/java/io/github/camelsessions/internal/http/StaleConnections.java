/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.internal.connection.EarlyAnswerConnection.UnaskedAnswerException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Set;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Sends a request once more, over a fresh connection, when the kept one that it went out on had been closed by the server:
 * that ended before any octet of an answer, and the method is idempotent (RFC 9112, section 9.3.1). Servers close idle
 * connections when they like, and a request that is under way then is nobody's fault. No other failure is told apart from
 * a site that fails: only the octets show whether an answer had begun. So is a request of any method that met octets which
 * nobody had asked for: nothing of it was sent. Stateless: all state is in the {@link SessionCall}.
 */
final class StaleConnections extends HttpRequestExecutor {

    static final StaleConnections INSTANCE = new StaleConnections();

    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    private StaleConnections() {}

    @Override
    public ClassicHttpResponse execute(
            ClassicHttpRequest request,
            HttpClientConnection connection,
            HttpResponseInformationCallback informed,
            HttpContext context)
            throws IOException, HttpException {
        EndpointDetails details = connection.getEndpointDetails();
        if (details != null && context.getAttribute(CookieInterceptor.CALL) instanceof SessionCall call) {
            call.goesOutOn(details);
        }
        ClassicHttpResponse response = super.execute(request, connection, informed, context);
        if (Method.CONNECT.isSame(request.getMethod())) {
            BoundedBody.limitRead(response, context);
        }
        return response;
    }

    /** As a handler in HttpClient's chain, before a connection is leased. */
    static ClassicHttpResponse sendAgain(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        HttpClientContext context = scope.clientContext;
        if (!(context.getAttribute(CookieInterceptor.CALL) instanceof SessionCall call)) {
            return chain.proceed(request, scope);
        }
        call.connects();
        try {
            return chain.proceed(request, scope);
        } catch (IOException e) {
            boolean unsent = e instanceof UnaskedAnswerException;
            if (!(unsent || (isOfStaleConnection(e, call) && isRepeatable(request)))
                    || scope.execRuntime.isExecutionAborted()) {
                throw e;
            }
            call.reconnects();
        }
        // what HttpClient has put there for the entity, and would refuse
        request.removeHeaders(HttpHeaders.CONTENT_LENGTH);
        request.removeHeaders(HttpHeaders.TRANSFER_ENCODING);
        ExecRuntime connections = scope.execRuntime;
        if (!connections.isEndpointAcquired()) {
            connections.acquireEndpoint(scope.exchangeId, scope.route, context.getUserToken(), context);
        }
        connections.disconnectEndpoint(); // the next kept one may have been closed, too
        return chain.proceed(request, scope);
    }

    private static boolean isOfStaleConnection(IOException failure, SessionCall call) {
        return !(failure instanceof InterruptedIOException) // of time-outs as well
                && call.isUnheardOnKept();
    }

    private static boolean isRepeatable(ClassicHttpRequest request) {
        return IDEMPOTENT.contains(request.getMethod())
                && (request.getEntity() == null || request.getEntity().isRepeatable());
    }
}
