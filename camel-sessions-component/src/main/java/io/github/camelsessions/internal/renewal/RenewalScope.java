/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.hold.HeldTickets;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.internal.session.Pin;
import io.github.camelsessions.internal.session.RenewalToken;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.SafeCopyProperty;
import org.jspecify.annotations.Nullable;

/**
 * Which renewals or log-out an exchange belongs to, which generation of each session it saw last, and which blocks keep its calls in one. Travels with the exchange as
 * an immutable property that its copies inherit and that no route removes, never as a header, which anybody could send.
 * For exchanges that are made inside a renewal, by a ProducerTemplate in a bean, the renewal's thread knows too.
 */
public final class RenewalScope implements SafeCopyProperty {

    /** What it tells of exchanges that are about to wait. */
    static final class OfExchanges implements HeldTickets.Belonging {

        @Override
        public boolean isAwaited(Exchange exchange) {
            return renewing(exchange) != null;
        }

        @Override
        public void takeAlong(Exchange exchange) {
            RenewalScope.takeAlong(exchange);
        }
    }

    private static final String PROPERTY = "io.github.camelsessions.renewal";
    private static final int REMEMBERED = 16;
    private static final RenewalScope NONE = new RenewalScope(Map.of(), Map.of(), null, null, List.of());
    private static final ThreadLocal<@Nullable RenewalScope> THREAD = new ThreadLocal<>();

    private final Map<SessionKey, RenewalToken> tokens; // the innermost renewal last
    private final Map<SessionKey, Generation> observed;
    private final @Nullable Generation latest; // of those observed
    private final @Nullable LogOut logOut;
    private final List<Pin> pins; // of the blocks that it is in, the outermost first

    private RenewalScope(
            Map<SessionKey, RenewalToken> tokens,
            Map<SessionKey, Generation> observed,
            @Nullable Generation latest,
            @Nullable LogOut logOut,
            List<Pin> pins) {
        this.tokens = tokens;
        this.observed = observed;
        this.latest = latest;
        this.logOut = logOut;
        this.pins = pins;
    }

    @Override
    public SafeCopyProperty safeCopy() {
        return this;
    }

    /** The renewal of the session that this thread or the exchange belongs to, null for none. */
    public static @Nullable RenewalToken token(@Nullable Exchange exchange, SessionKey session) {
        RenewalToken own = exchange == null ? null : of(exchange).tokens.get(session);
        return own != null ? own : ofThread().tokens.get(session);
    }

    /** Whether this thread or the exchange belongs to a log-out of the session. */
    public static boolean isLogOut(Exchange exchange, SessionKey session) {
        return logOut(exchange, session) != null;
    }

    /** The log-out of the session that this thread or the exchange belongs to, null for none. */
    static @Nullable LogOut logOut(@Nullable Exchange exchange, SessionKey session) {
        LogOut own = exchange == null ? null : of(exchange).logOut;
        LogOut found = own != null ? own : ofThread().logOut;
        return found != null && found.session().equals(session) ? found : null;
    }

    /**
     * The session whose renewal or log-out the exchange belongs to, the innermost one; null when it belongs to none. Also
     * after the renewal has ended: what a late log-in does must not end up in another session.
     */
    public static @Nullable SessionKey renewing(Exchange exchange) {
        SessionKey found = of(exchange).innermost();
        return found != null ? found : ofThread().innermost();
    }

    private @Nullable SessionKey innermost() {
        SessionKey last = logOut == null ? null : logOut.session();
        for (SessionKey key : tokens.keySet()) {
            last = key;
        }
        return last;
    }

    /** All renewals that the exchange belongs to. */
    static List<RenewalToken> tokens(Exchange exchange) {
        Map<SessionKey, RenewalToken> own = of(exchange).tokens;
        Map<SessionKey, RenewalToken> inherited = ofThread().tokens;
        if (inherited.isEmpty()) {
            return own.isEmpty() ? List.of() : List.copyOf(own.values());
        }
        Map<SessionKey, RenewalToken> all = new LinkedHashMap<>(inherited);
        all.putAll(own);
        return List.copyOf(all.values());
    }

    /** The generation of the session that the exchange saw last, null when it saw none. */
    static @Nullable Generation observed(Exchange exchange, SessionKey session) {
        return of(exchange).observed.get(session);
    }

    /**
     * The generation that the exchange saw last, of all sessions or of those with this id; null when it saw none.
     *
     * @param id null for any
     */
    public static @Nullable Generation latest(Exchange exchange, @Nullable String id) {
        RenewalScope scope = of(exchange);
        Generation found = scope.latest;
        if (id == null || (found != null && found.session().id().equals(id))) {
            return found;
        }
        found = null;
        for (Generation generation : scope.observed.values()) {
            found = generation.session().id().equals(id) ? generation : found;
        }
        return found;
    }

    /** The exchange has seen a generation. */
    static void observe(Exchange exchange, Generation generation) {
        RenewalScope scope = of(exchange);
        if (scope.latest != generation) {
            set(
                    exchange,
                    new RenewalScope(
                            scope.tokens,
                            with(scope.observed, generation.session(), generation),
                            generation,
                            scope.logOut,
                            scope.pins));
        }
    }

    /** The exchange is in a block that keeps its calls in one generation. */
    public static void enter(Exchange exchange, Pin pin) {
        RenewalScope scope = of(exchange);
        List<Pin> pins = new ArrayList<>(scope.pins);
        pins.removeIf(Pin::isEnded);
        pins.add(pin);
        set(exchange, new RenewalScope(scope.tokens, scope.observed, scope.latest, scope.logOut, List.copyOf(pins)));
    }

