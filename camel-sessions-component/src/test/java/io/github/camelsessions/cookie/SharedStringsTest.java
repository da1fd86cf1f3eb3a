/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SharedStringsTest {

    @Test
    void anEqualStringIsTheSameOneAfterwards() {
        String first = SharedStrings.share(fresh("portal.example"));

        assertThat(SharedStrings.share(fresh("portal.example"))).isSameAs(first);
    }

    @Test
    void aStringThatPushesAnotherOutIsStillItself() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(SharedStrings.share(fresh("host" + i))).isEqualTo("host" + i);
        }
    }

    @Test
    void aLongStringIsNotKept() {
        String longText = "x".repeat(101);
        SharedStrings.share(longText);

        String equal = fresh(longText);
        assertThat(SharedStrings.share(equal)).isSameAs(equal);
    }

    private static String fresh(String text) {
        return new StringBuilder(text).toString();
    }
}
