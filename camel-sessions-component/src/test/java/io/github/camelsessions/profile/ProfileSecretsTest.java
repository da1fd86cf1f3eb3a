/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Takes files full of secrets, breaks them at every place in every way, and looks for the secrets in what is shown. */
@Tag("long")
class ProfileSecretsTest {

    private static final String YAML = """
            - name: anna
              proxy:
                url: http://proxy.example:3128
                username: us3rA
                password: "pw#1-proxy"
              headers:
                Authorization: Bearer t0k3n-header
                X-Api-Key: k3y-header
              account:
                user: us3r-account
                password: pw2-account
                totp: GEZDGNBVGY3TQOJQ
            - proxy: ["http://proxy.example:3128", "Basic dXMzckI6cHczLWJhc2lj"]
              user-agent: Mozilla/5.0
            - proxy: http://us3rC:pw4%2Furl@proxy.example:3128
              account: {pin: 98765432}
            """;

    private static final String JSON = """
            {"profiles": {
              "anna": {"proxy": {"url": "http://proxy.example:3128", "username": "us3rA", "password": "pw#1-proxy"},
                "headers": {"Authorization": "Bearer t0k3n-header", "X-Api-Key": "k3y-header"},
                "account": {"user": "us3r-account", "password": "pw2-account", "totp": "GEZDGNBVGY3TQOJQ"}},
              "bob": {"proxy": ["http://proxy.example:3128", "Basic dXMzckI6cHczLWJhc2lj"], "user-agent": "Mozilla/5.0"},
              "carl": {"proxy": "http://us3rC:pw4%2Furl@proxy.example:3128", "account": {"pin": 98765432}}}}
            """;

    private static final List<String> PASSWORDS = List.of(
            "pw#1",
            "t0k3n",
            "k3y-",
            "us3r-account",
            "pw2",
            "GEZDGNB",
            "dXMzckI6",
            "cHczLWJhc2lj",
            "pw3",
            "pw4",
            "98765432");

    /** Shown by masked(), but not in errors: in a broken file they may be anything. */
    private static final List<String> USERNAMES = List.of("us3rA", "us3rB", "us3rC");

    private static final String BREAKERS = ":,{}[]\"'\n\r\t #*&!|>%@`-?/\\\0a0=";

    @ParameterizedTest
    @CsvSource({"p.yaml", "p.json"})
    void aValidFileShowsNoSecret(String source) {
        List<ClientProfile> profiles = ProfileFile.parse(source, text(source));
        ProfileRotation rotation = new ProfileRotation(InstantSource.system(), System::currentTimeMillis);
        rotation.replace(profiles);
        String shown =
                profiles + " " + profiles.stream().map(ClientProfile::masked).toList() + " "
                        + profiles.stream().map(ClientProfile::proxy).toList() + " " + rotation + rotation.stats();

        assertThat(profiles).hasSize(3);
        assertThat(profiles.toString() + profiles.get(1).masked()).contains("us3rA", "us3rB", "us3rC");
        assertThat(shown).doesNotContain(PASSWORDS);
        assertThat(profiles.get(0).account()).as("there, but not shown").containsEntry("password", "pw2-account");
    }

    @ParameterizedTest
    @CsvSource({"p.yaml", "p.json", "p.yaml from JSON"})
    @Timeout(120)
    void noErrorOfABrokenFileShowsASecret(String source) {
        String text = text(source);
        List<String> forbidden = new ArrayList<>(PASSWORDS);
        forbidden.addAll(USERNAMES);
        int refused = 0;
        for (String broken : broken(text)) {
            String shown = shown(source, broken);
            if (shown != null) {
                refused++;
                for (String secret : forbidden) {
                    assertThat(shown.contains(secret))
                            .as("«%s» is shown for%n%s%nin%n%s", secret, broken, shown)
                            .isFalse();
                }
            }
        }
        assertThat(refused).as("files that are refused").isGreaterThan(text.length() * 4);
    }

    @Test
    void aWrongTypeInPlaceOfEachKeyShowsNoSecret() {
        List<String> keys = List.of(
                "name",
                "proxy",
                "userAgent",
                "user-agent",
                "headers",
                "account",
                "proxyy",
                "proxy.url",
                "password",
                "x1");
        List<String> values = List.of(
                "s3cr3t",
                "[s3cr3t]",
                "{s3cr3t: a}",
                "{a: s3cr3t}",
                "{s3cr3t}",
                "[[s3cr3t]]",
                "{url: s3cr3t}",
                "{url: 'http://h:1', password: s3cr3t}",
                "{url: 'http://h:1', s3cr3t: u}",
                "{url: 'http://s3cr3t@h'}",
                "['http://h:1', s3cr3t]",
                "\"s3cr3t\\n\"",
                "{\"s3cr3t\\n\": a}",
                "{A: \"s3cr3t\\n\"}",
                "{Host: s3cr3t}");
        int refused = 0;
        for (String key : keys) {
            for (String value : values) {
                for (String file : List.of(
                        "[{" + key + ": " + value + "}]",
                        "[{" + key + ": " + value + ", " + key + ": " + value + "}]",
                        "{a: {" + key + ": " + value + "}}",
                        "{" + key + ": " + value + "}",
                        "{profiles: " + value + "}",
                        value)) {
                    String shown = shown("p.yaml", file);
                    boolean nameOfTheProfile = file.matches(".*name: \"?s3cr3t.*") || file.startsWith("{s3cr3t: ");
                    if (shown != null && !nameOfTheProfile) {
                        refused++;
                        assertThat(shown).as(file).doesNotContain("s3cr3t");
                    }
                }
            }
        }
        assertThat(refused).isGreaterThan(500);
    }

    private static List<String> broken(String text) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            all.add(text.substring(0, i));
            all.add(text.substring(0, i) + text.substring(i + 1));
            for (char c : BREAKERS.toCharArray()) {
                all.add(text.substring(0, i) + c + text.substring(i));
                all.add(text.substring(0, i) + c + text.substring(i + 1));
            }
        }
        return all;
    }

    /** Returns everything that the error shows, causes and all, or null when the file is valid. */
    private static String shown(String source, String text) {
        try {
            ProfileFile.parse(source, text);
            return null;
        } catch (IllegalArgumentException e) {
            StringBuilder shown = new StringBuilder();
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                shown.append(cause).append(List.of(cause.getSuppressed()));
            }
            return shown.toString();
        }
    }

    private static String text(String source) {
        return source.equals("p.yaml") ? YAML : JSON;
    }
}
