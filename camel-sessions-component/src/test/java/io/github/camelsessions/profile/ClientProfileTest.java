/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientProfileTest {

    @Test
    void noneHasNothingAttached() {
        assertThat(ClientProfile.NONE.name()).isEmpty();
        assertThat(ClientProfile.NONE.proxy()).isNull();
        assertThat(ClientProfile.NONE.userAgent()).isNull();
        assertThat(ClientProfile.NONE.headers()).isEmpty();
        assertThat(ClientProfile.NONE.account()).isEmpty();
        assertThat(ClientProfile.NONE.masked()).containsExactly(entry("name", ""));
    }

    @Test
    void maskedShowsEverythingButSecrets() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Accept-Language", "de");
        headers.put("Authorization", "Bearer t0ken");
        headers.put("X-Client", "web");
        ClientProfile profile = new ClientProfile(
                "anna",
                ProxyServer.parse("http://user:se3cret@proxy.example:3128"),
                "Mozilla/5.0",
                headers,
                Map.of("password", "pw1"));

        assertThat(profile.masked())
                .containsExactly(
                        entry("name", "anna"),
                        entry(
                                "proxy",
                                Map.of("url", "http://proxy.example:3128", "username", "user", "password", "***")),
                        entry("userAgent", "Mozilla/5.0"),
                        entry("headers", Map.of("Accept-Language", "de", "Authorization", "***", "X-Client", "web")),
                        entry("account", Map.of("password", "***")));
        assertThat(profile.masked())
                .extractingByKey("headers", InstanceOfAssertFactories.MAP)
                .containsExactly(
                        entry("Accept-Language", "de"), entry("Authorization", "***"), entry("X-Client", "web"));
        assertThat(profile.toString())
                .contains("anna", "http://proxy.example:3128", "Mozilla/5.0", "web")
                .doesNotContain("se3cret", "t0ken", "pw1");
    }

    @Test
    void aUsernameWithoutPasswordIsMaskedAsAToken() {
        ClientProfile profile = new ClientProfile(
                "anna", ProxyServer.parse("http://t0ken@proxy.example:3128"), null, Map.of(), Map.of());

        assertThat(profile.masked())
                .containsExactly(
                        entry("name", "anna"),
                        entry("proxy", Map.of("url", "http://proxy.example:3128", "username", "***")));
    }

    @ParameterizedTest
    @CsvSource({
        "Authorization, x",
        "X-Auth, x",
        "X-API-KEY, x",
        "Session-Id, x",
        "X-Csrf-Token, x",
        "X-Xsrf, x",
        "Client-Secret, x",
        "X-Passcode, x",
        "X-Pwd, x",
        "My-Cookies, x",
        "X-Credential, x",
        "X-Signature, x",
        "X-Jwt, x",
        "X-Pin, x",
        "Pin, x",
        "Pin-Code, x",
        "X-Plain, Bearer x",
        "X-Plain, basic x"
    })
    void headersThatCarrySecretsAreMasked(String header, String value) {
        ClientProfile profile = new ClientProfile("anna", null, null, Map.of(header, value), Map.of());

        assertThat(profile.masked()).containsEntry("headers", Map.of(header, "***"));
    }

    @ParameterizedTest
    @CsvSource({"Accept, text/html", "Shipping-Zone, 3", "X-Plain, basically", "Referer, https://portal.example/"})
    void otherHeadersAreShown(String header, String value) {
        ClientProfile profile = new ClientProfile("anna", null, null, Map.of(header, value), Map.of());

        assertThat(profile.masked()).containsEntry("headers", Map.of(header, value));
    }

    @Test
    void laterChangesOfTheGivenMapsDoNotReachTheProfile() {
        Map<String, String> headers = new LinkedHashMap<>(Map.of("Accept", "a"));
        Map<String, String> account = new LinkedHashMap<>(Map.of("user", "a"));
        ClientProfile profile = new ClientProfile("anna", null, null, headers, account);
        headers.put("Cookie", "a=b");
        account.clear();

        assertThat(profile.headers()).containsExactly(entry("Accept", "a"));
        assertThat(profile.account()).containsExactly(entry("user", "a"));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> profile.headers().put("A", "b"));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> profile.account().put("A", "b"));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> profile.masked().put("A", "b"));
    }

    @Test
    void profilesOfTheSameContentAreEqual() {
        ClientProfile profile = new ClientProfile("a", null, "ua", Map.of("Accept", "b"), Map.of("user", "c"));

        assertThat(profile)
                .isEqualTo(new ClientProfile("a", null, "ua", Map.of("Accept", "b"), Map.of("user", "c")))
                .hasSameHashCodeAs(new ClientProfile("a", null, "ua", Map.of("Accept", "b"), Map.of("user", "c")))
                .isNotEqualTo(new ClientProfile("a", null, "ua", Map.of("Accept", "b"), Map.of("user", "d")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization",
                "Proxy-Authorization",
                "X-Api-Key",
                "apikey",
                "X-ApiKey",
                "X-APIKey",
                "x_api_key",
                "X-MyApiKey2",
                "X-Auth-Token",
                "XAuthToken",
                "X-AUTHTOKEN",
                "X-ToKen",
                "x-amz-security-token",
                "Ocp-Apim-Subscription-Key",
                "ocpapimsubscriptionkey",
                "X-OAuth2",
                "X-CSRFToken",
                "X-Client-Secret",
                "clientsecret",
                "X-Session-Id",
                "X-SessionId",
                "Sessionid",
                "Cookie",
                "X-Pin",
                "X-Passwd"
            })
    void aHeaderIsSecretByAWordOfItsName(String name) {
        assertThat(HeaderRules.isSecret(name, "value")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Keyboard-Layout",
                "Authority",
                "X-Author",
                "X-Passenger",
                "X-Bypass-Cache",
                "X-Monkey",
                "X-Shopping-Cart",
                "X-Spinner",
                "X-Tokenizer",
                "Accept",
                "X-Inside"
            })
    void aHeaderIsNoSecretByAPartOfAWord(String name) {
        assertThat(HeaderRules.isSecret(name, "value")).isFalse();
        assertThat(HeaderRules.isSecret(name, "Bearer value")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a\nb", "http://user:se3cret@proxy.example:1"})
    void anInvalidNameIsRefusedButNotShown(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ClientProfile(name, null, null, Map.of(), Map.of()))
                .withMessageStartingWith("the name of the client profile")
                .withMessageNotContaining("se3cret");
    }

    @Test
    void aNameHasAtMostHundredCharacters() {
        assertThat(new ClientProfile("n".repeat(100), null, null, Map.of(), Map.of()).name())
                .hasSize(100);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ClientProfile("n".repeat(101), null, null, Map.of(), Map.of()))
                .withMessageContaining("more than 100 characters");
    }

    @Test
    void headersThatCannotBeSentAreRefused() {
        refused(Map.of("Cookie", "se3cret=1")).withMessageContaining("'Cookie'").withMessageContaining("addCookies");
        refused(Map.of("X Y", "se3cret")).withMessageContaining("not a token");
        refused(Map.of("", "se3cret")).withMessageContaining("not a token");
        refused(Map.of("X-A", "se3cret\r\nX-B: c")).withMessageContaining("line break at position 7");
        refused(Map.of("X-A", "se3cret", "x-a", "se3cret")).withMessageContaining("given twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ClientProfile("a", null, "se3cret\0", Map.of(), Map.of()))
                .withMessageContaining("user agent")
                .withMessageContaining("control character at position 7")
                .withMessageNotContaining("se3cret");
    }

    private static org.assertj.core.api.ThrowableAssertAlternative<IllegalArgumentException> refused(
            Map<String, String> headers) {
        return assertThatIllegalArgumentException()
                .isThrownBy(() -> new ClientProfile("a", null, null, headers, Map.of()))
                .withMessageNotContaining("se3cret");
    }
}
