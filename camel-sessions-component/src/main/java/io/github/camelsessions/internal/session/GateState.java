/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionSituation;
import io.github.camelsessions.internal.session.GateFailure.Kind;
import io.github.camelsessions.internal.session.GenerationState.Origin;
import io.github.camelsessions.internal.session.Verdict.Action;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link RenewalGate} knows, and how that changes: the phase that its table has in columns, the current generation,
 * the renewal. Guarded by the lock of its gate.
 */
final class GateState {

    enum Phase {
        /** Exchanges are sent in the current generation. */
        ACTIVE,
        /** One token is live; everybody else waits. */
        RENEWING,
        /** The last renewal failed. */
        FAILED,
        /** Removed or stopped. */
        CLOSED
    }

    /** Makes generations; its locks are leaves. */
    interface Generations {
        Generation make(SessionKey session, long number);
    }

    private final SessionClock clock;
    private final Generations generations;
    private @Nullable String configuredAt;
    private @Nullable GateMemory memory; // null until there is any: 430 bytes less in most of many
    GateRules rules = GateRules.DEFAULT;
    Phase phase = Phase.ACTIVE;
    boolean frozen;
    GenerationState current;
    final InFlight inFlight = new InFlight();

    /**
     * @param cooldown of the session that had this name before, null when it left none
     */
    GateState(SessionKey key, SessionClock clock, Generations generations, @Nullable Cooldown cooldown) {
        this.clock = clock;
        this.generations = generations;
        this.current = new GenerationState(generations.make(key, 0), Origin.NEW, now());
        this.memory = cooldown == null ? null : new GateMemory(rules, cooldown);
    }

    @Nullable
    String configure(GateRules wanted, String place) {
        if (configuredAt == null) {
            configuredAt = place;
            rules = wanted;
            if (memory != null) {
                memory.evidence.configure(wanted);
            }
        }
        return rules.equals(wanted) ? null : configuredAt;
    }

    GateMemory memory() {
        if (memory == null) {
            memory = new GateMemory(rules, new Cooldown());
            memory.evidence.beginsWith(current);
        }
        return memory;
    }

    /** Null when there is none: so far nobody has waited or was refused, and nothing was renewed. */
    @Nullable
    GateMemory remembered() {
        return memory;
    }

    /** To be read only. */
    GateMemory rememberedOrNew() {
        return memory == null ? new GateMemory(rules, new Cooldown()) : memory;
    }

    // ---- how it stands

    long now() {
        return clock.monotonicMillis();
    }

    boolean is(Phase asked) {
        return phase == asked;
    }

    /** Whether whoever asks has to wait, the owner of a renewal excepted. */
    boolean nobodyIsSent() {
        if (frozen || phase != Phase.ACTIVE) {
            return frozen || phase == Phase.RENEWING;
        }
        long now = now();
        return (current.isTried(now) && current.awaitsAny())
                || (memory != null && memory.pause != null && !memory.pause.allows(current.inFlight, now));
    }

    boolean isHolding(Passage passage) {
        return phase != Phase.CLOSED
                && (nobodyIsSent() || isClosedTo(passage) || (phase == Phase.FAILED && endures(passage)));
    }

    /** Whether a block has the session to itself, or is to have it next, to which the passage does not belong. */
    boolean isClosedTo(Passage passage) {
        return memory != null && memory.exclusive != null && memory.exclusive.isClosedTo(passage);
    }

    /** Whether a block has the session to itself, or is to have it next. */
    boolean isExclusive() {
        return memory != null && memory.isExclusive();
    }

    /** The block that has the session to itself from now on, null for none; it is told once. */
    @Nullable
    Passage takeExclusive() {
        return memory == null || memory.exclusive == null || !inFlight.isDrained() ? null : memory.exclusive.begin();
    }

    /** Returns whether a block has the session to itself; if not, it waits for that. */
    boolean enterExclusive(Passage block) {
        GateMemory all = memory();
        if (all.exclusive == null) {
            all.exclusive = new ExclusiveLine();
        }
        return all.exclusive.enter(block);
    }

    /** The blocks that have or want it to themselves, who are to be told that it is closed. */
    List<Passage> drainExclusive() {
        return memory == null || memory.exclusive == null ? List.of() : memory.exclusive.drain();
    }

    boolean isAnybodyHeld() {
        return memory != null && memory.held.now() > 0;
    }

    /** Whether newcomers have to stand behind others that wait. */
    boolean isLine() {
        return memory != null && memory.held.backlog() > 0;
    }

