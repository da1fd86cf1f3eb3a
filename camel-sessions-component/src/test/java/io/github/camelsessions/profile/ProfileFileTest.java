/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileFileTest {

    private static final ClientProfile ANNA = new ClientProfile(
            "anna",
            new ProxyServer("http", "proxy.example", 3128, "user", "pass"),
            "Mozilla/5.0",
            Map.of("Accept-Language", "de"),
            Map.of("user", "anna", "password", "0123"));

    private static final ClientProfile OLD = new ClientProfile(
            "profile-1",
            new ProxyServer("http", "proxy.example", 3128, "user", "pass"),
            "Mozilla/5.0",
            Map.of(),
            Map.of());

    static Stream<Arguments> fullForm() {
        String yaml = """
                name: anna
                proxy:
                  url: http://proxy.example:3128
                  username: user
                  password: pass
                userAgent: Mozilla/5.0
                headers:
                  Accept-Language: de
                account:
                  user: anna
                  password: 0123
                """;
        String json = """
                {"name": "anna",
                 "proxy": {"url": "http://proxy.example:3128", "username": "user", "password": "pass"},
                 "userAgent": "Mozilla/5.0",
                 "headers": {"Accept-Language": "de"},
                 "account": {"user": "anna", "password": "0123"}}""";
        String unnamedJson = json.replace("\"name\": \"anna\",", "");
        String item = "- " + yaml.replace("\n", "\n  ");
        return Stream.of(
                Arguments.of("p.yaml", item),
                Arguments.of("p.yaml", "profiles:\n" + item),
                Arguments.of("p.yaml", "anna:\n  " + yaml.replace("\n", "\n  ")),
                Arguments.of("p.yaml", "profiles:\n  anna:\n    " + yaml.replace("\n", "\n    ")),
                Arguments.of("p.yaml", "\uFEFF# exported\n---\n" + item),
                Arguments.of("p.yml", "[" + json + "]"),
                Arguments.of("p.json", "[" + json + "]"),
                Arguments.of("P.JSON?version=2", "\uFEFF[" + json + "]"),
                Arguments.of("p.json", "{\"anna\": " + unnamedJson + "}"),
                Arguments.of("p.json", "{\"profiles\": [" + json + "]}"),
                Arguments.of("p.json", "{\"profiles\": {\"anna\": " + json + "}}"));
    }

    @ParameterizedTest
    @MethodSource("fullForm")
    void theFullFormIsReadInEachShape(String source, String text) {
        assertThat(ProfileFile.parse(source, text)).containsExactly(ANNA);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "p.json | [{\"proxy\": [\"http://proxy.example:3128\", \"Basic dXNlcjpwYXNz\"],"
                        + "\"user-agent\": \"Mozilla/5.0\"}]",
                "p.yaml | [{proxy: ['http://proxy.example:3128', Basic dXNlcjpwYXNz], user-agent: Mozilla/5.0}]",
                "p.yaml | [{proxy: ['http://user:pass@proxy.example:3128'], userAgent: ' Mozilla/5.0 '}]",
                "p.yaml | [{proxy: ['http://user:pass@proxy.example:3128', null], user-agent: Mozilla/5.0}]",
                "p.yaml | [{proxy: 'http://user:pass@proxy.example:3128', user-agent: Mozilla/5.0}]",
                "p.yaml | [{proxy: {url: 'http://user:pass@proxy.example:3128'}, user-agent: Mozilla/5.0}]"
            })
    void theOlderFormMeansTheSameAsTheFullOne(String source, String text) {
        assertThat(ProfileFile.parse(source, text)).containsExactly(OLD);
    }

    @Test
    void unnamedEntriesAreNamedByTheirPlace() {
        assertThat(ProfileFile.parse("p.yaml", "[{userAgent: a}, {name: b}, {name: null}, {}]"))
                .extracting(ClientProfile::name)
                .containsExactly("profile-1", "b", "profile-3", "profile-4");
    }

    @Test
    void mapsAndListsKeepTheirOrder() {
        List<ClientProfile> profiles = ProfileFile.parse(
                "p.yaml", "{z: {headers: {Z: 1, A: 2, M: 3}}, a: {}, m: {account: {z: 1, a: 2, m: 3}}}");

        assertThat(profiles).extracting(ClientProfile::name).containsExactly("z", "a", "m");
        assertThat(profiles.get(0).headers()).containsExactly(entry("Z", "1"), entry("A", "2"), entry("M", "3"));
        assertThat(profiles.get(2).account()).containsExactly(entry("z", "1"), entry("a", "2"), entry("m", "3"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0123", "1_000", "0x1F", "1.50", "1e3", "-007", "yes", "TRUE", "False", ".inf", "2020-01-01"})
    void scalarsAreTakenAsTheyAreWritten(String scalar) {
        ClientProfile profile = ProfileFile.parse(
                        "p.yaml",
                        "- name: " + scalar + "\n  userAgent: " + scalar
                                + "\n  proxy: {url: 'http://h:1', username: " + scalar + ", password: " + scalar
                                + "}\n  headers: {X-A: " + scalar + "}\n  account: {a: " + scalar + "}\n")
                .get(0);

        assertThat(profile)
                .isEqualTo(new ClientProfile(
                        scalar,
                        new ProxyServer("http", "h", 1, scalar, scalar),
                        scalar,
                        Map.of("X-A", scalar),
                        Map.of("a", scalar)));
    }

    @Test
    void numbersAndBooleansOfJsonAreTakenAsText() {
        assertThat(ProfileFile.parse("p.json", "[{\"account\": {\"a\": 12.50, \"b\": true, \"c\": false}}]")
                        .get(0)
                        .account())
                .containsExactly(entry("a", "12.50"), entry("b", "true"), entry("c", "false"));
    }

    @Test
    void nullIsTheSameAsLeavingTheKeyOut() {
        assertThat(ProfileFile.parse(
                        "p.json",
                        "[{\"name\":null,\"proxy\":null,\"userAgent\":null,\"user-agent\":null,\"headers\":null,\"account\":null},"
                                + "{\"proxy\":{\"url\":\"http://h:1\",\"username\":null,\"password\":null}}]"))
                .containsExactly(
                        new ClientProfile("profile-1", null, null, Map.of(), Map.of()),
                        new ClientProfile(
                                "profile-2", new ProxyServer("http", "h", 1, null, null), null, Map.of(), Map.of()));
    }

    @Test
    void emptyValuesAreKeptWhereTheyMeanSomething() {
        ClientProfile profile = ProfileFile.parse(
                        "p.yaml",
                        "[{headers: {X-A: ''}, account: {a: ' '}, proxy: {url: 'http://h:1', username: u, password: ''}}]")
                .get(0);

        assertThat(profile.headers()).containsExactly(entry("X-A", ""));
        assertThat(profile.account()).containsExactly(entry("a", " "));
        assertThat(profile.proxy()).isEqualTo(new ProxyServer("http", "h", 1, "u", ""));
    }

    @Test
    void whitespaceAroundNamesAndHeaderValuesDoesNotCount() {
        assertThat(ProfileFile.parse("p.yaml", "[{name: ' a ', headers: {X-A: ' b\tc '}}]"))
                .containsExactly(new ClientProfile("a", null, null, Map.of("X-A", "b\tc"), Map.of()));
        assertThat(ProfileFile.parse("p.yaml", "{' a ': {name: a}}"))
                .extracting(ClientProfile::name)
                .containsExactly("a");
    }

    @Test
    void headersMayHoldLatin1() {
        assertThat(ProfileFile.parse("p.yaml", "[{userAgent: Käsÿ, headers: {X-A: Käsÿ}}]"))
                .containsExactly(new ClientProfile("profile-1", null, "Käsÿ", Map.of("X-A", "Käsÿ"), Map.of()));
    }

    @Test
    void thousandsOfProfilesAreRead() {
        String text = "- {proxy: ['http://h:1', Basic dXNlcjpwYXNz], user-agent: a}\n".repeat(10_000);

        assertThat(ProfileFile.parse("p.yaml", text))
                .hasSize(10_000)
                .last()
                .satisfies(last -> assertThat(last.name()).isEqualTo("profile-10000"));
    }
}
