/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Cookies in a header: their values are for those who ask by name. */
class ReceivedCookiesTest {

    private final ReceivedCookies cookies = new ReceivedCookies();

    @BeforeEach
    void receive() {
        cookies.add("sid", "stale");
        cookies.add("lang", "de");
        cookies.add("sid", "geheim");
    }

    @Test
    void aNameGivesTheValueThatWasSetLast() {
        assertThat(cookies.get("sid")).isEqualTo("geheim");
        assertThat(cookies.getOrDefault("lang", "en")).isEqualTo("de");
        assertThat(cookies.getOrDefault("none", "en")).isEqualTo("en");
        assertThat(cookies.get("none")).isNull();
        assertThat(cookies.get(null)).isNull();
        assertThat(cookies.containsKey("sid")).isTrue();
        assertThat(cookies.keySet()).containsExactly("sid", "lang");
        assertThat(cookies).hasSize(2);
    }

    static Stream<Arguments> waysThrough() {
        return Stream.of(
                way("toString", Object::toString),
                way("values", map -> map.values()),
                way("entries", map -> map.entrySet()),
                way("forEach", map -> {
                    StringBuilder seen = new StringBuilder();
                    map.forEach((name, value) -> seen.append(name).append('=').append(value));
                    return seen;
                }),
                way("HashMap", HashMap::new),
                way("LinkedHashMap", LinkedHashMap::new),
                way("TreeMap", TreeMap::new),
                way("Map.copyOf", Map::copyOf),
                way("putAll", map -> {
                    Map<String, String> copy = new HashMap<>();
                    copy.putAll(map);
                    return copy;
                }),
                way(
                        "stream",
                        map -> map.entrySet().stream().map(Map.Entry::getValue).collect(Collectors.joining())),
                way("array", map -> String.join("", map.values().toArray(new String[0]))),
                way("JSON", ReceivedCookiesTest::json),
                way("serialization", map -> new String(serialized(map), StandardCharsets.ISO_8859_1)),
                way("deserialized", map -> ((Map<?, ?>) deserialized(serialized(map))).get("sid")));
    }

    private static Arguments way(String name, Function<Map<String, String>, Object> through) {
        return Arguments.of(name, through);
    }

    private static String json(Object map) {
        try {
            return new ObjectMapper().writeValueAsString(map);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] serialized(Object map) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(map);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    private static Object deserialized(byte[] bytes) {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return in.readObject();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysThrough")
    void whoeverGoesThroughThemSeesNoValue(String way, Function<Map<String, String>, Object> through) {
        assertThat(through.apply(cookies).toString())
                .contains("***")
                .doesNotContain("geheim")
                .doesNotContain("de\"");
    }

    @Test
    void theyEqualAMapOfTheValuesInBothDirections() {
        Map<String, String> same = Map.of("sid", "geheim", "lang", "de");

        assertThat(cookies.equals(same)).isTrue();
        assertThat(same.equals(cookies)).isTrue();
        assertThat(cookies).hasSameHashCodeAs(same);
        assertThat(cookies.equals(Map.of("sid", "***", "lang", "***"))).isFalse();
        assertThat(cookies.equals(Map.of("sid", "geheim"))).isFalse();
    }

    @Test
    void nobodyElseChangesThem() {
        assertThatThrownBy(() -> cookies.put("sid", "x")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> cookies.remove("sid")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(cookies::clear).isInstanceOf(UnsupportedOperationException.class);
    }
}
