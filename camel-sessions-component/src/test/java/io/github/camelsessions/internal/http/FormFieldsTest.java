/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.converter.stream.InputStreamCache;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FormFieldsTest {

    private final DefaultCamelContext context = new DefaultCamelContext();

    @BeforeAll
    void start() {
        context.disableJMX();
        context.start();
    }

    @AfterAll
    void stop() {
        context.stop();
    }

    private Exchange exchange() {
        return new DefaultExchange(context);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Stream<Arguments> values() {
        UUID id = new UUID(1, 2);
        return Stream.of(
                Arguments.of("text, with & and =", List.of("text, with & and =")),
                Arguments.of(new StringBuilder("made"), List.of("made")),
                Arguments.of("", List.of("")),
                Arguments.of(null, List.of()),
                Arguments.of(5, List.of("5")),
                Arguments.of(true, List.of("true")),
                Arguments.of('c', List.of("c")),
                Arguments.of(DayOfWeek.MONDAY, List.of("MONDAY")),
                Arguments.of(id, List.of(id.toString())),
                Arguments.of(URI.create("http://a/"), List.of("http://a/")),
                Arguments.of(utf8("gr\u00fcn"), List.of("gr\u00fcn")),
                Arguments.of(new byte[0], List.of("")),
                Arguments.of("geheim".toCharArray(), List.of("geheim")),
                Arguments.of(new ByteArrayInputStream(utf8("gr\u00fcn")), List.of("gr\u00fcn")),
                Arguments.of(new StringReader("read"), List.of("read")),
                Arguments.of(new InputStreamCache(utf8("cached")), List.of("cached")),
                Arguments.of(List.of("a", "b,c"), List.of("a", "b,c")),
                Arguments.of(new String[] {"a", "b"}, List.of("a", "b")),
                Arguments.of(new int[] {1, 2}, List.of("1", "2")),
                Arguments.of(Arrays.asList("a", null), List.of("a")),
                Arguments.of(List.of(utf8("a"), "b".toCharArray()), List.of("a", "b")),
                Arguments.of(List.of(), List.of()));
    }

    @ParameterizedTest
    @MethodSource("values")
    void eachValueIsItsText(Object value, List<String> texts) {
        assertThat(FormFields.of(Collections.singletonMap("field", value), exchange()).stream()
                        .map(field -> field.getName() + "=" + field.getValue())
                        .collect(Collectors.toList()))
                .isEqualTo(texts.stream().map(text -> "field=" + text).collect(Collectors.toList()));
    }

    static Stream<Object> notTexts() {
        return Stream.of(
                new Object(),
                Map.of("a", "geheim"),
                List.of(List.of("geheim")),
                List.of(Map.of("a", "geheim")),
                new CompletableFuture<String>());
    }

    @ParameterizedTest
    @MethodSource("notTexts")
    void whatIsNoTextIsRefusedByName(Object value) {
        assertThatThrownBy(() -> FormFields.of(Map.of("csrf", value), exchange()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("field 'csrf' of the form: a ")
                .hasMessageNotContaining("geheim");
    }

    @Test
    void octetsAreReadInTheCharsetOfTheirPage() {
        Exchange exchange = exchange();
        exchange.setProperty(ExchangePropertyKey.CHARSET_NAME, "ISO-8859-1");

        assertThat(FormFields.of(Map.of("a", "gr\u00fcn".getBytes(StandardCharsets.ISO_8859_1)), exchange)
                        .get(0)
                        .getValue())
                .isEqualTo("gr\u00fcn");
    }

    @Test
    void aFormWithStreamsCanBeSentAgainOnceTheyAreRead() {
        Exchange exchange = exchange();
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("a", new ByteArrayInputStream(utf8("1")));
        form.put("b", List.of("2", "3"));
        form.put("c", null);
        exchange.getIn().setBody(form);
        assertThat(ResendableBody.obstacle(exchange.getIn())).contains("'a'");

        ResendableBody.cache(exchange);

        assertThat(ResendableBody.obstacle(exchange.getIn())).isNull();
        for (int i = 0; i < 2; i++) {
            assertThat(FormFields.of(exchange.getIn().getBody(Map.class), exchange).stream()
                            .map(field -> field.getName() + "=" + field.getValue()))
                    .containsExactly("a=1", "b=2", "b=3");
        }
        assertThat(form.get("a")).as("the caller's own Map").isInstanceOf(ByteArrayInputStream.class);
    }
}
