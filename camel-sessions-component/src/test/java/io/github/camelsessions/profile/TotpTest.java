/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TotpTest {

    private static final String TWENTY = "12345678901234567890";
    private static final String IN_BASE32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    private static final Instant TIME = Instant.ofEpochSecond(1111111111);

    @ParameterizedTest
    @CsvSource({
        "59,          SHA1, 94287082",
        "59,          SHA256, 46119246",
        "59,          SHA512, 90693936",
        "1111111109,  SHA1, 07081804",
        "1111111109,  SHA256, 68084774",
        "1111111109,  SHA512, 25091201",
        "1111111111,  SHA1, 14050471",
        "1111111111,  SHA256, 67062674",
        "1111111111,  SHA512, 99943326",
        "1234567890,  SHA1, 89005924",
        "1234567890,  SHA256, 91819424",
        "1234567890,  SHA512, 93441116",
        "2000000000,  SHA1, 69279037",
        "2000000000,  SHA256, 90698825",
        "2000000000,  SHA512, 38618901",
        "20000000000, SHA1, 65353130",
        "20000000000, SHA256, 77737706",
        "20000000000, SHA512, 47863826"
    })
    void theCodesAreThoseOfRfc6238AppendixB(long seconds, String algorithm, String code) {
        int octets = algorithm.equals("SHA1") ? 20 : algorithm.equals("SHA256") ? 32 : 64;
        String secret = base32(TWENTY.repeat(4).substring(0, octets));
        Totp totp = Totp.parse("otpauth://totp/x?digits=8&algorithm=" + algorithm + "&secret=" + secret);
        assertThat(totp.code(Instant.ofEpochSecond(seconds))).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                IN_BASE32,
                "gezdgnbvgy3tqojqgezdgnbvgy3tqojq",
                " GEZD GNBV-GY3T QOJQ\tGEZD GNBV GY3T QOJQ ==== ",
                "otpauth://totp/Portal:anna@portal.example?secret=" + IN_BASE32 + "&issuer=Portal",
                "OTPAUTH://TOTP/Portal%3Aanna?issuer=Portal&Secret=gezdgnbvgy3tqojqgezdgnbvgy3tqojq%3D%3D",
                "otpauth://totp?secret=" + IN_BASE32 + "&digits=6&period=30&algorithm=HMAC-SHA-1#x"
            })
    void aSecretIsReadAsSitesShowIt(String given) {
        assertThat(Totp.parse(given).code(TIME)).isEqualTo("050471");
    }

    @Test
    void digitsAndPeriodAreThoseOfTheUri() {
        String uri = "otpauth://totp/x?secret=" + IN_BASE32;
        assertThat(Totp.parse(uri + "&digits=7").code(TIME)).isEqualTo("4050471");
        assertThat(Totp.parse(uri + "&digits=8&period=60").code(Instant.ofEpochSecond(119)))
                .as("the second step of 60 seconds is the second of 30")
                .isEqualTo("94287082");
    }

    @Test
    void aCodeKeepsItsLeadingZeros() {
        assertThat(Totp.parse(IN_BASE32).code(Instant.ofEpochSecond(1111111109)))
                .isEqualTo("081804");
        assertThat(Totp.parse("otpauth://totp/x?digits=8&secret=" + IN_BASE32).code(Instant.ofEpochSecond(1111111109)))
                .isEqualTo("07081804");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", textBlock = """
            '' -> 0 characters make no octets
            ABCDEFG1 -> character 8
            SECRET! -> character 7
            ABC -> 3 characters make no octets
            Ä -> character 1
            otpauth://hotp/x?secret=SECRETSECRET -> of another kind
            otpauth://totp/x?issuer=SECRET -> without secret=
            otpauth://totp/x?secret=&issuer=SECRET -> without secret=
            otpauth://totp/x?secret=SECRETSECRET1 -> character 13
            otpauth://totp/x?secret=SECRETSECRETSECR&secret=SECRETSECRETSECR -> one thing twice
            otpauth://totp/x?secret=SECRETSECRETSECR&digits=9 -> digits= is no number from 6 to 8
            otpauth://totp/x?secret=SECRETSECRETSECR&digits=SECRET -> digits= is no number from 6 to 8
            otpauth://totp/x?secret=SECRETSECRETSECR&period=0 -> period= is no number from 1 to 86400
            otpauth://totp/x?secret=SECRETSECRETSECR&period=-30 -> period= is no number from 1 to 86400
            otpauth://totp/x?secret=SECRETSECRETSECR&algorithm=MD5 -> none of SHA1, SHA256 and SHA512
            otpauth://totp/x?secret=SECRET%ZZ -> begins no escape
            """)
    void whatIsNoSecretIsRefusedWithoutShowingIt(String given, String reason) {
        assertThatThrownBy(() -> Totp.parse(given))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("SECRET")
                .hasNoCause();
    }

    @Test
    void itsTextHasNoSecret() {
        assertThat(Totp.parse("otpauth://totp/anna?digits=8&secret=" + IN_BASE32))
                .hasToString("Totp(SHA1, 8 digits, 30 s)");
    }

    private static String base32(String text) {
        StringBuilder bits = new StringBuilder();
        text.chars().forEach(c -> bits.append(Integer.toBinaryString(c | 256).substring(1)));
        bits.append("0".repeat((5 - bits.length() % 5) % 5));
        StringBuilder encoded = new StringBuilder();
        for (int i = 0; i < bits.length(); i += 5) {
            encoded.append("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(Integer.parseInt(bits.substring(i, i + 5), 2)));
        }
        return encoded.toString();
    }
}
