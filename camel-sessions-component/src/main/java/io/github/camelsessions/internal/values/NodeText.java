/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.values;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.spi.BeanIntrospection;
import org.apache.camel.support.PluginHelper;

/** What the definition of a route or of a node says, as text to be searched. */
public final class NodeText {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{.+?}}");

    // what toString() of a definition does not tell
    private static final List<String> NAMES = List.of("name", "toName", "variableSend", "variableReceive");

    private NodeText() {}

    /** What a definition says, with its expressions, and, of a block, with what is in it. */
    public static String of(CamelContext context, NamedNode node) {
        return resolved(context, node.toString() + " " + names(context, node));
    }

    /** The values that the text of a definition does not tell. */
    public static String names(CamelContext context, NamedNode node) {
        BeanIntrospection properties = PluginHelper.getBeanIntrospection(context);
        StringBuilder names = new StringBuilder();
        for (String name : NAMES) {
            Object value = properties.getOrElseProperty(node, name, "", false);
            names.append(value instanceof String ? value : "").append(' ');
        }
        return names.toString();
    }

    /** The text, and what stands for its property placeholders. One without a value is told by whoever needs it. */
    public static String resolved(CamelContext context, String text) {
        if (!text.contains("{{")) {
            return text;
        }
        StringBuilder more = new StringBuilder(text);
        Matcher placeholders = PLACEHOLDER.matcher(text);
        while (placeholders.find()) {
            try {
                more.append(' ').append(context.resolvePropertyPlaceholders(placeholders.group()));
            } catch (Exception e) {
                more.append(' ');
            }
        }
        return more.toString();
    }
}
