/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import io.github.camelsessions.api.PoolStats;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.pool.Claim.Refusal;
import io.github.camelsessions.internal.session.SessionClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntUnaryOperator;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one door of a pool of sessions: gives sessions to exchanges, in the order in which these came, retires sessions, and
 * says when a new one is to be made. One method for each event; each returns a {@link PoolVerdict} that the caller acts on
 * after the lock was let go. Nothing is called out under the lock.
 *
 * <pre>
 * event              | CREATING                  | LIVE                               | RETIRED        | CLOSING
 * -------------------+---------------------------+------------------------------------+----------------+--------
 * ask                | the exchange waits; if more wait than are being created, and there is room, and no
 *                    | log-in failed of late: a new member, CREATING, or LIVE when its first use creates it
 * ask for this one   | as ask                    | given if it is ready; else waits   | as ask         | as ask
 *                    |                           | for it                             |                |
 * created            | -> LIVE, given to whoever | -                                  | -              | -
 *                    | waits; asked to retire    |                                    |                |
 *                    | meanwhile: -> CLOSING     |                                    |                |
 * not created        | -> CLOSING, back off      | -                                  | -              | -
 * sent               | -                         | a use more; in another generation: | a use more     | -
 *                    |                           | its first, and it is young again   |                |
 * rest               | -                         | not ready for a while              | -              | -
 * done, good         | -                         | score down; to the next            | as done        | -
 * done, bad          | -                         | score up; too high: retire         | as done        | -
 * done, blocked      | -                         | retire; again and again without a  | as done        | -
 *                    |                           | good answer between: back off      |                |
 * done, expired      | -                         | retire; renewed in vain: back off  | as done        | -
 * done               | -                         | uses spent: retire. Else given to  | nobody uses it:| -
 *                    |                           | the next, at once or after minDelay| -> CLOSING     |
 * retire             | asked to retire           | used: -> RETIRED; else -> CLOSING; | -              | -
 *                    |                           | who waits for it waits for any     |                |
 * too old            | -                         | retire                             | -              | -
 * mark good, bad     | -                         | as an answer                       | -              | -
 * closed             | -                         | -                                  | -              | gone: room for a new one
 * </pre>
 *
 * A member is ready when it is LIVE, has room for one more exchange and one more use, and its last use began long enough
 * ago. Nobody who could be given a ready member waits. Whoever waits for one member stands in its line, all others in that
 * of the pool; a member goes to whoever came first among both.
 *
 * <p>To back off: no log-in for the cool-down, which doubles with each failure in a row, then one at a time until one
 * succeeds, as at the beginning. Meanwhile those who wait go on waiting as long as there is a LIVE member; if not, they are
 * refused, but for those that endure. An expired session is not renewed then, but retired: else each of them would try the log-in that has failed.
 * Where sessions log in after their first use, one session at a time may renew, the trial, until one has got a good answer.
 *
 * <p>An error, of a heap that is exhausted or any other, tears a gate: its verdict is lost, or what it says is not done. A second
 * later at most it is mended, see {@link #mend}.
 *
 * <p>Times are taken from an injected clock, monotonic ones but for what is told, chance from an injected source. Thread-safe.
 */
final class PoolGate {

    private final SessionKey key;
    private final PoolRules rules;
    private final SessionClock clock;
    private final ReentrantLock lock = new ReentrantLock();

    // all below is guarded by lock
    private final TreeMap<Long, Member> members = new TreeMap<>(); // all that are not gone
    private final ReadyMembers ready;
    private final TreeSet<Member> resting = new TreeSet<>(
            Comparator.comparingLong((Member member) -> member.notBeforeMillis).thenComparingLong(m -> m.number));
    private final TreeSet<Member> byAge = new TreeSet<>(
            Comparator.comparingLong((Member member) -> member.bornMillis).thenComparingLong(m -> m.number));
    private final PoolLine line = new PoolLine();
    private final List<Claim> orphans = new ArrayList<>(); // waited for a member that this event has retired
    private PoolVerdict verdict = new PoolVerdict();
    private volatile boolean torn; // by an error, and not mended since
    private boolean stopped;
    private long lastNumber;
    private int live;
    private int creating;
    private int idle; // live and not in use
    private int inUse; // members that are, retired ones included
    private final LogInBackOff backOff;

    // counts
    private long created;
    private long uses;
    private long blocked;
    private long replayed;
    private long loginsFailed;
    private long longestWait;
    private final EnumMap<RetireCause, Long> retired = new EnumMap<>(RetireCause.class);

    /**
     * @param key    the pool's site and name
     * @param random gives a number from 0 to below its argument
     */
    PoolGate(SessionKey key, PoolRules rules, SessionClock clock, IntUnaryOperator random) {
        this.key = key;
        this.rules = rules;
        this.clock = clock;
        this.ready = new ReadyMembers(rules.strategy(), random);
        this.backOff = new LogInBackOff(rules.gate(), clock);
    }

    // ---- exchanges

    /** An exchange asks for a session. What it is told stands in the claim. */
    PoolVerdict ask(Claim claim) {
        return deciding(now -> {
            claim.waitingSinceMillis = now;
            claim.state = Claim.State.WAITING;
            enter(claim, now);
            grow(now);
            claim.crowded = claim.state == Claim.State.WAITING
                    && line.size() > rules.gate().maxHeld();
            if (claim.crowded && claim.failsWhenFull) {
                withdraw(claim, now);
                refuse(claim, new Refusal(true, line.size(), null, null));
            }
        });
    }

    /** An exchange waits no more. One that has been given a session meanwhile keeps it. */
    PoolVerdict left(Claim claim) {
        return deciding(now -> {
            if (claim.state == Claim.State.WAITING) {
                withdraw(claim, now);
                claim.state = Claim.State.ENDED;
            }
        });
    }

    /**
     * The request of an exchange leaves, for the first time or again in the same session.
     *
     * @param generation what it is sent in
     */
    PoolVerdict sent(Claim claim, Object generation) {
        return deciding(now -> {
            Member member = member(claim);
            ready.remove(member);
            if (!claim.sent) {
                claim.sent = true;
                member.reserved--;
            }
            if (member.generation != generation) {
                if (member.generation != null) { // it was renewed
                    member.uses = 0;
                    born(member, now);
                }
                member.generation = generation;
            }
            member.uses++;
            uses++;
            place(member, now);
        });
    }

    /** A further request of an exchange, such as a followed redirect. */
    PoolVerdict sentAgain(Claim claim) {
        return deciding(now -> {
            Member member = member(claim);
            ready.remove(member);
            member.uses++;
            uses++;
            place(member, now);
        });
    }

    /** The site wants to be left alone by the exchange's session for a while: nobody else is given it. */
    PoolVerdict rest(Claim claim, Duration time) {
        return deciding(now -> {
            Member member = member(claim);
            ready.remove(member);
            resting.remove(member); // before that changes by which it is found there
            member.notBeforeMillis = Math.max(member.notBeforeMillis, now + time.toMillis());
            place(member, now);
        });
    }

    /**
     * An exchange gives its session back.
     *
     * @param replayed whether it will ask for another one
     * @param cause    why the session could not be renewed, null when nobody tried
     */
    PoolVerdict done(Claim claim, Outcome outcome, boolean replayed, @Nullable Throwable cause) {
        return deciding(now -> {
            Member member = member(claim);
            claim.state = Claim.State.ENDED;
            this.replayed += replayed ? 1 : 0;
            if (!claim.sent) {
                member.reserved--;
            }
            if (--member.inUse == 0) {
                inUse--;
                idle += member.state == Member.State.LIVE ? 1 : 0;
            }
            judge(member, outcome, cause, now);
            if (isSpent(member)) {
                retire(member, RetireCause.maxUses);
            }
            if (member.state == Member.State.RETIRED && member.inUse == 0) {
                close(member);
            }
            place(member, now);
        });
    }

    private void judge(Member member, Outcome outcome, @Nullable Throwable cause, long now) {
        switch (outcome) {
            case GOOD -> {
                if (!member.good) { // what an older session is answered tells nothing of new ones
                    member.good = true;
                    backOff.good(member);
                }
                score(member, -rules.errorScoreDecrement());
            }
            case BAD -> score(member, 1);
            case BLOCKED -> {
                blocked++;
                boolean isNew = member.state == Member.State.LIVE && !member.good && rules.logsIn();
                retire(member, RetireCause.blocked);
                Throwable why = isNew ? backOff.blocked() : null;
                if (why != null) {
                    backOff(why, now);
                }
            }
            case EXPIRED -> {
                if (member.state == Member.State.LIVE) {
                    retire(member, RetireCause.expired);
                    if (cause != null) {
                        loginsFailed++;
                        backOff(cause, now);
                    }
                }
            }
            case NEUTRAL -> {}
        }
    }

    private void score(Member member, double change) {
        member.score = Math.max(0, member.score + change);
        if (member.score >= rules.maxErrorScore()) {
            retire(member, RetireCause.errorScore);
        }
    }

    private boolean isSpent(Member member) {
        return rules.maxUses() > 0 && member.uses >= rules.maxUses();
    }

    private static Member member(Claim claim) {
        Member member = claim.member;
        if (member == null || claim.state != Claim.State.SERVED) {
            throw new IllegalStateException("an exchange reports on a session that it was not given");
        }
        return member;
    }

    // ---- members

    /** A member has logged in. */
    PoolVerdict created(Member member) {
        return deciding(now -> {
            if (!ended(member)) {
                return;
            }
            backOff.succeeded();
            if (member.state == Member.State.CREATING) {
                enliven(member, now);
            } else {
                close(member);
            }
        });
    }

    /** The log-in of a member has failed. */
    PoolVerdict notCreated(Member member, Throwable cause) {
        return deciding(now -> {
            if (!ended(member)) {
                return;
            }
            loginsFailed++;
            close(member);
            backOff(cause, now);
        });
    }

    /** Whether its log-in ends by that: after an error it may have been begun twice. */
    private boolean ended(Member created) {
        boolean first = created.creating;
        creating -= first ? 1 : 0;
        created.creating = false;
        return first;
    }

    /** A member is closed, and logged out if that was to be. */
    PoolVerdict closed(Member member) {
        return deciding(now -> members.remove(member.number));
    }

    /**
     * A route or an operator judges a member.
     *
     * @return null when there is no such member
     */
    @Nullable
    PoolVerdict mark(long number, boolean good) {
        return decidingOn(number, (member, now) -> {
            if (member.state == Member.State.LIVE) {
                score(member, good ? -rules.errorScoreDecrement() : 1);
            }
        });
    }

    /**
     * A member is to be retired.
     *
     * @return null when there is no such member
     */
    @Nullable
    PoolVerdict retire(long number) {
        return decidingOn(number, (member, now) -> {
            if (member.state == Member.State.CREATING) {
                member.state = Member.State.RETIRED; // closed as soon as it is created
                count(RetireCause.asked);
            } else {
                retire(member, RetireCause.asked);
            }
        });
    }

    /** Whether there is or was a member of this number. */
    boolean hasNumbered(long number) {
        return locked(() -> number > 0 && number <= lastNumber);
    }

    /** Time has passed; also to have the spare members made. */
    PoolVerdict wake() {
        return deciding(now -> {});
    }

    /** Log-ins that failed count no more. */
    PoolVerdict endCooldown() {
        return deciding(now -> backOff.forget());
    }

    /** No member is made from now on. */
    void stop() {
        deciding(now -> stopped = true);
    }

    /** Nobody comes any more, and its sessions are gone: those of the same names that a new pool makes are not its own. */
    void forget() {
        deciding(now -> {
            stopped = true;
            members.clear();
            count();
        });
    }

    // ---- what it shows

    PoolRules rules() {
        return rules;
    }

    SessionKey key() {
        return key;
    }

    /**
     * The sessions without which nothing would be lost with the pool. Null when there is more than that: somebody waits or has
     * a session, a log-in is under way or has failed of late, or sessions are kept ready.
     */
    @Nullable
    List<SessionKey> onlyMembers() {
        return locked(() -> {
            boolean more = rules.warm() > 0
                    || line.size() > 0
                    || backOff.isOn(clock.monotonicMillis())
                    || members.size() > idle;
            return more
                    ? null
                    : members.values().stream().map(member -> member.key).toList();
        });
    }

    /** The error score of a member, null when there is no such member. */
    @Nullable
    Double score(long number) {
        return locked(() -> {
            Member member = members.get(number);
            return member == null ? null : member.score;
        });
    }

    PoolStats stats() {
        return locked(() -> {
            long now = clock.monotonicMillis();
            Map<String, Long> causes = new HashMap<>();
            retired.forEach((cause, count) -> causes.put(cause.name(), count));
            long rested = resting.stream()
                    .takeWhile(member -> member.notBeforeMillis <= now)
                    .count();
            return new PoolStats(
                    key.site(),
                    key.id(),
                    live + creating,
                    ready.size() + (int) rested,
                    inUse,
                    creating,
                    members.size() - live - creating,
                    idle,
                    line.size(),
                    created,
                    uses,
                    Map.copyOf(causes),
                    blocked,
                    replayed,
                    loginsFailed,
                    Duration.ofMillis(longestWait),
                    backOff.isOn(now) ? backOff.ends(now) : null);
        });
    }

    // ---- deciding, under the lock

    private interface OnMember {
        void decide(Member member, long now);
    }

    private @Nullable PoolVerdict decidingOn(long number, OnMember decision) {
        return locked(() -> {
            Member member = members.get(number);
            return member == null ? null : deciding(now -> decision.decide(member, now));
        });
    }

    private <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    // ---- errors

    /** An error may have kept somebody from acting on a verdict: {@link #mend} is to be called. Needs no memory. */
    void tear() {
        torn = true;
    }

    boolean isTorn() {
        return torn;
    }

    /**
     * Undoes what an error has left half done: counts anew, puts each member where it belongs, and says again what nobody has
     * begun to do. Whoever waits and was told nothing asks his claim.
     */
    PoolVerdict mend() {
        return deciding(now -> {
            torn = false;
            count();
            for (Member member : List.copyOf(members.values())) {
                if (member.state == Member.State.LIVE) {
                    byAge.add(member);
                    place(member, now);
                } else if (member.state == Member.State.RETIRED && member.inUse == 0 && !member.creating) {
                    close(member);
                } else if (member.state == Member.State.CLOSING && !member.underWay) {
                    verdict.closing.add(member);
                }
                if (member.creating && !member.underWay) {
                    verdict.created.add(member);
                }
            }
        });
    }

    private void count() {
        live = 0;
        creating = 0;
        idle = 0;
        inUse = 0;
        line.count();
        ready.clear();
        for (Member member : members.values()) {
            member.index = -1;
            boolean lives = member.state == Member.State.LIVE;
            live += lives ? 1 : 0;
            idle += lives && member.inUse == 0 ? 1 : 0;
            inUse += member.inUse > 0 ? 1 : 0;
            creating += member.creating ? 1 : 0;
        }
        resting.clear();
        byAge.clear();
    }

    private PoolVerdict deciding(LongConsumer decision) {
        return locked(() -> {
            boolean done = false;
            try {
                PoolVerdict made = new PoolVerdict();
                verdict = made;
                long now = clock.monotonicMillis();
                sweep(now); // first: nobody is given a member that has become too old meanwhile
                decision.accept(now);
                enterOrphans(now);
                grow(now);
                refuseTheHopeless(now);
                made.wakeAtMillis = nextWake(now);
                done = true;
                return made;
            } finally {
                torn |= !done;
            }
        });
    }

    /** What the passing of time has brought. */
    private void sweep(long now) {
        if (!rules.maxAge().isZero()) {
            long old = now - rules.maxAge().toMillis();
            while (!byAge.isEmpty() && byAge.first().bornMillis <= old) {
                retire(byAge.first(), RetireCause.maxAge);
            }
        }
        enterOrphans(now);
        while (!resting.isEmpty() && resting.first().notBeforeMillis <= now) {
            place(resting.first(), now);
        }
    }

    /** Serves an exchange that waits, or puts it where it will be. */
    private void enter(Claim claim, long now) {
        Member wanted = wanted(claim);
        Member given = wanted == null ? ready.choose() : ready.contains(wanted) ? wanted : null;
        if (given != null) {
            give(claim, given, now);
            place(given, now);
        } else {
            line.add(claim, wanted == null ? null : claim.wanted);
        }
    }

    private void enterOrphans(long now) {
        orphans.forEach(claim -> enter(claim, now));
        orphans.clear();
    }

    /** The live member that it has to be, null when any will do. */
    private @Nullable Member wanted(Claim claim) {
        Member member = claim.wanted == null ? null : members.get(claim.wanted);
        return member != null && member.state == Member.State.LIVE ? member : null;
    }

    private void withdraw(Claim claim, long now) {
        longestWait = Math.max(longestWait, now - claim.waitingSinceMillis);
        line.remove(claim);
    }

    private void give(Claim claim, Member member, long now) {
        longestWait = Math.max(longestWait, now - claim.waitingSinceMillis);
        if (member.inUse++ == 0) {
            inUse++;
            idle--;
        }
        member.reserved++;
        member.notBeforeMillis = now + rules.minDelay().toMillis();
        claim.member = member;
        claim.mayRenew = backOff.mayRenew(member);
        claim.state = Claim.State.SERVED;
        ready.given(member);
        verdict.settled.add(claim);
    }

    private void refuse(Claim claim, Refusal why) {
        claim.refusal = why;
        claim.state = Claim.State.REFUSED;
        verdict.settled.add(claim);
    }

    /** Puts a member where it belongs: it goes to those who wait, or is ready, or rests, or is none of these. */
    private void place(Member member, long now) {
        ready.remove(member);
        resting.remove(member);
        while (member.state == Member.State.LIVE && hasRoom(member)) {
            if (member.notBeforeMillis > now) {
                resting.add(member);
                return;
            }
            Claim next = line.next(member.number);
            if (next == null) {
                ready.add(member);
                return;
            }
            resting.remove(member);
            give(next, member, now);
        }
    }

    private boolean hasRoom(Member member) {
        return (rules.maxConcurrent() == 0 || member.inUse < rules.maxConcurrent())
                && (rules.maxUses() == 0 || member.usesWithReserved() < rules.maxUses());
    }

    private void grow(long now) {
        if (stopped) {
            return;
        }
        if (rules.logsIn()) {
            int wanted = line.forAny().size() + Math.max(0, rules.warm() - idle);
            int allowed = backOff.allowed(rules.logins(), now);
            while (creating < wanted && creating < allowed && members.size() < rules.size()) {
                Member member = newMember();
                member.creating = true;
                creating++;
                verdict.created.add(member);
            }
        } else {
            while (!line.forAny().isEmpty() && members.size() < rules.size() && backOff.mayTry(now)) {
                Member member = newMember();
                backOff.tries(member);
                enliven(member, now);
            }
        }
    }

    private Member newMember() {
        long number = ++lastNumber;
        Member member = new Member(number, new SessionKey(key.site(), key.id() + "-" + number));
        members.put(number, member);
        return member;
    }

    private void enliven(Member member, long now) {
        member.state = Member.State.LIVE;
        live++;
        idle++;
        created++;
        born(member, now);
        place(member, now);
    }

    private void born(Member member, long now) {
        byAge.remove(member);
        member.bornMillis = now;
        if (member.state == Member.State.LIVE) {
            byAge.add(member);
        }
    }

    private void retire(Member member, RetireCause cause) {
        if (member.state != Member.State.LIVE) {
            return;
        }
        ready.remove(member);
        resting.remove(member);
        byAge.remove(member);
        member.state = Member.State.RETIRED;
        backOff.retired(member);
        live--;
        count(cause);
        if (member.inUse == 0) {
            idle--;
            close(member);
        }
        orphans.addAll(
                line.takeAll(member.number)); // not at once: what they are given may be retired by the same event
    }

    private void count(RetireCause cause) {
        retired.merge(cause, 1L, Long::sum);
    }

    private void close(Member member) {
        member.state = Member.State.CLOSING;
        member.generation = null;
        verdict.closing.add(member);
    }

    private void backOff(Throwable cause, long now) {
        if (backOff.failed(cause, now)) {
            verdict.backOff = cause;
        }
    }

    private void refuseTheHopeless(long now) {
        if (live > 0 || creating > 0 || !backOff.isOn(now)) {
            return;
        }
        Instant until = backOff.ends(now);
        int waiting = line.forAny().size();
        for (Iterator<Claim> first = line.forAny().iterator(); first.hasNext(); ) {
            Claim claim = first.next();
            if (!claim.endures) {
                Refusal why = new Refusal(false, waiting, until, backOff.failure());
                first.remove();
                longestWait = Math.max(longestWait, now - claim.waitingSinceMillis);
                refuse(claim, why);
            }
        }
    }

    private long nextWake(long now) {
        long next = PoolVerdict.NEVER;
        if (line.size() > 0 && !resting.isEmpty()) {
            next = resting.first().notBeforeMillis;
        }
        if (backOff.isOn(now) && (!line.forAny().isEmpty() || rules.warm() > idle)) {
            next = Math.min(next, backOff.untilMillis());
        }
        if (!rules.maxAge().isZero() && !byAge.isEmpty()) {
            next = Math.min(next, byAge.first().bornMillis + rules.maxAge().toMillis());
        }
        return next;
    }
}