    /** Whether a renewal may not be tried: it is too early, or this exchange has waited for one that failed. */
    boolean bars(Passage passage) {
        return isCooling()
                || (memory != null
                        && phase == Phase.FAILED
                        && memory.renewal != null
                        && passage.awaited == memory.renewal.number
                        && !(passage.endures() && rules.cooldown().toMillis() > 0));
    }

    /** Whether it waits for the end of the cool-down. */
    boolean endures(Passage passage) {
        return passage.endures() && isCooling();
    }

    boolean isCooling() {
        return memory != null && memory.cooldown.active(now());
    }

    boolean isPaused() {
        return memory != null && memory.pause != null && now() < memory.pause.untilMillis();
    }

    Duration pauseLeft() {
        Pause asked = memory == null ? null : memory.pause;
        return Duration.ofMillis(asked == null ? 0 : Math.max(0, asked.untilMillis() - now()));
    }

    /** Whether doubts are settled by a check: there is one, the latest had an answer, and the site has asked for no pause. */
    boolean isChecked() {
        Long unchecked = memory == null ? null : memory.uncheckedUntil;
        return rules.checks() && !isPaused() && (unchecked == null || now() >= unchecked);
    }

    boolean isLive(RenewalToken held) {
        return phase == Phase.RENEWING && latestToken() == held;
    }

    /** Whether an attempt may start because no ordinary request is on the wire; else it waits for that. */
    boolean drained(RenewalToken waits) {
        boolean live = isLive(waits);
        waits.drains = live && !inFlight.isDrained();
        return live && inFlight.isDrained();
    }

    /** The attempt that need not wait any longer, null for none; it is told once. */
    @Nullable
    RenewalToken takeDrained() {
        RenewalToken latest = phase == Phase.RENEWING ? latestToken() : null;
        if (latest == null || !latest.drains || !inFlight.isDrained()) {
            return null;
        }
        latest.drains = false;
        return latest;
    }

    @Nullable
    RenewalToken latestToken() {
        return memory == null || memory.renewal == null ? null : memory.renewal.latest();
    }

    /** In how many millis somebody has to ask again, because something comes to its time then; 0 when somebody does so anyway. */
    long wakeAfter() {
        if (memory == null) {
            return 0;
        }
        long now = now();
        if (memory.pause != null && memory.pause.isOver(now)) {
            memory.pause = null;
        }
        long due = due(memory, now);
        if (due == Long.MAX_VALUE || (memory.wakeAt != null && memory.wakeAt <= due)) {
            return 0;
        }
        memory.wakeAt = due;
        return Math.max(1, due - now);
    }

    /** The first of the times in the future at which something changes that no event tells of. */
    private long due(GateMemory all, long now) {
        long due = Long.MAX_VALUE;
        boolean checking = all.checking && isChecked(); // whoever does it comes to say how it ended
        if (phase == Phase.ACTIVE && !frozen && !checking && !all.suspects.isEmpty()) {
            due = Math.min(all.suspects.earliestEnd(), future(current.worthWaitingUntil(), now));
        }
        if (isAnybodyHeld() && phase == Phase.ACTIVE) {
            due = Math.min(due, current.isTried(now) ? current.triedUntil() : Long.MAX_VALUE);
            due = Math.min(due, all.pause == null ? Long.MAX_VALUE : future(all.pause.next(current.inFlight), now));
        }
        if (isAnybodyHeld() && phase == Phase.FAILED && isCooling()) {
            due = Math.min(due, all.cooldown.untilMillis());
        }
        return due;
    }

    private static long future(long time, long now) {
        return time > now ? time : Long.MAX_VALUE;
    }

    Verdict fail(Kind kind) {
        return Verdict.of(Action.FAIL).failing(failure(kind));
    }

    GateFailure failure(Kind kind) {
        GateMemory all = memory();
        boolean failed = kind == Kind.RENEWAL_FAILED;
        Generation generation = current.generation;
        return new GateFailure(
                kind,
                new SessionSituation(
                        generation.session(),
                        generation.number(),
                        all.held.now(),
                        failed ? all.cooldown.retryAt() : null),
                failed ? all.cooldown.cause() : null);
    }

    // ---- exchanges

    /** What an answer came from. */
    GenerationState landed(Passage passage) {
        GenerationState of = inFlight.landed(passage);
        if (of == null) {
            throw new IllegalStateException(
                    "session '" + current.generation.session() + "': an answer was reported that is not awaited");
        }
        return of;
    }

    /** Whether it has waited. */
    boolean waitsNoLonger(Passage passage) {
        return memory != null && memory.held.remove(passage, now());
    }

