/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginTest {

    @ParameterizedTest
    @CsvSource({
        "http://a.example/x,        http://a.example/y?z,       true",
        "http://a.example/,         http://A.Example:80/,       true",
        "https://a.example/,        https://a.example:443/,     true",
        "http://a.example/,         https://a.example/,         true",
        "http://a.example:80/,      https://a.example:443/,     true",
        "http://[::1]:8080/,        http://[::1]:8080/x,        true",
        "http://a.example/,         http://a.example:8080/,     false",
        "http://a.example:8080/,    https://a.example/,         false",
        "http://a.example/,         https://a.example:8443/,    false",
        "https://a.example/,        http://a.example/,          false",
        "https://a.example:80/,     http://a.example/,          false",
        "http://a.example/,         http://b.example/,          false",
        "http://a.example/,         http://a.example.,          false",
        "http://a.example/,         http://www.a.example/,      false",
        "http://127.0.0.1:8080/,    http://localhost:8080/,     false",
    })
    void aSecretGoesToItsOriginAndUpToTls(URI from, URI to, boolean trusted) {
        assertThat(Origin.of(from).trusts(Origin.of(to))).isEqualTo(trusted);
    }

    @Test
    void aUrlWithoutAHostHasNone() {
        assertThat(Origin.of(URI.create("/x"))).isNull();
        assertThat(Origin.of(URI.create("http:///x"))).isNull();
    }
}
