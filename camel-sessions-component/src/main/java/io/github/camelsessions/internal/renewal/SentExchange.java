/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionSituation;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.WhenFull;
import io.github.camelsessions.internal.hold.Ticket;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.internal.session.Pin;
import io.github.camelsessions.internal.session.RenewalToken;
import io.github.camelsessions.internal.session.Session;
import io.github.camelsessions.internal.session.Verdict;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProfilesAsideException;
import io.github.camelsessions.profile.ProxyFailedException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.util.CaseInsensitiveMap;
import org.jspecify.annotations.Nullable;

/** An exchange whose request is sent in its session, as often as the gate says. */
final class SentExchange extends GatedExchange {

    private final SessionRequest request;
    private final @Nullable SiteTurn turn; // null when its site is not paced
    private @Nullable RequestState beginning; // null before it is sent, and when it is never sent again
    private boolean sent;
    private int target = NO_TARGET; // computed when it is asked for first
    private int replays;
    private @Nullable Reply reply;
    private @Nullable String refusal; // why the latest answer counts as refused, null when it does not
    private @Nullable KeptAnswer kept;
    private @Nullable KeptAnswer blocked; // by which the site asked to be left alone; stands unless it is sent again
    private @Nullable Object charset; // which the request had
    private Set<ClientProfile> failed = Set.of(); // the profiles whose proxies have not taken the request

    SentExchange(
            GateKeeper gates,
            @Nullable Object owner,
            Exchange exchange,
            AsyncCallback callback,
            Session session,
            SessionRequest request,
            @Nullable RenewalToken token) {
        super(gates, owner, exchange, callback, session, request.rules(), token);
        this.request = request;
        this.turn = gates.paced().turn(site(), rules().rate());
        if (rules().replays()) {
            request.makeResendable(exchange);
        }
    }

    @Override
    public int target() {
        if (target == NO_TARGET) {
            target = request.target();
        }
        return target;
    }

    @Override
    Next ask(boolean released) {
        if (turn != null && isOrdinary() && !turn.take()) {
            return awaitTurn(turn, released);
        }
        Verdict verdict = session().admit(pass(), released, token());
        boolean goesOn = verdict.action() == Verdict.Action.SEND || verdict.action() == Verdict.Action.LOOK_UP;
        if (turn != null && !goesOn) {
            turn.giveBack();
        }
        return Next.on(verdict);
    }

    /** Whether it belongs to no renewal of its session that is under way: the requests of these go at once. */
    private boolean isOrdinary() {
        RenewalToken held = token();
        return held == null || held.state() == RenewalToken.State.ENDED;
    }

    /** Waits for a turn. Then it asks as one that was held: it has a place, and has waited for it. */
    private Next awaitTurn(SiteTurn awaited, boolean released) {
        String full = null;
        if (!released && !sent) { // else it has a place already
            full = awaited.obstacle(session().key(), rules().gate().maxHeld());
            full = full == null && nobodyMayWait() ? FULL_IN_ALL : full;
            if (full != null && rules().whenFull() == WhenFull.fail) {
                fail(SessionFailures.notHeld(session(), full));
                return Next.DONE;
            }
        }
        Ticket given = newTicket(false, full != null);
        try {
            awaited.await(given, tickets());
        } catch (RuntimeException | Error e) {
            if (tickets().takeBack(given)) {
                throw e;
            }
        }
        return waitWith(given);
    }

    @Override
    @Nullable
    String waitEnded(boolean called) {
        return turn == null ? null : turn.waitEnded(called);
    }

    @Override
    public boolean waitsToBeSent() {
        Pin pin = pass().pin();
        return pin == null || pin.exclusive() == null; // such a call may be sent while the session holds all others
    }

    @Override
    Next obey(Verdict verdict) {
        gates().act(session(), verdict);
        return switch (verdict.action()) {
            case SEND -> send(Objects.requireNonNull(verdict.generation()));
            case ADMIT_AGAIN -> again(false);
            case REPLAY_STALE -> {
                keep();
                yield again(false);
            }
            case DELIVER -> {
                stand();
                yield Next.DONE;
            }
            case SKIP -> {
                leaveOut();
                yield Next.DONE;
            }
            default -> throw new IllegalStateException("unexpected verdict " + verdict.action());
        };
    }

