/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.values;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.internal.engine.SessionAccess;
import io.github.camelsessions.internal.engine.SessionEngine;
import io.github.camelsessions.internal.renewal.ExchangeOnThread;
import io.github.camelsessions.internal.renewal.RenewalScope;
import io.github.camelsessions.internal.session.Generation;
import java.io.InputStream;
import java.io.Reader;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.StreamCache;
import org.apache.camel.spi.VariableRepository;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;

/**
 * The variables of sessions as Camel's variables with the prefix {@code session:}. The name is {@code token}, in the
 * session of the exchange that the thread works on (see {@link ExchangeOnThread}), or {@code id:token} or
 * {@code site/id:token}. Thread-safe.
 */
public final class SessionVariables extends ServiceSupport implements VariableRepository {

    /** The prefix of the names, and under this name it is found in the registry. */
    static final String ID = "session";

    // where Camel keeps the headers of a message that it puts into a variable
    private static final String MESSAGE_HEADER = "header:";

    private final CamelContext context;

    public SessionVariables(CamelContext context) {
        this.context = context;
    }

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public @Nullable Object getVariable(String name) {
        if (name.startsWith(MESSAGE_HEADER)) {
            return null;
        }
        ExchangeOnThread now = ExchangeOnThread.now();
        Exchange exchange = now == null ? null : now.exchange();
        if (exchange == null && name.indexOf(':') < 0) {
            throw unknownExchange(name);
        }
        SessionAccess session = session(context, exchange, name);
        return session == null ? null : session.variables().get(ownName(name));
    }

    @Override
    public void setVariable(String name, @Nullable Object value) {
        if (name.startsWith(MESSAGE_HEADER)) {
            return; // a variable of a session is a value, not a message
        }
        ExchangeOnThread now = ExchangeOnThread.now();
        Exchange exchange = now == null ? null : now.exchange();
        if (exchange == null && name.indexOf(':') < 0) {
            throw unknownExchange(name);
        }
        SessionAccess session = session(context, exchange, name);
        if (session == null) {
            throw new IllegalArgumentException("variable " + ID + ":" + name + ": the exchange has used no session yet;"
                    + " set it after the first call, or name the session, as in " + ID + ":id:" + name + " or "
                    + ID + ":site/id:" + name);
        }
        session.setVariable(ownName(name), kept(value, exchange));
    }

    @Override
    public @Nullable Object removeVariable(String name) {
        Object before = getVariable(name);
        if (before != null) {
            setVariable(name, null);
        }
        return before;
    }

    private static IllegalArgumentException unknownExchange(String name) {
        return new IllegalArgumentException("variable " + ID + ":" + name
                + ": here it is not known which exchange asks,"
                + " and so not which session; name the session, as in " + ID + ":id:" + name
                + ", or use ${sessionVar(" + name + ")} or the bean sessions. Code in a route that has to do with"
                + " sessions is told: let the route mention them");
    }

    /** A stream belongs to its exchange, and so does the charset of its octets; the session keeps the text. */
    private @Nullable Object kept(@Nullable Object value, @Nullable Exchange exchange) {
        boolean ofText = value instanceof byte[]
                && exchange != null
                && exchange.getProperty(ExchangePropertyKey.CHARSET_NAME) != null;
        if (ofText || value instanceof StreamCache || value instanceof InputStream || value instanceof Reader) {
            try {
                if (value instanceof StreamCache cache) {
                    cache.reset();
                }
                return context.getTypeConverter().mandatoryConvertTo(String.class, exchange, value);
            } catch (NoTypeConversionAvailableException e) {
                throw RuntimeCamelException.wrapRuntimeException(e);
            }
        }
        return value;
    }

    // ---- names, as the Simple functions write them too

    /** The name without the session. */
    static String ownName(String name) {
        return name.substring(name.lastIndexOf(':') + 1);
    }

    /**
     * The session that is meant by a name.
     *
     * @param exchange null when it is not known
     * @return null when the name says nothing, and the exchange has used no session
     */
    static @Nullable SessionAccess session(CamelContext context, @Nullable Exchange exchange, String name) {
        SessionEngine engine = SessionEngine.get(context);
        int colon = name.lastIndexOf(':');
        if (colon < 0) {
            return exchange == null ? null : session(engine, exchange);
        }
        String id = name.substring(0, colon);
        int slash = id.indexOf('/');
        boolean site = slash > 0 && engine.rulebook().sites().has(id.substring(0, slash));
        SessionKey key = site
                ? new SessionKey(id.substring(0, slash), id.substring(slash + 1))
                : new SessionKey(SessionKey.DEFAULT_SITE, id);
        return new SessionAccess(engine, key, exchange);
    }

    /** The session of an exchange: the one it sends in, is renewing, or has used last. */
    private static @Nullable SessionAccess session(SessionEngine engine, Exchange exchange) {
        ExchangeOnThread now = ExchangeOnThread.now();
        if (now != null && now.exchange() == exchange && now.generation() != null) {
            return SessionAccess.at(now.generation(), engine, exchange);
        }
        String id = exchange.getMessage().getHeader(SessionsConstants.ID, String.class);
        SessionKey renewing = RenewalScope.renewing(exchange);
        if (renewing != null && (id == null || id.equals(renewing.id()))) {
            return new SessionAccess(engine, renewing, exchange);
        }
        Generation seen = RenewalScope.latest(exchange, id);
        if (seen != null) {
            return new SessionAccess(engine, seen.session(), exchange);
        }
        if (!engine.rulebook().sites().isEmpty()) {
            return null; // of which site is not known before the first call
        }
        SessionKey key = id == null
                ? engine.rules(SessionKey.DEFAULT_SITE).session()
                : new SessionKey(SessionKey.DEFAULT_SITE, id);
        return new SessionAccess(engine, key, exchange);
    }
}
