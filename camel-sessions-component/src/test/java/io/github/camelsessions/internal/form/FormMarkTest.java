/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormMarkTest {

    private static final String FIELDS = "<input name=user><input type=password name=pw>";

    private final FormMark mark = new FormMark();

    private void learn(String action) {
        mark.learn(URI.create("https://portal.example/login"), action, Set.of("user", "pw"), "pw");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<form method=post action=/login>" + FIELDS + "</form>",
                "<h1>Again</h1><form action='/login;jsessionid=17?next=%2Forders'>" + FIELDS
                        + "<input name=code></form>",
                "<!-- { --><FORM ACTION=\" /login \"><fieldset>" + FIELDS + "</fieldset></FORM>"
            })
    void theFormIsKnownWhereverItIsShown(String page) {
        learn("/login;jsessionid=16");
        assertThat(mark.isIn(page)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<form method=post action=/users>" + FIELDS + "</form>",
                "<form method=post>" + FIELDS + "</form>",
                "<form action=/login><input name=user><input name=pw></form>",
                "<form action=/login><input name=user disabled><input type=password name=pw></form>",
                "<form action=/login><fieldset disabled>" + FIELDS + "</fieldset></form>",
                "<template><form action=/login>" + FIELDS + "</form></template>",
                "<noscript><form action=/login>" + FIELDS + "</form></noscript>",
                "{\"html\": \"<form action=/login>" + FIELDS + "</form>\"}",
                "[\"<form action=/login>" + FIELDS + "</form>\"]",
                "<p>password</p>"
            })
    void aFormThatIsSentElsewhereOrThatNobodyCanFillInIsNone(String page) {
        learn("/login");
        assertThat(mark.isIn(page)).isFalse();
    }

    @Test
    void oneThatIsSentToItsPageIsToldByItsFields() {
        learn(null);
        assertThat(mark.isIn("<form method=post>" + FIELDS + "</form>")).isTrue();
        assertThat(mark.isIn("<form method=post action=''>" + FIELDS + "</form>"))
                .isTrue();
        assertThat(mark.isIn("<form action=/users>" + FIELDS + "</form>")).isFalse();
    }

    @Test
    void beforeALogInItIsOneForANameAndAPassword() {
        assertThat(mark.isIn("<form action=/any>" + FIELDS + "</form>")).isTrue();
        assertThat(mark.isIn("<template><form action=/any>" + FIELDS + "</form></template>"))
                .isFalse();
        assertThat(mark.isIn("<form action=/any>" + FIELDS + "<input type=password name=again></form>"))
                .isFalse();
    }
}