    @Override
    Next again() {
        return again(true);
    }

    private Next again(boolean released) {
        if (sent && request.obstacle(exchange()) != null) {
            stand();
            return Next.DONE;
        }
        if (request.carriedOut() != null) { // a block that starts again would ask for it twice
            pass().loosen();
        }
        return ask(released);
    }

    /** The block that it is a call of is to start again: what follows in that is left out, and nobody sees a failure. */
    private void leaveOut() {
        Pin pin = pass().pin();
        if (pin != null && reply != null && refusal != null) {
            pin.brokenBy(expired(reply, refusal));
        }
        if (beginning != null) {
            beginning.restore(exchange());
        }
        exchange().setRouteStop(true);
    }

    /** Sends the request and reports its end, once. */
    private Next send(Generation generation) {
        reply = null;
        refusal = null;
        blocked = null;
        boolean replayable = false;
        try {
            replayable = sendNow(generation);
        } catch (ProfilesAsideException e) {
            exchange().setException(pass().priority() ? e : SessionFailures.noProfile(session(), e));
            reply = null;
        } catch (Exception | Error e) { // an error, too, must be reported to the gate
            failBy(e);
            reply = null;
        }
        int reconnected = request.reconnected();
        if (reconnected > 0) {
            session().reconnected(reconnected);
        }
        return report(generation, replayable);
    }

    /** Returns whether the answer, if it is not refused, is one that may turn out to be stale. */
    private boolean sendNow(Generation generation) throws IOException, SessionRenewalException {
        if (beginning != null) {
            beginning.restore(exchange());
            replays++;
        }
        charset = sent ? charset : exchange().getProperty(ExchangePropertyKey.CHARSET_NAME);
        sent = true;
        GateKeeper.equip(session(), generation, token(), request.profile(), rules());
        remember(generation);
        RenewalScope.observe(exchange(), generation);
        if (turn != null) {
            turn.use();
        }
        if (pass().priority()) {
            reply = sendWithToken(generation);
            return false;
        }
        reply = request.send(exchange(), generation, false, this::further);
        if (reply == null) {
            return false;
        }
        refusal = refusal(reply);
        if (refusal == null && rules().renews() && rules().expiry().logIn() == null) {
            gates().logInPages().delivered(session().key(), exchange(), request);
        }
        return isReplayableWhenStale();
    }

    private Next report(Generation generation, boolean replayable) {
        if (reply == null) {
            return Next.on(unanswered(generation));
        }
        if (refusal == null) {
            Duration asked = pass().priority() ? null : pauseAsked(reply);
            return asked == null
                    ? Next.on(session().accepted(pass(), replayable))
                    : blocked(reply, asked, generation.profile());
        }
        if (!request.renewsRefused()) { // it tells the gate nothing, and stands
            return Next.on(session().unanswered(pass()));
        }
        // before the refusal is reported: another thread may be told at once that the exchange goes on
        Ticket given = newTicket(true, false);
        try {
            return Next.on(session().refused(pass()), given);
        } catch (RuntimeException | Error e) {
            if (tickets().takeBack(given)) {
                throw e;
            }
            return waitWith(given);
        }
    }

    /** How long the answer asks the session to wait, zero when it does not say, null when it does not ask for that. */
    private @Nullable Duration pauseAsked(Reply answer) {
        Duration asked = answer.ofSite() ? NotNow.asked(answer) : null;
        if (asked == null || request.judges(answer.status())) {
            return null;
        }
        return asked.isZero() && rules().blockedBackoff().isZero() ? null : asked;
    }

    /** The session waits, and the exchange with it, if it can be sent again and may wait that long. */
    private Next blocked(Reply answer, Duration asked, ClientProfile profile) {
        Verdict verdict = asked.isZero()
                ? session().blocked(pass(), rules().blockedBackoff(), RenewalRules.LONGEST_BACKOFF)
                : session().blocked(pass(), asked);
        gates().act(session(), verdict);
        gates().pauseAccount(session(), profile);
        if (!isRefused(answer)
                || rules().maxReplays() == 0
                || request.obstacle(exchange()) != null
                || session().pauseLeft().compareTo(remaining()) > 0) {
            stand();
            return Next.DONE;
        }
        try {
            request.detach(exchange()); // an exchange that waits keeps no connection
        } catch (RuntimeException | Error e) { // it cannot be read: if it stands, then as this
            failBy(e);
        }
        if (beginning == null) { // here, and not before each send: most are never blocked
            beginning = RequestState.after(exchange(), charset);
        }
        blocked = KeptAnswer.of(exchange(), answer);
        return again(false);
    }

