/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.block;

import org.apache.camel.dsl.yaml.common.YamlDeserializerBase;
import org.apache.camel.dsl.yaml.common.YamlDeserializerResolver;
import org.apache.camel.dsl.yaml.common.exception.YamlDeserializationException;
import org.apache.camel.model.PolicyDefinition;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The steps {@code renewSession} and {@code pinSession} of routes in YAML, with {@code sessionId} and {@code steps}, and of
 * the latter {@code restarts} and {@code exclusive}. They are no steps of their own for long: each becomes Camel's
 * {@code policy} with the reference {@code renewSession:<id>} or {@code pinSession:<id>}, which dumps and loads anywhere.
 *
 * <p>Found by camel-yaml-dsl through its service file, and loaded by nobody else. Older versions of that know no steps of
 * others: there {@code policy} is written. Stateless.
 */
public final class BlockStep extends YamlDeserializerBase<PolicyDefinition> implements YamlDeserializerResolver {

    private final String prefix;

    /** Made by camel-yaml-dsl, to resolve names. */
    public BlockStep() {
        this(RenewSessionProcessor.PREFIX);
    }

    private BlockStep(String prefix) {
        super(PolicyDefinition.class);
        this.prefix = prefix;
    }

    @Override
    public @Nullable ConstructNode resolve(String id) {
        return switch (id + ":") {
            case RenewSessionProcessor.PREFIX -> new BlockStep(RenewSessionProcessor.PREFIX);
            case PinSessionProcessor.PREFIX -> new BlockStep(PinSessionProcessor.PREFIX);
            default -> null;
        };
    }

    @Override
    protected PolicyDefinition newInstance() {
        return new PolicyDefinition();
    }

    @Override
    protected boolean setProperty(PolicyDefinition target, String propertyKey, String propertyName, Node value) {
        boolean pins = prefix.equals(PinSessionProcessor.PREFIX);
        switch (propertyKey) {
            case "sessionId" -> target.setRef(prefix + asText(value) + options(target));
            case "restarts", "exclusive" -> {
                if (!pins) {
                    return false;
                }
                String before = target.getRef() == null ? "" : target.getRef();
                target.setRef(before + (options(target).isEmpty() ? "?" : "&") + propertyKey + "=" + asText(value));
            }
            case "steps" -> setSteps(target, value);
            case "id" -> target.setId(asText(value));
            case "description" -> target.setDescription(asText(value));
            case "note" -> target.setNote(asText(value));
            case "disabled" -> target.setDisabled(asText(value));
            default -> {
                return false;
            }
        }
        return true;
    }

    /** What was said before or after the id. */
    private static String options(PolicyDefinition target) {
        String ref = target.getRef();
        int begin = ref == null ? -1 : Math.max(ref.lastIndexOf("?restarts="), ref.lastIndexOf("?exclusive="));
        return begin < 0 ? "" : ref.substring(begin);
    }

    @Override
    protected void afterPropertiesSet(PolicyDefinition target, Node node) {
        if (target.getRef() == null || !target.getRef().startsWith(prefix)) {
            throw new YamlDeserializationException(
                    node, prefix.substring(0, prefix.length() - 1) + " needs a sessionId");
        }
    }
}
