/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static io.github.camelsessions.internal.session.TestGates.START;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CooldownTest {

    private static final Throwable WRONG = new IllegalStateException("wrong password");

    private final GateRules rules = TestGates.rules()
            .cooldown(Duration.ofSeconds(30), Duration.ofSeconds(100))
            .build();
    private final TestGates.Clock clock = new TestGates.Clock();
    private final Cooldown cooldown = new Cooldown();

    private boolean isActive() {
        return cooldown.active(clock.monotonicMillis());
    }

    @Test
    void thereIsNoneAtFirst() {
        assertThat(isActive()).isFalse();
        assertThat(cooldown.retryAt()).isNull();
        assertThat(cooldown.cause()).isNull();
    }

    @Test
    void itLastsLongerWhenTheSiteAsksForThat() {
        cooldown.failed(WRONG, 3_600_000, clock, rules);
        assertThat(cooldown.retryAt()).isEqualTo(START.plusSeconds(3_600));
        cooldown.failed(WRONG, 59_000, clock, rules);
        assertThat(cooldown.retryAt()).as("that of the rules is longer").isEqualTo(START.plusSeconds(60));
    }

    @Test
    void itLastsAsLongAsTheRulesSay() {
        cooldown.failed(WRONG, 0, clock, rules);
        assertThat(cooldown.retryAt()).isEqualTo(START.plusSeconds(30));
        assertThat(cooldown.cause()).isSameAs(WRONG);
        clock.advanceMillis(29_999);
        assertThat(isActive()).isTrue();
        clock.advanceMillis(1);
        assertThat(isActive()).isFalse();
    }

    @Test
    void itDoublesWithEachFailureInARowUpToItsLongest() {
        for (int seconds : new int[] {30, 60, 100, 100}) {
            cooldown.failed(WRONG, 0, clock, rules);
            assertThat(cooldown.retryAt()).isEqualTo(clock.instant().plusSeconds(seconds));
            cooldown.end();
        }
        assertThat(cooldown.failures()).isEqualTo(4);
        cooldown.endRow();
        cooldown.failed(WRONG, 0, clock, rules);
        assertThat(cooldown.retryAt()).isEqualTo(clock.instant().plusSeconds(30));
    }

    @Test
    void itsEndIsNotTheEndOfTheRow() {
        cooldown.failed(WRONG, 0, clock, rules);
        cooldown.end();
        assertThat(isActive()).isFalse();
        assertThat(cooldown.retryAt()).isNull();
        assertThat(cooldown.cause()).isNull();
        assertThat(cooldown.failures()).isEqualTo(1);
    }

    @Test
    void whoeverSetsTheWallClockDoesNotEndIt() {
        AtomicReference<Instant> wall = new AtomicReference<>(START);
        SessionClock apart = new SessionClock() {
            @Override
            public Instant instant() {
                return wall.get();
            }

            @Override
            public long monotonicMillis() {
                return 5;
            }
        };
        cooldown.failed(WRONG, 0, apart, rules);
        wall.set(START.plus(Duration.ofDays(1)));
        assertThat(cooldown.active(apart.monotonicMillis())).isTrue();
        assertThat(cooldown.untilMillis()).isEqualTo(30_005);
    }
}