    /** Whether the site has not carried out what it was asked. With a 503 it may have, in part. */
    private boolean isRefused(Reply answer) {
        return request.isSafe() || answer.status() == NotNow.TOO_MANY_REQUESTS;
    }

    @Override
    @Nullable
    String whyInVain() {
        Duration pause = session().pauseLeft();
        return pause.compareTo(remaining()) <= 0
                ? null
                : "not held, because the site wants to be left alone until "
                        + session().stats().pausedUntil() + ", longer than holdTimeout="
                        + rules().holdTimeout().toMillis() + "ms allows; send it later, or raise holdTimeout";
    }

    /** What is needed to send the request again, when it may come to that; one that is held meanwhile needs no copy. */
    private void remember(Generation generation) {
        boolean needed = rules().replays() || (isProfileExchanged(generation) && hasProxy(generation));
        if (beginning == null && needed) {
            request.makeResendable(exchange());
            beginning = RequestState.of(exchange());
        }
    }

    private static boolean hasProxy(Generation generation) {
        return generation.profile().proxy() != null;
    }

    private boolean isProfileExchanged(Generation generation) {
        return generation.isProfileRotated() && !GateKeeper.keepsProfile(token(), rules());
    }

    private Verdict unanswered(Generation generation) {
        ProxyFailedException failure = exchange().getException(ProxyFailedException.class);
        if (failure == null || failure.isSiteInDoubt() || !failure.profile().equals(generation.profile())) {
            return session().unanswered(pass());
        }
        gates().putAside(failure); // before the gate is told: whoever asks next must not get it
        if (!isProfileExchanged(generation)) {
            exchange()
                    .setException(failure.standing("the session keeps this profile, because of the option profile, the"
                            + " header CamelSessionsProfile or renewalProfile=same"));
            return session().unanswered(pass());
        }
        if (pass().priority()) {
            return session().lost(pass(), !request.hasReachedSite());
        }
        String obstacle = obstacleAfter(failure);
        if (obstacle != null) {
            exchange().setException(failure.standing("the request was not sent again: " + obstacle));
        }
        return session().lost(pass(), obstacle == null);
    }

    /** Why the request is not sent again in another profile, null when it is. */
    private @Nullable String obstacleAfter(ProxyFailedException failure) {
        failed = failed.isEmpty() ? new HashSet<>() : failed;
        if (!failed.add(failure.profile())) {
            return "all other profiles have failed it, too"; // else it would go on for ever where they return soon
        }
        if (rules().maxReplays() == 0) {
            return "maxReplays=0";
        }
        if (request.hasReachedSite() && !request.isSafe()) {
            return "it was redirected, so the site has had it already";
        }
        return request.obstacle(exchange());
    }

    private @Nullable Reply sendWithToken(Generation generation) throws SessionRenewalException {
        RenewalToken held = Objects.requireNonNull(token());
        Runnable abort = request::abort;
        if (!held.enter(abort)) {
            throw SessionFailures.revoked(session());
        }
        try { // from here on the token waits for the leave below, whatever fails
            gates().silent().heardOf(held);
            Map<String, Object> headers =
                    new CaseInsensitiveMap(exchange().getIn().getHeaders());
            Reply answer = request.send(exchange(), generation, true, this::further);
            if (answer != null) {
                AnswerView.leave(exchange(), headers, answer, logInRefusal(answer));
            }
            return answer;
        } finally {
            held.leave(abort);
        }
    }

    private @Nullable String logInRefusal(Reply answer) {
        try {
            if (rules().expiry().readsBody()) {
                request.detach(exchange());
            }
            return rules().expiry().matchLogIn(exchange(), answer);
        } catch (IOException e) {
            return null; // its route will see that it cannot be read
        }
    }

