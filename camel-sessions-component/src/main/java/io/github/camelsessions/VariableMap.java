/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The variables of a session at one moment; {@link #toString()} masks the values. Not thread-safe. */
final class VariableMap extends LinkedHashMap<String, Object> {

    private static final long serialVersionUID = 1L;

    VariableMap(Map<String, Object> variables) {
        super(variables);
    }

    @Override
    public String toString() {
        return keySet().stream().map(name -> name + "=***").collect(Collectors.joining(", ", "{", "}"));
    }
}
