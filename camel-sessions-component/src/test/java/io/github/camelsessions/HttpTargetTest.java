/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpTargetTest {

    @ParameterizedTest
    @CsvSource({
        "https://portal.example, https://portal.example/",
        "https://portal.example:/a, https://portal.example/a",
        "https://portal.example:0443/a?b=c, https://portal.example:443/a?b=c",
        "https://[::1]:08443, https://[::1]:8443/",
        "https://[::0]/a, https://[::0]/a",
        "https://portal.example/a:01, https://portal.example/a:01"
    })
    void aTargetHasTheFormInWhichItIsSent(String given, String sent) {
        assertThat(HttpTarget.parse("httpUri", given)).hasToString(sent);
    }
}
