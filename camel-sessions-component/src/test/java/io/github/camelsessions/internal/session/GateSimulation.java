/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.internal.session.Verdict.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * A world around one gate, played event by event from a seed in a single thread: a site that ends sessions, exchanges
 * that ask for its pages, log-ins that fail and hang. It treats the gate's verdicts as a caller has to, and checks the
 * gate's invariants after each event and at the end.
 */
final class GateSimulation {

    enum Outcome {
        OK,
        /** The refusal was given to the exchange. */
        REFUSED,
        NO_ANSWER,
        RENEWAL_FAILED,
        FULL,
        HELD_TOO_LONG,
        RENEWED,
        SKIPPED,
        /** A block has started as often as it may, and did not get to its end in one generation. */
        RESTARTED
    }

    enum LogIn {
        SUCCEEDS,
        FATAL,
        TRANSIENT,
        /** Never ends before the renewal's time is up, and posts on afterwards. */
        HANGS
    }

    /** What happens in one run; the defaults are a site without limits, where all goes well. */
    static final class World {
        long seed;
        int exchanges = 200;
        int concurrency = 16;
        int resumeConcurrency = 16;
        TestGates.Rules rules = TestGates.rules();
        /** How many requests the site accepts in one session, 0 for any number. */
        int siteLimit;

        double forbidden;
        double posts;
        double unanswered;
        /** How often a proxy fails: the request does not reach the site. */
        double lost;
        /** How often a log-in is lost like that. */
        double lostLogIns;

        double clears;
        double explicitRenewals;
        /** How often somebody says that the session is over. */
        double ends;
        /** How many exchanges cannot renew the session. */
        double plain;
        /** Whether a renewal waits for the requests on the wire. */
        boolean drains;
        /** How often the site forgets a session by itself, per request. */
        double expiries;

        boolean everythingRefused;
        /** Forbidden pages in this order, again and again, such as "ffo": instead of by chance. */
        String pattern = "";
        /** How many different pages there are, 0 for as many as exchanges. */
        int pages;
        /** How many pages take 15 s. */
        double slow;
        /** How often a check gets no answer. */
        double unansweredChecks;
        /** How often the site asks to be left alone for a while, instead of an answer. */
        double blocks;
        /** How many exchanges are blocks of up to five pages in one generation. */
        double pinned;
        /** How many blocks have the session to themselves. */
        double exclusive;

        Map<LogIn, Double> logIns = new EnumMap<>(Map.of(LogIn.SUCCEEDS, 1.0));
        Duration holdTimeout = Duration.ofHours(24);
        Duration renewalTimeout = Duration.ofSeconds(45);
        /** What an exchange does between its end and the next one of the same caller. */
        Duration pause = Duration.ZERO;
        /** The mean of a way there or back with an exponential distribution, 0 for 20 to 80 ms. */
        int meanMillis;

        private int there(Random random) {
            return meanMillis == 0
                    ? 20 + random.nextInt(60)
                    : (int) Math.round(-Math.log(1 - random.nextDouble()) * meanMillis);
        }
    }

    /** An exchange, with what its caller keeps of it. */
    private static final class Call extends Passage {
        final int ticket;
        final boolean endures;
        boolean forbidden;
        boolean post;
        boolean asks;
        Generation observed;
        boolean queued;
        boolean parked;
        boolean resumed;
        boolean keepsStaleAnswer;
        Instant deadline;
        int acceptedBySite;
        int page;
        boolean slow;
        /** What it is a call of, or stands for, null for neither. */
        Block block;
        /** Whether it stands for a block that wants the session to itself. */
        boolean enters;

        Outcome outcome;

        Call(int ticket, TestGates.Rules wishes, boolean plain) {
            super(wishes.renews() && !plain, wishes.renewsFirst(), wishes.maxReplays());
            this.ticket = ticket;
            this.endures = wishes.endures();
        }

        @Override
        protected boolean endures() {
            return endures;
        }

        @Override
        protected int target() {
            return 1 + page;
        }
    }

    /** Calls that have to be made in one generation, one after the other; from the first again when they were not. */
    private static final class Block {
        final int[] pages;
        final Call alone; // by which it has the session to itself, else null
        final Set<Generation> served = Collections.newSetFromMap(new IdentityHashMap<>()); // of its run
        Pin pin;
        int made;
        int restarts;
        boolean forbidden;
        boolean ended;

        Block(int[] pages, Call alone) {
            this.pages = pages;
            this.alone = alone;
        }
    }

