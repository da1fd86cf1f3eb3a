/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SessionKeyTest {

    @Test
    void aSessionOfTheDefaultSiteIsShownByItsIdAlone() {
        assertThat(new SessionKey("", "anna")).hasToString("anna");
    }

    @Test
    void aSessionOfANamedSiteIsShownWithTheSite() {
        assertThat(new SessionKey("portal", "anna")).hasToString("portal/anna");
    }

    @Test
    void anIdWithASlashIsNotTakenForOneOfANamedSite() {
        assertThat(new SessionKey("", "portal/anna")).hasToString("/portal/anna");
        assertThat(new SessionKey("", "/portal/anna")).hasToString("//portal/anna");
        assertThat(new SessionKey("portal", "a/b")).hasToString("portal/a/b");
    }

    @Test
    void theSameIdOnAnotherSiteIsAnotherSession() {
        assertThat(new SessionKey("portal", "anna")).isNotEqualTo(new SessionKey("shop", "anna"));
        assertThat(new SessionKey("portal", "anna")).isEqualTo(new SessionKey("portal", "anna"));
    }

    @Test
    void keysSortBySiteAndThenById() {
        assertThat(Stream.of("b/1", "/2", "a/9", "a/10", "/1")
                        .map(text -> text.split("/"))
                        .map(parts -> new SessionKey(parts[0], parts[1]))
                        .sorted())
                .extracting(SessionKey::toString)
                .containsExactly("1", "2", "a/10", "a/9", "b/1");
    }

    @Test
    void anEmptyIdIsRefused() {
        assertThatThrownBy(() -> new SessionKey("portal", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a session id must not be empty");
    }

    @Test
    void anIdIsBounded() {
        assertThat(new SessionKey("portal", "a".repeat(1024)).id()).hasSize(1024);
        assertThatThrownBy(() -> new SessionKey("portal", "a".repeat(1_000_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a session id must not be longer than 1024 characters, this one has 1000000; take a hash of"
                        + " what it is made of");
    }
}
