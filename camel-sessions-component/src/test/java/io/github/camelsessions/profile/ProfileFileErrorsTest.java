/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileFileErrorsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "p.yaml | '' | is empty",
                "p.yaml | '# nothing' | is empty",
                "p.yaml | '---' | is empty",
                "p.yaml | 'profiles:' | is empty",
                "p.json | '' | is empty",
                "p.json | 'null' | is empty",
                "p.yaml | '[]' | has no entries",
                "p.yaml | '{}' | has no entries",
                "p.json | '{\"profiles\": []}' | has no entries",
                "p.json | '{\"profiles\": {}}' | has no entries",
                "p.yaml | 'anna' | neither a list of profiles nor a map from name to profile (line 1, column 1)",
                "p.yaml | 'profiles: 12' | neither a list of profiles nor a map from name to profile (line 1, column 11)",
                "p.yaml | '{profiles: [], version: 1}' | has other keys beside 'profiles'",
                "p.yaml | '{userAgent: a, proxy: \"http://h:1\"}' | is a single profile",
                "p.yaml | '{user-agent: a}' | is a single profile",
                "p.yaml | '[{name: a}' | is not well-formed YAML at line 1",
                "p.json | '[{\"name\": \"a\"}' | is not well-formed JSON at line 1",
                "p.json | '- name: a' | is read as JSON",
                "p.json | '[{}] []' | holds more than one document (line 1, column 6)",
                "p.json | '[{}] x' | is not well-formed JSON",
                "p.yaml | '[&a {name: b}, *a]' | contains a YAML alias (line 1, column 16)",
                "p.yaml | '[{name: a, *b : c}]' | is not well-formed YAML",
                "p.yaml | '[{name: a, account: {? [b] : c}}]' | is not well-formed YAML"
            })
    void aFileWithoutReadableEntriesIsRefused(String source, String text, String reason) {
        refused(source, text).startsWith("client profiles '" + source + "': ").contains(reason);
    }

    @Test
    void severalDocumentsAreRefused() {
        refused("p.yaml", "- name: a\n---\n- name: b\n").contains("more than one document (line 3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // entries
                "http://h:1 | is not a map with the keys name, proxy, userAgent, headers, account",
                "[] | is not a map",
                "null | is not a map",
                "{colour: red} | unknown key 'colour' (line 1, column 7), known are name, proxy, userAgent",
                "{proxi: red} | 'unknown key ''proxi'' (line 1, column 7), did you mean proxy?'",
                "{user_agent: red} | did you mean userAgent?",
                "{acount: {}} | did you mean account?",
                "{noProxy: localhost} | unknown key 'noProxy' (line 1, column 7), it belongs under proxy",
                "{url: 'http://h:1'} | unknown key 'url' (line 1, column 7), it belongs under proxy",
                "{username: anna} | unknown key 'username' (line 1, column 7), it belongs under proxy or account",
                "{proxy.url: 'http://h:1'} | write it as a map",
                "{headers.Accept: a} | write it as a map",
                "{p0: a} | unknown key (not shown) (line 1, column 7)",
                "{colour: null} | unknown key (not shown) (line 1, column 7)",
                "{userAgent: a, userAgent: b} | duplicate key 'userAgent' (line 1, column 7 and line 1, column 21): remove",
                "{name: [a]} | name must be text (line 1, column 13)",
                "{name: ' '} | its name is blank (line 1, column 13)",
                "{name: \"a\\nb\"} | its name contains a control character",
                "{name: 'http://u:se3cret@h:1'} | its name is a URL",
                "{name: '1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890x'}"
                        + " | its name has more than 100 characters",
                // user agent
                "{userAgent: [a]} | userAgent must be text (line 1, column 18)",
                "{user-agent: {a: b}} | userAgent must be text",
                "{userAgent: a, user-agent: b} | has both userAgent and user-agent",
                "{userAgent: ' '} | userAgent is empty",
                "{userAgent: \"a\\r\\nCookie: se3cret\"} | userAgent contains a line break at position 1",
                "{userAgent: \"a\\0\"} | userAgent contains a control character at position 1",
                "{userAgent: \"a\\x85b\"} | userAgent contains a control character at position 1",
                "{userAgent: 'ab€'} | userAgent contains a character at position 2 that is not Latin-1",
                // headers
                "{headers: [a]} | headers must be a map from name to text (line 1, column 16)",
                "{headers: se3cret} | headers must be a map",
                "{headers: {X-A: [se3cret]}} | headers.'X-A' must be text",
                "{headers: {X-A: !!binary se3cret=}} | headers.'X-A' must be text",
                "{headers: {X-A: null}} | headers has a key without a value: write \"\"",
                "{headers: {X-A: se3cret, x-a: se3cret}} | duplicate key headers.'x-a'",
                "{headers: {X-A: \"se3cret\\n\"}, userAgent: \"\\x01\"} | userAgent contains a control",
                "{headers: {X-A: \"se3cret\\nX-B: c\"}} | header 'X-A' contains a line break at position 7",
                "{headers: {X-A: \"se3cret\\x7fc\"}} | header 'X-A' contains a control character at position 7",
                "{headers: {X A: se3cret}} | is not a token (RFC 9110, section 5.6.2)",
                "{headers: {'X-Ä': se3cret}} | is not a token",
                "{headers: {'': se3cret}} | is not a token",
                "{headers: {\"X\\r\\nY\": se3cret}} | is not a token",
                "{headers: {CamelHttpUri: se3cret}} | header 'CamelHttpUri' steers Camel",
                // account
                "{account: se3cret} | account must be a map from name to text",
                "{account: {user: {a: se3cret}}} | account.'user' must be text",
                "{account: {se3cret}} | account has a key without a value",
                "{account: {'': se3cret}} | account has a key that is blank",
                "{account: {user: se3cret, user: se3cret}} | duplicate key account.'user'",
                "{account: {User: se3cret, user: se3cret, User: a}} | duplicate key account.'User'",
                "{account: {totp: SE3CRET1}} | account.totp is no secret in base32: character 8",
                "{account: {totp: ''}} | account.totp is no secret in base32: 0 characters make no octets",
                "{account: {totp: 'otpauth://hotp/x?secret=SE3CRET'}} | account.totp is an otpauth URI of another kind",
                // proxy
                "{proxy: !!binary aGk=} | proxy must be a URL, a map of url, username and password, or a list",
                "{proxy: proxy.example} | the proxy URL has no scheme",
                "{proxy: 'ftp://h:1'} | not http, https or socks5",
                "{proxy: 'http://u:se3cret@h'} | the proxy URL has no port",
                "{proxy: {url: 'http://h:99999'}} | the port of the proxy is not between 1 and 65535 (line 1, column 14)",
                "{proxy: {}} | proxy.url is missing",
                "{proxy: {username: u, password: se3cret}} | proxy.url is missing",
                "{proxy: {url: ['http://h:1']}} | proxy.url must be text (line 1, column 20)",
                "{proxy: {url: 'http://h:1', password: se3cret}} | password but no username",
                "{proxy: {url: 'http://h:1', username: null, password: se3cret}} | password but no username",
                "{proxy: {url: 'http://h:1', username: se3cret, password: }} | proxy.password has no value",
                "{proxy: {url: 'http://h:1', username: '', password: se3cret}} | username of the proxy is empty",
                "{proxy: {url: 'http://h:1', username: 'a:b', password: se3cret}} | contains a colon",
                "{proxy: {url: 'http://h:1', username: a, password: \"se3cret\\n\"}} | control character",
                "{proxy: {url: 'http://u:se3cret@h:1', username: u, password: se3cret}} | credentials twice",
                "{proxy: {url: 'http://h:1', user: u}} | 'unknown key proxy.''user'' (line 1, column 34), known are url'",
                "{proxy: {url: 'http://h:1', pasword: se3cret}} | did you mean proxy.password?",
                "{proxy: {url: 'http://h:1', url: 'http://h:2'}} | duplicate key proxy.'url'",
                "{proxy: []} | proxy as a list must have the form",
                "{proxy: ['http://h:1', Basic a, se3cret]} | proxy as a list must have the form",
                "{proxy: [[se3cret]]} | proxy as a list must have the form",
                "{proxy: [null]} | proxy as a list must have the form",
                "{proxy: ['http://h:1', {a: se3cret}]} | proxy as a list must have the form",
                "{proxy: ['http://h:1', se3cret]} | do not have the form \"Basic",
                "{proxy: ['http://h:1', Basic se3cret!]} | not base64",
                "{proxy: ['http://h:1', Basic dXNlcnBhc3M=]} | no colon",
                "{proxy: ['http://u:se3cret@h:1', Basic dXNlcjpwYXNz]} | credentials twice"
            })
    void anInvalidEntryIsRefusedWithItsIndexAndReason(String entry, String reason) {
        refused("p.yaml", "[{}, " + entry + "]")
                .startsWith("client profiles 'p.yaml': entry 1")
                .contains(": ", reason)
                .doesNotContain("se3cret", "dXNl");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Cookie",
                "Cookie2",
                "Set-Cookie",
                "Host",
                "Content-Length",
                "Transfer-Encoding",
                "Connection",
                "Keep-Alive",
                "Proxy-Connection",
                "TE",
                "Trailer",
                "Upgrade",
                "Expect",
                "proxy-authorization",
                "User-Agent"
            })
    void aHeaderThatTheSessionOrTheClientWritesIsRefused(String header) {
        refused("p.yaml", "[{headers: {" + header + ": se3cret}}]")
                .matches("client profiles 'p.yaml': entry 0 \\('profile-1'\\): header ('" + header
                        + "'|\\(not shown\\)) [a-z]+ .* \\(line 1, column 13\\)")
                .doesNotContain("se3cret");
    }

    @Test
    void theReasonWhyAHeaderIsRefusedNamesTheWayOut() {
        refused("p.yaml", "[{headers: {Cookie: a}}]").contains("addCookies");
        refused("p.yaml", "[{headers: {User-Agent: a}}]").contains("use userAgent");
        refused("p.yaml", "[{headers: {Proxy-Authorization: a}}]").contains("use proxy.username and proxy.password");
    }

    @Test
    void anEntryIsCalledByItsIndexAndItsName() {
        refused("p.yaml", "[{name: anna}, {name: bob, colour: red}]").contains(": entry 1 ('bob'): unknown key");
        refused("p.yaml", "{anna: {}, bob: {colour: red}}").contains(": entry 1 ('bob'): unknown key");
        refused("p.yaml", "{anna: {}, bob: red}").contains(": entry 1 ('bob'): is not a map");
        refused("p.yaml", "{anna: {}, se3cret}")
                .contains(": entry 1: is not a map")
                .doesNotContain("se3cret");
        refused("p.yaml", "{anna: {}, 'http://u:se3cret@h:1': {}}").contains(": entry 1: its name is a URL");
        refused("p.yaml", "[{}, {name: ' ', colour: red}]").contains("entry 1: unknown key");
    }

    @Test
    void aNameThatDiffersFromItsKeyIsRefused() {
        refused("p.yaml", "{anna: {name: bob}}").contains("entry 0: has a name that differs from its key");
    }

    @Test
    void duplicateNamesAreRefusedAtTheLaterEntry() {
        refused("p.yaml", "[{name: a}, {name: b}, {name: a}]")
                .isEqualTo("client profiles 'p.yaml': entry 2 ('a'): has the same name as entry 0: choose another");
        refused("p.yaml", "[{name: profile-2}, {}]").contains("entry 1 ('profile-2'): has the same name as entry 0");
        refused("p.json", "{\"a\": {}, \"a\": {}}").contains("entry 1 ('a'): has the same name as entry 0");
    }

    @Test
    void allErrorsOfAllEntriesAreListedOneALine() {
        refused(
                        "file:p.json",
                        "[{\"proxy\": \"h\", \"userAgent\": []}, {\"name\": \"b\"}, 1,"
                                + " {\"name\": \"d\", \"headers\": {\"Host\": \"h\", \"X Y\": \"\"}}]")
                .matches("""
                        client profiles 'file:p.json': 5 errors
                          entry 0 \\('profile-1'\\): the proxy URL has no scheme: .*
                          entry 0 \\('profile-1'\\): userAgent must be text .*
                          entry 2 \\('profile-3'\\): is not a map .*
                          entry 3 \\('d'\\): header 'Host' .*
                          entry 3 \\('d'\\): headers has a name .*""");
    }

    @Test
    void aLongListOfErrorsIsCutOff() {
        String message = message("p.yaml", "- 1\n".repeat(60));

        assertThat(message.lines()).hasSize(52);
        assertThat(message).contains(": 60 errors\n", "\n  entry 49 ").endsWith("\n  and 10 more");
        assertThat(message("p.yaml", "- 1\n".repeat(50)).lines()).hasSize(51);
    }

    @ParameterizedTest
    @CsvSource({
        "https://user:se3cret@config.example/p.json?token=se3cret, https://config.example/p.json",
        "file:P.JSON, file:P.JSON",
        "https://config.example/p.json#se3cret, https://config.example/p.json",
        "classpath:a@b.json, classpath:a@b.json"
    })
    void theSourceIsShownWithoutItsSecrets(String source, String shown) {
        refused(source, "{").startsWith("client profiles '" + shown + "': is not well-formed JSON");
    }

    static Stream<Arguments> hostile() {
        StringBuilder aliases = new StringBuilder("a: &a [x]\n");
        for (char c = 'b'; c < 'k'; c++) {
            char before = (char) (c - 1);
            aliases.append(c + ": &" + c + " [" + ("*" + before + ",").repeat(9) + "*" + before + "]\n");
        }
        return Stream.of(
                Arguments.of("p.yaml", aliases.toString(), "contains a YAML alias (line 2"),
                Arguments.of("p.yaml", "[".repeat(1_000_000), "nested deeper than 16 levels"),
                Arguments.of("p.yaml", "{a: ".repeat(500_000), "nested deeper than 16 levels"),
                Arguments.of("p.yaml", "- ".repeat(1_000_000), "nested deeper than 16 levels"),
                Arguments.of("p.json", "[".repeat(1_000_000), "nested deeper than 16 levels"),
                Arguments.of("p.json", "{\"a\":".repeat(500_000), "nested deeper than 16 levels"),
                Arguments.of("p.json", " ".repeat(Node.LONGEST_TEXT) + "1", "more than 3145728 characters"),
                Arguments.of("p.yaml", "[{" + "k".repeat(100_000) + ": 1}]", ""),
                Arguments.of(
                        "p.yaml", "- !!javax.script.ScriptEngineManager [1]", "entry 0 ('profile-1'): is not a map"));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    @Timeout(20)
    void aHostileFileEndsEarly(String source, String text, String reason) {
        assertThat(message(source, text)).contains(reason).hasSizeLessThan(1_000);
    }

    @Test
    void sixteenLevelsAreReadAndSeventeenAreNot() {
        for (String source : new String[] {"p.yaml", "p.json"}) {
            refused(source, "[".repeat(16) + "]".repeat(16)).contains("entry 0 ('profile-1'): is not a map");
            refused(source, "[".repeat(17) + "]".repeat(17)).contains("nested deeper than 16 levels (line 1, column");
            refused(source, "{\"a\":".repeat(15) + "{}" + "}".repeat(15)).contains("entry 0 ('a'): unknown key 'a'");
            refused(source, "{\"a\":".repeat(16) + "{}" + "}".repeat(16)).contains("nested deeper than 16 levels");
        }
    }

    @Test
    void aFileOfTheGreatestLengthIsRead() {
        String text = "[{}]" + " ".repeat(Node.LONGEST_TEXT - 4);

        assertThat(ProfileFile.parse("p.json", text))
                .containsExactly(new ClientProfile("profile-1", null, null, Map.of(), Map.of()));
    }

    @Test
    void noExceptionOfTheParserIsTheCause() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProfileFile.parse("p.json", "[{\"account\": se3cret}]"))
                .withNoCause()
                .withMessageContaining("line 1, column 1")
                .withMessageNotContaining("se3cret");
    }

    private static org.assertj.core.api.AbstractStringAssert<?> refused(String source, String text) {
        return assertThat(message(source, text));
    }

    private static String message(String source, String text) {
        IllegalArgumentException refused =
                catchThrowableOfType(IllegalArgumentException.class, () -> ProfileFile.parse(source, text));
        assertThat(refused).as("refused: " + source).isNotNull().hasNoCause();
        assertThat(refused.getSuppressed()).isEmpty();
        return refused.getMessage();
    }
}