    /** The exchange has left that block. */
    public static void leave(Exchange exchange, Pin pin) {
        RenewalScope scope = of(exchange);
        List<Pin> pins = scope.pins.stream().filter(other -> other != pin).toList();
        set(exchange, new RenewalScope(scope.tokens, scope.observed, scope.latest, scope.logOut, pins));
    }

    /**
     * The block that keeps the exchange's calls of that session in one generation, the outermost if there are several: that
     * has those of the others, too. Null when there is none.
     */
    public static @Nullable Pin pin(Exchange exchange, SessionKey session) {
        for (Pin pin : of(exchange).pins) {
            if (pin.concerns(session)) {
                return pin;
            }
        }
        return null;
    }

    /** The session of the innermost block that pins one by its name, null for none. */
    public static @Nullable SessionKey pinned(Exchange exchange) {
        SessionKey found = null;
        for (Pin pin : of(exchange).pins) {
            SessionKey session = pin.session();
            found = session != null && pin.concerns(session) ? session : found;
        }
        return found;
    }

    /** The exchange itself has begun a session anew: the block that it is in goes on in that. */
    public static void begunAnew(@Nullable Exchange exchange, SessionKey session) {
        Pin pin = exchange == null ? null : pin(exchange, session);
        if (pin != null) {
            pin.free();
        }
    }

    /** Whether the exchange belongs to a renewal of the session that is under way, or to its log-out. */
    public static boolean isWithin(Exchange exchange, SessionKey session) {
        RenewalToken token = token(exchange, session);
        return isLogOut(exchange, session) || (token != null && token.state() == RenewalToken.State.LIVE);
    }

    /** Whether the exchange is in a block that is to start again, so that it does nothing more. */
    public static boolean isLeftOut(Exchange exchange) {
        List<Pin> pins = of(exchange).pins;
        return !pins.isEmpty()
                && pins.stream().anyMatch(Pin::isBroken)
                && tokens(exchange).stream().noneMatch(token -> token.state() == RenewalToken.State.LIVE);
    }

    /** The exchange belongs to a renewal from now on. */
    static void enter(Exchange exchange, RenewalToken token) {
        RenewalScope scope = of(exchange);
        Map<SessionKey, RenewalToken> tokens = new LinkedHashMap<>(scope.tokens);
        tokens.remove(token.session()); // so that it comes last
        tokens.put(token.session(), token);
        set(exchange, new RenewalScope(tokens, scope.observed, scope.latest, scope.logOut, scope.pins));
    }

    /** The exchange belongs to a log-out. */
    static void enter(Exchange exchange, LogOut logOut) {
        RenewalScope scope = of(exchange);
        set(exchange, new RenewalScope(scope.tokens, scope.observed, scope.latest, logOut, scope.pins));
    }

    /** Runs something in which an exchange, and new ones made on this thread, belong to the renewal. */
    public static void runIn(RenewalToken token, Exchange exchange, Runnable action) {
        Map<SessionKey, RenewalToken> before = of(exchange).tokens;
        enter(exchange, token);
        try {
            runIn(token, action);
        } finally {
            RenewalScope after = of(exchange);
            set(exchange, new RenewalScope(before, after.observed, after.latest, after.logOut, after.pins));
        }
    }

    /** The exchange may go on elsewhere: it takes the renewals along that only this thread knew to be its own. */
    static void takeAlong(Exchange exchange) {
        RenewalScope scope = of(exchange);
        boolean known = !scope.tokens.isEmpty() || scope.logOut != null;
        if (!known && THREAD.get() != null) {
            set(
                    exchange,
                    new RenewalScope(ofThread().tokens, scope.observed, scope.latest, ofThread().logOut, scope.pins));
        }
    }

    /** Runs something whose new exchanges belong to the renewal too. */
    static void runIn(RenewalToken token, Runnable action) {
        runIn(
                new RenewalScope(
                        with(ofThread().tokens, token.session(), token), Map.of(), null, ofThread().logOut, List.of()),
                action);
    }

    /** Runs something whose new exchanges belong to the log-out. */
    static void runIn(LogOut logOut, Runnable action) {
        runIn(new RenewalScope(Map.of(), Map.of(), null, logOut, List.of()), action);
    }

    private static void runIn(RenewalScope scope, Runnable action) {
        RenewalScope before = THREAD.get();
        THREAD.set(scope);
        try {
            action.run();
        } finally {
            if (before == null) {
                THREAD.remove();
            } else {
                THREAD.set(before);
            }
        }
    }

    private static <V> Map<SessionKey, V> with(Map<SessionKey, V> map, SessionKey key, V value) {
        if (map.isEmpty()) {
            return Map.of(key, value);
        }
        Map<SessionKey, V> more = new LinkedHashMap<>(map);
        more.remove(key);
        if (more.size() >= REMEMBERED) { // a loop over many sessions must not take them all along
            more.remove(more.keySet().iterator().next());
        }
        more.put(key, value);
        return more;
    }

    private static RenewalScope of(Exchange exchange) {
        RenewalScope scope = exchange.getExchangeExtension().getSafeCopyProperty(PROPERTY, RenewalScope.class);
        return scope == null ? NONE : scope;
    }

    private static RenewalScope ofThread() {
        RenewalScope scope = THREAD.get();
        return scope == null ? NONE : scope;
    }

    private static void set(Exchange exchange, RenewalScope scope) {
        exchange.getExchangeExtension().setSafeCopyProperty(PROPERTY, scope);
    }

    @Override
    public String toString() {
        return "RenewalScope" + tokens.keySet();
    }
}