    /** One renewal, with all its attempts. */
    private static final class Renewal {
        RenewalToken token;
        Call asker;
        Instant deadline;
        boolean over;
        int lost;
    }

    private record Event(Instant at, long number, Runnable action) {}

    private static final long DRAIN_TIMEOUT = 100;
    private static final int MAX_RESTARTS = 20;

    private final World world;
    private final GateRules rules;
    private final Random random;
    private final boolean[] forbiddenPages;
    private final TestGates.Clock clock = new TestGates.Clock();
    final RenewalGate gate;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::number));
    private long eventNumber;

    // the caller
    private final TreeSet<Call> queue = new TreeSet<>(Comparator.comparingInt(call -> call.ticket));
    private final List<Call> calls = new ArrayList<>();
    private final List<RenewalToken> tokens = new ArrayList<>();
    private final List<Block> blocks = new ArrayList<>();
    private int arrived;
    private int onTheWire;
    private Block owner; // of the session, while a block has it to itself
    private int resuming;
    private Renewal draining;
    private Generation current;
    private final Map<Generation, Boolean> installed = new IdentityHashMap<>();

    // the site
    private final Map<Generation, Integer> sessions = new HashMap<>();

    // figures
    final List<Instant> logIns = new ArrayList<>();
    int refusedBySite;
    long longestSuspicion;
    int checks;
    final Map<Outcome, Integer> good = new EnumMap<>(Outcome.class);
    final Map<Outcome, Integer> forbidden = new EnumMap<>(Outcome.class);

    GateSimulation(World world) {
        this.world = world;
        this.random = new Random(world.seed);
        this.rules = world.rules.build();
        this.forbiddenPages = new boolean[world.pages > 0 ? world.pages : world.exchanges];
        for (int page = 0; page < forbiddenPages.length; page++) {
            forbiddenPages[page] = world.pattern.isEmpty()
                    ? chance(world.forbidden)
                    : world.pattern.charAt(page % world.pattern.length()) == 'f';
        }
        this.gate = TestGates.gate(rules, clock);
        this.current = gate.open(null).generation();
        installed.put(current, true);
        if (!world.rules.renews()) {
            sessions.put(current, 0);
        }
    }

    GateSimulation run() {
        for (int i = 0; i < Math.min(world.concurrency, world.exchanges); i++) {
            later(random.nextInt(20), this::arrive);
        }
        for (Event event = events.poll(); event != null; event = events.poll()) {
            clock.set(event.at());
            event.action().run();
            check(eventNumber < 500_000, "an end");
            checkAlways();
        }
        checkAtTheEnd();
        return this;
    }

    // ---- the caller

    private void arrive() {
        if (arrived >= world.exchanges) {
            return;
        }
        arrived++;
        boolean block = chance(world.pinned);
        Call call = call(world.pages > 0 ? random.nextInt(world.pages) : arrived - 1);
        call.asks = !block && chance(world.explicitRenewals);
        call.observed = call.asks && random.nextBoolean() ? current : null;
        if (chance(world.clears)) {
            others(gate.clear(null));
        }
        if (chance(world.ends)) {
            gate.expire();
        }
        if (block) {
            int[] pages =
                    random.ints(1 + random.nextInt(5), 0, forbiddenPages.length).toArray();
            arrive(new Block(pages, chance(world.exclusive) ? call : null));
        } else {
            ask(call, false);
        }
    }

    private Call call(int page) {
        Call call = new Call(calls.size(), world.rules, chance(world.plain));
        calls.add(call);
        call.page = page;
        call.forbidden = forbiddenPages[call.page];
        call.slow = chance(world.slow);
        call.post = chance(world.posts);
        call.deadline = clock.instant().plus(world.holdTimeout);
        return call;
    }

    // ---- blocks

    private void arrive(Block block) {
        blocks.add(block);
        if (block.alone == null) {
            calls.remove(calls.size() - 1);
            start(block);
        } else {
            block.alone.block = block;
            block.alone.enters = true;
            ask(block.alone, false);
        }
    }

    private void start(Block block) {
        block.pin = block.pin == null ? new Pin(TestGates.KEY, block.alone) : block.pin.again(block.alone);
        block.made = 0;
        block.served.clear();
        next(block);
    }

    private void next(Block block) {
        Call call = call(block.pages[block.made]);
        call.block = block;
        call.bind(block.pin);
        block.forbidden |= call.forbidden;
        ask(call, false);
    }

    /** One of its calls was not sent, because it would have been in another generation. */
    private void startAgain(Call leftOut) {
        Block block = leftOut.block;
        assertThat(block.pin.isBroken()).isTrue();
        over(leftOut, Outcome.SKIPPED);
        block.pin.end();
        if (++block.restarts > MAX_RESTARTS) {
            end(block, Outcome.RESTARTED);
        } else {
            start(block);
        }
    }

    private void goOn(Block block, Call answered) {
        if (answered.outcome != Outcome.OK) {
            end(block, answered.outcome);
            return;
        }
        block.served.add(answered.generation());
        assertThat(block.served).as("a run of a block is in one generation").hasSize(1);
        if (++block.made < block.pages.length) {
            later(world.there(random), () -> next(block));
        } else {
            end(block, Outcome.OK);
        }
    }

    private void end(Block block, Outcome outcome) {
        assertThat(block.ended).as("a block ends once").isFalse();
        block.ended = true;
        if (block.pin != null) {
            block.pin.end();
        }
        if (owner == block) {
            owner = null;
        }
        if (block.alone != null) {
            if (block.alone.outcome == null) {
                over(block.alone, outcome);
            }
            others(gate.left(block.alone));
        }
        (block.forbidden ? forbidden : good).merge(outcome, 1, Integer::sum);
        later(world.pause.toMillis(), this::arrive);
    }

    private void enter(Call call) {
        if (call.block.ended) {
            return;
        }
        Verdict verdict = gate.enter(call);
        switch (verdict.action()) {
            case SKIP -> {
                assertThat(owner).as("one block at a time has the session").isNull();
                assertThat(onTheWire).as("ordinary requests on the wire").isZero();
                owner = call.block;
                start(call.block);
            }
            case PARK -> {
                call.parked = true;
                at(call.deadline, () -> timeOut(call));
            }
            case ADMIT_AGAIN -> later(0, () -> ask(call, false));
            default -> throw new AssertionError(verdict.action());
        }
        others(verdict);
    }

    // ---- what the gate says

    private void ask(Call call, boolean released) {
        if (call.enters) {
            enter(call);
        } else if (call.asks) {
            Verdict verdict = gate.renew(call, call.observed, null);
            RenewalToken mine = verdict.renewal();
            if (verdict.action() == Action.SEND) {
                assertThat(mine).isNotNull();
                others(verdict);
                renewal(mine, call);
                return;
            }
            perform(call, verdict);
        } else {
            perform(call, gate.admit(call, released, null));
        }
    }

    private void perform(Call call, Verdict verdict) {
        switch (verdict.action()) {
            case SEND -> send(call, verdict.generation());
            case HOLD -> hold(call);
            case PARK -> {
                call.parked = true;
                at(call.deadline, () -> timeOut(call));
            }
            case ADMIT_AGAIN -> later(0, () -> ask(call, false));
            case REPLAY_STALE -> {
                call.keepsStaleAnswer = true;
                later(0, () -> ask(call, false));
            }
            case SKIP -> {
                if (call.block != null) {
                    freeWorker(call);
                    startAgain(call);
                } else {
                    end(call, Outcome.SKIPPED);
                }
            }
            case FAIL ->
                end(
                        call,
                        switch (verdict.failure().kind()) {
                            case RENEWAL_FAILED -> Outcome.RENEWAL_FAILED;
                            case FULL -> Outcome.FULL;
                            default -> throw new AssertionError(verdict.action());
                        });
            default -> throw new AssertionError(verdict.action());
        }
        others(verdict);
    }

    private void others(Verdict verdict) {
        if (verdict.renewal() != null
                && verdict.generation() != verdict.renewal().pending()) {
            if (!tokens.contains(verdict.renewal())) {
                renewal(verdict.renewal(), null);
            } else if (draining != null) { // else it did not want to wait that long
                logIn(draining);
            }
        }
        for (Passage other : verdict.standing()) {
            Call call = unpark(other);
            later(0, () -> end(call, Outcome.REFUSED));
        }
        for (Passage other : verdict.again()) {
            Call call = unpark(other);
            later(0, () -> ask(call, false));
        }
        if (verdict.release()) {
            later(0, this::release);
        }
        if (verdict.check()) {
            later(0, this::check);
        }
        if (verdict.wakeAfter() > 0) {
            later(verdict.wakeAfter(), () -> others(gate.wake()));
        }
        if (gate.open(null).generation() != current) {
            current = gate.open(null).generation();
            assertThat(installed.put(current, true))
                    .as("a jar serves one generation")
                    .isNull();
        }
    }

    private Call unpark(Passage other) {
        Call call = (Call) other;
        assertThat(call.parked).as("only parked ones are judged").isTrue();
        call.parked = false;
        return call;
    }

    private void hold(Call call) {
        queue.add(call);
        call.queued = true;
        at(call.deadline, () -> timeOut(call));
        if (!gate.holding(call)) {
            later(0, this::release);
        }
    }

    private void timeOut(Call call) {
        if (call.outcome != null || clock.instant().isBefore(call.deadline) || !(call.queued || call.parked)) {
            return;
        }
        boolean answered = call.parked && !call.enters;
        queue.remove(call);
        call.queued = false;
        call.parked = false;
        if (!call.enters) { // else when its block has ended
            others(gate.left(call));
        }
        end(call, answered ? Outcome.REFUSED : Outcome.HELD_TOO_LONG);
    }

    /** What the workers do: as many at once as may be, the oldest first; nobody stands before the calls of an owner. */
    private void release() {
        for (Call next = next(); next != null; next = next()) {
            queue.remove(next);
            next.queued = false;
            next.resumed = true;
            resuming++;
            ask(next, true);
            if (next.resumed && next.place != Passage.Place.SENT) {
                freeWorker(next);
            }
        }
    }

    private Call next() {
        if (resuming >= world.resumeConcurrency || queue.isEmpty()) {
            return null;
        }
        Call oldest = queue.first();
        return gate.holding(oldest)
                ? queue.stream()
                        .filter(call -> call.block != null && call.block == owner && !gate.holding(call))
                        .findFirst()
                        .orElse(null)
                : oldest;
    }

    private void freeWorker(Call call) {
        if (call.resumed) {
            call.resumed = false;
            resuming--;
            later(0, this::release);
        }
    }

    private void send(Call call, Generation generation) {
        int there = world.there(random);
        int back = world.there(random);
        assertThat(owner == null || owner == call.block)
                .as("nobody else is sent while a block has the session")
                .isTrue();
        onTheWire++;
        later(there, () -> {
            boolean lost = chance(world.lost);
            boolean blocked = !lost && chance(world.blocks);
            boolean accepted = !lost && !blocked && siteAccepts(call, generation);
            boolean unanswered = chance(world.unanswered);
            later(back + (call.slow && accepted ? 15_000 : 0), () -> {
                onTheWire--;
                Verdict verdict;
                if (blocked) {
                    verdict = gate.blocked(call, Duration.ofMillis(1 + random.nextInt(3_000)));
                    deliver(call, verdict, Outcome.REFUSED);
                } else if (lost) {
                    verdict = gate.lost(call, true);
                    deliver(call, verdict, Outcome.NO_ANSWER);
                } else if (unanswered) {
                    verdict = gate.unanswered(call);
                    deliver(call, verdict, Outcome.NO_ANSWER);
                } else if (accepted) {
                    verdict = gate.accepted(call, !call.post);
                    deliver(call, verdict, Outcome.OK);
                } else {
                    refusedBySite++;
                    verdict = gate.refused(call);
                    deliver(call, verdict, Outcome.REFUSED);
                }
                freeWorker(call);
            });
        });
    }

    private void deliver(Call call, Verdict verdict, Outcome outcome) {
        if (verdict.action() == Action.DELIVER) {
            end(call, outcome);
            others(verdict);
        } else {
            perform(call, verdict);
        }
    }

    private void end(Call call, Outcome outcome) {
        over(call, call.keepsStaleAnswer ? Outcome.OK : outcome);
        if (call.enters) {
            end(call.block, outcome);
            return;
        }
        if (call.block != null) {
            goOn(call.block, call);
            return;
        }
        (call.forbidden ? forbidden : good).merge(call.outcome, 1, Integer::sum);
        later(world.pause.toMillis(), this::arrive);
    }

    private void over(Call call, Outcome outcome) {
        assertThat(call.outcome).as("an exchange ends once").isNull();
        if (call.resumed && call.place != Passage.Place.SENT) {
            freeWorker(call);
        }
        longestSuspicion = Math.max(longestSuspicion, call.suspectedMillis);
        call.outcome = outcome;
    }

    // ---- the site

    private void check() {
        Passage check = world.rules.passage();
        Verdict verdict = gate.check(check);
        if (verdict.action() == Action.SEND) {
            checks++;
            later(world.there(random), () -> {
                Boolean alive =
                        chance(world.unansweredChecks) ? null : Boolean.valueOf(siteServes(verdict.generation()));
                later(world.there(random), () -> others(gate.checked(check, alive)));
            });
        }
        others(verdict);
    }

    private boolean siteServes(Generation generation) {
        return sessions.containsKey(generation)
                && (sessions.merge(generation, 1, Integer::sum) <= world.siteLimit || world.siteLimit == 0);
    }

    private boolean siteAccepts(Call call, Generation generation) {
        if (chance(world.expiries)) {
            sessions.remove(generation);
        }
        boolean accepted = siteServes(generation) && !call.forbidden && !world.everythingRefused;
        call.acceptedBySite += accepted ? 1 : 0;
        return accepted;
    }

    // ---- renewals

    private void renewal(RenewalToken token, Call asker) {
        Renewal renewal = new Renewal();
        renewal.asker = asker;
        renewal.deadline = clock.instant().plus(world.renewalTimeout);
        attempt(renewal, token, 0);
        at(renewal.deadline, () -> {
            if (!renewal.over) {
                ended(renewal, gate.failed(renewal.token, false, new IllegalStateException("timeout")));
            }
        });
    }

    private void attempt(Renewal renewal, RenewalToken token, int backoff) {
        renewal.token = token;
        tokens.add(token);
        later(backoff, () -> {
            if (renewal.over) {
                return;
            }
            if (world.drains && !gate.drained(token)) {
                draining = renewal;
                later(DRAIN_TIMEOUT, () -> {
                    if (draining == renewal && !renewal.over && renewal.token == token) {
                        logIn(renewal);
                    }
                });
            } else {
                logIn(renewal);
            }
        });
    }

    private void logIn(Renewal renewal) {
        draining = null;
        if (renewal.lost < 3 && chance(world.lostLogIns)) {
            renewal.lost++;
            lose(renewal, renewal.token);
            return;
        }
        logIns.add(clock.instant());
        LogIn kind = logIn();
        int steps = 1 + random.nextInt(3);
        step(renewal, renewal.token, kind, steps, kind == LogIn.HANGS ? 60_000 : 50 + random.nextInt(100));
    }

    /** The proxy of the profile fails; the next attempt has another one. */
    private void lose(Renewal renewal, RenewalToken token) {
        Passage passage = world.rules.passage();
        gate.admit(passage, false, token);
        later(50, () -> {
            assertThat(gate.lost(passage, true).action()).isEqualTo(Action.DELIVER);
            boolean again = clock.instant().isBefore(renewal.deadline) && renewal.asker == null;
            ended(renewal, gate.lost(token, again, new IllegalStateException("proxy")));
        });
    }

    private void step(Renewal renewal, RenewalToken token, LogIn kind, int steps, int delay) {
        Passage passage = world.rules.passage();
        Verdict verdict = gate.admit(passage, false, token);
        if (token.state() == RenewalToken.State.REVOKED) {
            assertThat(verdict.failure().kind()).isEqualTo(GateFailure.Kind.REVOKED);
            assertThat(gate.clear(token).failure().kind()).isEqualTo(GateFailure.Kind.REVOKED);
            return;
        }
        assertThat(verdict.generation()).isSameAs(token.pending());
        later(delay, () -> {
            assertThat(gate.accepted(passage, true).action()).isEqualTo(Action.DELIVER);
            if (steps > 1) {
                step(renewal, token, kind, steps - 1, delay);
            } else if (kind == LogIn.SUCCEEDS || kind == LogIn.HANGS) {
                sessions.put(token.pending(), 0);
                long before = gate.stats().renewals();
                Verdict end = gate.succeeded(token);
                assertThat(gate.stats().renewals() - before).isEqualTo(end.release() ? 1 : 0);
                ended(renewal, end);
            } else {
                boolean again = kind == LogIn.TRANSIENT && clock.instant().isBefore(renewal.deadline);
                ended(renewal, gate.failed(token, again && renewal.asker == null, new IllegalStateException("log-in")));
            }
        });
    }

    private void ended(Renewal renewal, Verdict verdict) {
        if (verdict.renewal() != null) {
            attempt(renewal, verdict.renewal(), 1_000);
            return;
        }
        if (!verdict.release()) {
            assertThat(renewal.over).as("only late ends are dropped").isTrue();
            return;
        }
        renewal.over = true;
        others(verdict);
        if (renewal.asker != null) {
            boolean failed = renewal.token.state() == RenewalToken.State.REVOKED;
            end(renewal.asker, failed ? Outcome.RENEWAL_FAILED : Outcome.RENEWED);
        }
    }

    private LogIn logIn() {
        double at = random.nextDouble();
        for (Map.Entry<LogIn, Double> entry : world.logIns.entrySet()) {
            at -= entry.getValue();
            if (at < 0) {
                return entry.getKey();
            }
        }
        return LogIn.SUCCEEDS;
    }

    // ---- what must hold

    private void checkAlways() {
        SessionStats stats = gate.stats();
        tokens.removeIf(token -> token.state() != RenewalToken.State.LIVE);
        check(tokens.size() == (stats.state().equals("RENEWING") ? 1 : 0), "one live token while renewing");
        check(resuming >= 0 && resuming <= world.resumeConcurrency, "resumeConcurrency");
        check(gate.memory().suspects.size() == 0 || stats.state().equals("ACTIVE"), "suspects outside ACTIVE");
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private void checkAtTheEnd() {
        SessionStats stats = gate.stats();
        assertThat(arrived).isEqualTo(world.exchanges);
        assertThat(calls).allMatch(call -> call.outcome != null);
        assertThat(blocks).allMatch(block -> block.ended);
        assertThat(gate.isExclusive()).as("closed by a block").isFalse();
        assertThat(onTheWire).as("on the wire").isZero();
        assertThat(stats.held()).as("held").isZero();
        assertThat(gate.memory().suspects.size()).as("suspects").isZero();
        assertThat(stats.inFlight()).as("in flight").isZero();
        assertThat(resuming).as("busy workers").isZero();
        assertThat(queue).isEmpty();
        assertThat(stats.state()).isNotEqualTo("RENEWING");
        assertThat(longestSuspicion)
                .as("a suspect waits")
                .isLessThanOrEqualTo(checks > 0 ? 5_000 : GateRules.PATIENCE_MILLIS + 10);
        assertThat(stats.longestHold()).isLessThanOrEqualTo(world.holdTimeout);
        assertThat(stats.refused()).isEqualTo(refusedBySite);
        assertThat(calls)
                .as("a request with side effects is accepted once")
                .noneMatch(call -> call.post && call.acceptedBySite > 1);
        assertThat(calls)
                .as("what the site accepted is delivered")
                .noneMatch(call -> call.post && call.acceptedBySite == 1 && call.outcome == Outcome.REFUSED);
        double works = world.logIns.getOrDefault(LogIn.SUCCEEDS, 0.0);
        boolean vain = works == 1 && world.everythingRefused && !rules.checks(); // a check tells which ones are needed
        if (!rules.cooldown().isZero() && (works == 0 || vain)) {
            // a limit or a clear may end a generation before the answers come that show that its renewal was barren
            boolean limits = world.ends > 0
                    || world.lost > 0
                    || rules.maxUses() > 0
                    || !rules.maxAge().isZero()
                    || !rules.maxIdle().isZero();
            int calls = world.pinned > 0 ? 2 * world.concurrency : world.concurrency; // blocks do not pause in between
            long unseen = limits || world.clears > 0 ? calls + rules.renewalAttempts() + stats.blocked() : 0;
            assertThat((long) logInsPerCooldown()).isLessThanOrEqualTo(Math.max(3, rules.renewalAttempts()) + unseen);
        }
        gate.endCooldown();
        assertThat(gate.close()).as("an idle session may be evicted").isTrue();
    }

    /** The most log-ins that were made within one cool-down. */
    int logInsPerCooldown() {
        int most = 0;
        if (rules.cooldown().isZero()) {
            return logIns.size();
        }
        for (int i = 0, first = 0; i < logIns.size(); i++) {
            while (!logIns.get(i).isBefore(logIns.get(first).plus(rules.cooldown()))) {
                first++;
            }
            most = Math.max(most, i - first + 1);
        }
        return most;
    }

    int good(Outcome outcome) {
        return good.getOrDefault(outcome, 0);
    }

    /** Exchanges that asked for a page that the site has for them, and did not get it. */
    int lost() {
        return good.values().stream().mapToInt(Integer::intValue).sum() - good(Outcome.OK);
    }

    // ---- time

    private boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    private void later(long millis, Runnable action) {
        at(clock.instant().plusMillis(millis), action);
    }

    private void at(Instant time, Runnable action) {
        Instant now = clock.instant();
        events.add(new Event(time.isBefore(now) ? now : time, eventNumber++, action));
    }
}
