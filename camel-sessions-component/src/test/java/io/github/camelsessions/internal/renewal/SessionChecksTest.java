/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a session that is kept alive is asked for. */
class SessionChecksTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                0   | 500  | 500 | false
                100 | 99   | 500 | false
                100 | 100  | 100 | true
                100 | 500  | 99  | false
                100 | 1200 | 100 | true
                100 | 1300 | 100 | false
                """)
    void aSessionInUseIsAskedForOnceInKeepAlive(long keepAlive, long sinceUsed, long sinceAsked, boolean due) {
        assertThat(SessionChecks.isDue(keepAlive, sinceUsed, sinceAsked)).isEqualTo(due);
    }
}