    private void further() {
        session().sentAgain(pass());
        if (turn != null) {
            turn.count();
        }
    }

    /** The answer stands if the replay of its request fails; of two such answers the better one. */
    private void keep() {
        Reply answer = Objects.requireNonNull(reply);
        if (kept == null || !isWorse(answer, kept)) {
            request.detach(exchange()); // the replay may need its connection
            kept = KeptAnswer.of(exchange(), answer);
        }
    }

    private static boolean isWorse(Reply answer, KeptAnswer than) {
        return answer.isFailure() && !than.reply().isFailure();
    }

    private @Nullable String refusal(Reply answer) throws IOException {
        String why = rules().expiry().match(exchange(), answer);
        if (why != null) {
            request.detach(exchange()); // an exchange that waits keeps no connection
        }
        return why;
    }

    private boolean isReplayableWhenStale() {
        boolean wanted = switch (rules().replayStale()) {
            case safe -> request.isSafe();
            case all -> true;
            case none -> false;
        };
        // the rest of a block tells whether there is more that belongs to it
        return wanted && pass().pin() == null && beginning != null && request.obstacle(exchange()) == null;
    }

    @Override
    void stand() {
        if (kept != null && (reply == null || refusal != null || isWorse(reply, kept))) {
            kept.restore(exchange());
        } else if (refusal != null && reply != null && request.throwsOnFailure()) {
            exchange().setException(expired(reply, refusal));
        }
        exchange().getMessage().setHeader(SessionsConstants.REPLAYS, replays);
    }

    private String beginning(Reply answer) {
        try {
            return AnswerBody.beginning(exchange(), answer);
        } catch (IOException e) {
            return ""; // its rules have read it, or never looked
        }
    }

    private SessionExpiredException expired(Reply answer, String why) {
        String carriedOut = request.carriedOut();
        String obstacle = rules().renews() ? request.obstacle(exchange()) : null;
        String wayOut;
        if (carriedOut != null) {
            wayOut = carriedOut + "; look before you send it again, and if refusals lead there, say so by expiredUri";
        } else if (obstacle != null) {
            wayOut = "the request cannot be sent again: " + obstacle;
        } else if (!request.renewsRefused()) {
            wayOut = "it is not renewed, because the latest log-in of its pool has failed";
        } else if (rules().renews() && rules().maxReplays() == 0) {
            wayOut = "the session is renewed, but maxReplays=0 sends nothing again: send the message once more";
        } else if (rules().renews() && replays == 0) {
            wayOut = "it is taken for the page's own refusal, not for the end of the session: if it is not about the"
                    + " session, change the expiry rules; if it is, name a page that tells by checkUri";
        } else if (rules().renews()) {
            wayOut = "a renewal does not help: if this answer is not about the session, change the expiry rules";
        } else {
            wayOut = "set renewalUri, or renew it in the route";
        }
        int held = session().stats().held();
        Generation generation = pass().generation();
        long number = generation == null ? 0 : generation.number();
        String message = "session '" + session().key() + "': expired by " + why + " to " + request.describe()
                + " (generation=" + number + ", replays=" + replays + "); " + wayOut;
        SessionSituation situation = new SessionSituation(session().key(), number, held, null);
        return exchange().getException() instanceof HttpOperationFailedException failed
                ? SessionFailures.expired(failed, situation, message)
                : SessionFailures.expired(answer, beginning(answer), situation, message);
    }

    @Override
    void fail(Exception exception) {
        KeptAnswer earlier = kept != null ? kept : blocked;
        if (earlier != null) {
            earlier.restore(exchange());
            exchange().getMessage().setHeader(SessionsConstants.REPLAYS, replays);
            return;
        }
        if (request.carriedOut() != null && reply != null && refusal != null) {
            // whoever is told of a failed log-in alone sends it again
            SessionExpiredException expired = expired(reply, refusal);
            expired.addSuppressed(exception);
            exchange().setException(expired);
            return;
        }
        if (beginning != null) {
            beginning.restore(exchange());
        }
        exchange().setException(exception);
    }

    @Override
    public @Nullable String profile() {
        return request.profile();
    }

    @Override
    public String cause() {
        return refusal != null ? "expired by " + refusal : "the session is new, or has reached one of its limits";
    }
}