    void leaves(Passage passage) {
        waitsNoLonger(passage);
        if (memory != null) {
            memory.suspects.remove(passage, now());
            if (memory.exclusive != null) {
                memory.exclusive.leave(passage);
            }
        }
        inFlight.landed(passage);
    }

    void pause(long millis) {
        Pause asked = Pause.of(now(), millis);
        GateMemory all = memory();
        all.pause = all.pause == null ? asked : all.pause.later(asked);
        if (all.pause == asked) {
            all.pausedUntil = clock.instant().plusMillis(millis);
        }
    }

    // ---- renewals

    /** -> RENEWING, or null and -> FAILED when there is no generation to fill. After a failure it gets one attempt. */
    @Nullable
    RenewalToken begin(Origin why, Passage initiator) {
        GateMemory all = memory();
        boolean trial = phase == Phase.FAILED || all.cooldown.failures() > 0;
        int attempts = trial ? 1 : Math.max(1, rules.renewalAttempts());
        RenewalAttempts begun = new RenewalAttempts(inFlight.event(), why, initiator, attempts);
        all.evidence.begins(why == Origin.REFUSAL);
        all.renewal = begun;
        phase = Phase.RENEWING;
        return attempt(begun);
    }

    @Nullable
    RenewalToken attempt(RenewalAttempts of) {
        try {
            RenewalToken token = of.attempt(next(), now());
            memory().attempts++;
            return token;
        } catch (RuntimeException | Error e) {
            enterFailed(e, 0);
            return null;
        }
    }

    /** Ends an attempt, and tells its renewal; null when it had ended before. */
    @Nullable
    RenewalAttempts end(RenewalToken done, RenewalToken.State as) {
        GateMemory all = memory();
        if (!isLive(done)) {
            all.late++;
            return null;
        }
        done.end(as);
        return all.renewal;
    }

    /** -> ACTIVE in what the attempt has filled. Returns false when it comes too late. */
    boolean succeed(RenewalToken done) {
        RenewalAttempts renewal = end(done, RenewalToken.State.ENDED);
        if (renewal == null) {
            return false;
        }
        renewal.end();
        GateMemory all = memory();
        all.renewals++;
        all.cooldown.end();
        if (all.evidence.fruitless() == 0) {
            all.cooldown.endRow();
        }
        install(done.pending, true);
        current.generation.loggedIn();
        phase = Phase.ACTIVE;
        return true;
    }

    void enterFailed(Throwable cause, long notBeforeMillis) {
        phase = Phase.FAILED;
        GateMemory all = memory();
        all.failures++;
        if (all.renewal != null) {
            all.renewal.end();
        }
        all.cooldown.failed(cause, notBeforeMillis, clock, rules);
    }

    void installEmpty(Origin why) {
        install(new GenerationState(next(), why, now()), false);
    }

    private Generation next() {
        return generations.make(current.generation.session(), current.generation.number() + 1);
    }

    private void install(GenerationState next, boolean byLogIn) {
        current.endBy(next.origin);
        next.begin(byLogIn, now());
        current = next;
        if (memory != null) {
            memory.evidence.installed(now());
        }
    }

    /** Somebody is to ask anew for whatever was under way. */
    void mend() {
        if (memory != null) {
            memory.wakeAt = null;
            memory.checking = false;
            if (memory.exclusive != null) {
                memory.exclusive.removeGone();
            }
            if (phase == Phase.RENEWING) {
                giveUpIfLost(memory.renewal);
            }
        }
    }

    /** Nobody has failed: whoever needs the renewal begins it anew, at once. */
    private void giveUpIfLost(@Nullable RenewalAttempts lost) {
        RenewalToken latest = lost == null ? null : lost.latest();
        if (latest != null && latest.state() == RenewalToken.State.LIVE) {
            if (latest.isCarried()) {
                return;
            }
            latest.end(RenewalToken.State.REVOKED);
        }
        phase = Phase.ACTIVE;
        if (lost != null) {
            lost.end();
            current.expired |= lost.reason == Origin.REFUSAL;
        }
    }

    /** -> CLOSED, if nobody needs the session; whether it is closed now. */
    boolean closeIfIdle() {
        boolean idle = phase != Phase.RENEWING && !frozen && inFlight.count() == 0;
        if (idle && (memory == null || memory.isOver()) && !isCooling()) {
            phase = Phase.CLOSED;
        }
        return phase == Phase.CLOSED;
    }

    void close() {
        RenewalToken latest = latestToken();
        if (latest != null && isLive(latest)) {
            latest.end(RenewalToken.State.REVOKED);
        }
        phase = Phase.CLOSED;
    }
}
