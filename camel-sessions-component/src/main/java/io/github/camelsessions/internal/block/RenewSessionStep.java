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
 * The step {@code renewSession} of routes in YAML, with {@code sessionId} and {@code steps}. It is no step of its own for
 * long: it becomes Camel's {@code policy} with the reference {@code renewSession:<id>}, which dumps and loads anywhere.
 *
 * <p>Found by camel-yaml-dsl through its service file, and loaded by nobody else. Older versions of that know no steps of
 * others: there {@code policy} is written. Stateless.
 */
public final class RenewSessionStep extends YamlDeserializerBase<PolicyDefinition> implements YamlDeserializerResolver {

    private static final String NAME = "renewSession";

    public RenewSessionStep() {
        super(PolicyDefinition.class);
    }

    @Override
    public @Nullable ConstructNode resolve(String id) {
        return id.equals(NAME) ? this : null;
    }

    @Override
    protected PolicyDefinition newInstance() {
        return new PolicyDefinition();
    }

    @Override
    protected boolean setProperty(PolicyDefinition target, String propertyKey, String propertyName, Node value) {
        switch (propertyKey) {
            case "sessionId" -> target.setRef(RenewSessionProcessor.PREFIX + asText(value));
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

    @Override
    protected void afterPropertiesSet(PolicyDefinition target, Node node) {
        if (target.getRef() == null) {
            throw new YamlDeserializationException(node, NAME + " needs a sessionId");
        }
    }
}
