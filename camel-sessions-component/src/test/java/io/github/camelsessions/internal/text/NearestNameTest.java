/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NearestNameTest {

    private static final List<String> KNOWN = List.of("name", "proxy", "userAgent", "headers", "account", "site", "id");

    @ParameterizedTest
    @CsvSource({
        "name, name",
        "nmae, name",
        "nam, name",
        "namee, name",
        "NAME, name",
        "proxi, proxy",
        "user_agent, userAgent",
        "USER-AGENT, userAgent",
        "usrAgnt, userAgent",
        "userAgnet, userAgent",
        "header, headers",
        "hedaer, headers",
        "acount, account",
        "idd, id"
    })
    void aSlipOfTheFingerIsNear(String written, String meant) {
        assertThat(NearestName.of(written, KNOWN)).isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "timeout", "size", "ab", "nose", "usr_gn", "pr", "headersheaders"})
    void anotherWordIsNotNear(String written) {
        assertThat(NearestName.of(written, KNOWN)).isNull();
    }

    @Test
    void nothingIsNearWhenNothingIsKnown() {
        assertThat(NearestName.of("name", List.of())).isNull();
    }

    @Test
    void theNearestOfSeveralWins() {
        assertThat(NearestName.of("maxIdlee", List.of("maxAgeee", "maxIdles", "maxIdle")))
                .isEqualTo("maxIdle");
        assertThat(NearestName.of("userAgents", List.of("aserAgent", "userAgent")))
                .isEqualTo("userAgent");
    }

    @Test
    void ofEquallyNearNamesTheFirstInTheAlphabetWins() {
        assertThat(NearestName.of("maxusess", List.of("maxusesb", "maxusesa", "maxusesc")))
                .isEqualTo("maxusesa");
    }
}
