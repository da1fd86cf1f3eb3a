/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.tooling.model.BaseOptionModel;
import org.apache.camel.tooling.model.ComponentModel;
import org.apache.camel.tooling.model.JsonMapper;

/**
 * Makes the AsciiDoc tables of options and headers from the component's metadata, and puts them into a page between
 * {@code // generated: NAME} and {@code // end of NAME}.
 */
final class OptionTables {

    private static final String NOTE = "Default value notice: ";

    private static final Pattern PLACE = Pattern.compile(
            "^// generated: (?<name>[^\n]+)\n(?<table>.*?)^// end of \\k<name>$", Pattern.MULTILINE | Pattern.DOTALL);

    private final Map<String, String> tables;

    /** @param metadata the content of the generated {@code sessions.json} */
    OptionTables(String metadata) {
        ComponentModel component = JsonMapper.generateComponentModel(metadata);
        tables = Map.of(
                "component options", componentOptions(component.getComponentOptions()),
                "path options", options(component.getEndpointPathOptions(), ".*"),
                "query options", options(component.getEndpointParameterOptions(), ".*"),
                "headers", headers(component.getEndpointHeaders()));
    }

    /**
     * The page with current tables.
     *
     * @throws IllegalArgumentException when the page has no place for one of them, or one that is unknown
     */
    String into(String page) {
        List<String> places = PLACE.matcher(page)
                .results()
                .map(place -> place.group(1))
                .sorted()
                .toList();
        List<String> names = tables.keySet().stream().sorted().toList();
        if (!places.equals(names)) {
            throw new IllegalArgumentException("the page has places for " + places + ", the tables are " + names);
        }
        return PLACE.matcher(page)
                .replaceAll(place -> Matcher.quoteReplacement("// generated: " + place.group(1) + "\n"
                        + tables.get(place.group(1)) + "// end of " + place.group(1)));
    }

    // the object that holds the rules is no option of its own: each of its fields is
    private static String componentOptions(List<? extends BaseOptionModel> options) {
        List<String> holders =
                options.stream().map(BaseOptionModel::getConfigurationField).toList();
        return options(
                options.stream()
                        .filter(option -> !holders.contains(option.getName()))
                        .toList(),
                "[...]");
    }

    private static String options(List<? extends BaseOptionModel> options, String multiValue) {
        return table("1m,4,1m,1m", "Name | Description | Default | Type", options, option -> {
            String type = option.getEnums() == null ? option.getShortJavaType() : String.join(", ", option.getEnums());
            return cell(option.getName() + (option.isMultiValue() ? multiValue : ""))
                    + cell((option.isRequired() ? "Required. " : "") + description(option))
                    + cell(defaultValue(option))
                    + cell(type);
        });
    }

    private static String headers(List<? extends BaseOptionModel> headers) {
        return table(
                "2m,4,1m",
                "Name | Description | Type",
                headers,
                header -> cell(header.getName()) + cell(description(header)) + cell(header.getShortJavaType()));
    }

    private static <T> String table(String columns, String head, List<T> rows, Function<T, String> row) {
        return rows.stream()
                .map(row)
                .collect(Collectors.joining(
                        "\n", "[cols=\"" + columns + "\", options=\"header\"]\n|===\n| " + head + "\n\n", "|===\n"));
    }

    private static String description(BaseOptionModel option) {
        return option.getDescription()
                .replaceAll(" This is a multi-value option with prefix: \\S+$", "")
                .replaceAll(" " + NOTE + ".*$", "");
    }

    // one that depends on other options stands behind the description, where Camel's metadata has it
    private static String defaultValue(BaseOptionModel option) {
        int note = option.getDescription().indexOf(NOTE);
        if (note >= 0) {
            return option.getDescription().substring(note + NOTE.length());
        }
        return option.getDefaultValue() == null ? "" : String.valueOf(option.getDefaultValue());
    }

    private static String cell(String text) {
        // a bar would end the cell, three dots would become one character
        return text.isEmpty() ? "|\n" : "| " + text.replace("|", "\\|").replace("...", "\\...") + "\n";
    }
}
