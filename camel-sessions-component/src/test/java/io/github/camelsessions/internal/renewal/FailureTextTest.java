/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionSituation;
import java.io.IOException;
import java.util.Map;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.junit.jupiter.api.Test;

class FailureTextTest {

    private static final SessionSituation SITUATION = new SessionSituation(new SessionKey("", "anna"), 1, 2, null);

    private static HttpOperationFailedException answer(String location) {
        return new HttpOperationFailedException(
                "https://portal.example/login?code=secret", 302, "Found", location, Map.of(), "secret");
    }

    @Test
    void anAnswerIsToldWithoutQueries() {
        assertThat(FailureText.of(answer("https://portal.example/in?state=secret")))
                .isEqualTo(HttpOperationFailedException.class.getName() + ": HTTP operation failed invoking"
                        + " https://portal.example/login with statusCode: 302, redirectLocation:"
                        + " https://portal.example/in");
        assertThat(FailureText.message(answer(null)))
                .isEqualTo("HTTP operation failed invoking https://portal.example/login with statusCode: 302");
    }

    @Test
    void aFailureOfOursSaysAllByItsMessage() {
        Throwable expired = SessionFailures.expired(answer(null), SITUATION, "session 'anna': expired");
        assertThat(FailureText.of(expired)).isEqualTo("session 'anna': expired");
    }

    @Test
    void anyOtherFailureIsToldOnOneLineByClassAndMessage() {
        assertThat(FailureText.of(new IOException("gone\r\n12:00 INFO all is well")))
                .isEqualTo("java.io.IOException: gone??12:00 INFO all is well");
        assertThat(FailureText.of(new IOException())).isEqualTo("java.io.IOException");
    }

    @Test
    void whoFailsByALogInIsNotToldItsQuery() {
        assertThat(SessionFailures.notRenewed(SITUATION, "it could not be renewed", answer(null)))
                .hasMessageEndingWith("invoking https://portal.example/login with statusCode: 302");
        assertThat(SessionFailures.notRenewedByAnother(SITUATION, "it could not be renewed", answer(null)))
                .hasMessageEndingWith("invoking https://portal.example/login with statusCode: 302")
                .hasNoCause();
    }
}
