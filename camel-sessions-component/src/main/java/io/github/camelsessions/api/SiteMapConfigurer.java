/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

import org.apache.camel.CamelContext;
import org.apache.camel.spi.PropertyConfigurer;
import org.apache.camel.spi.PropertyConfigurerGetter;

/**
 * Meets property names such as {@code sites.portal.uris}, which would otherwise end in nothing: Camel finds it through
 * its service file for {@link SiteMap}, and never asks it for {@code sites[portal].uris}.
 */
public final class SiteMapConfigurer implements PropertyConfigurer, PropertyConfigurerGetter {

    @Override
    public boolean configure(CamelContext context, Object target, String name, Object value, boolean ignoreCase) {
        throw SiteMap.notInBrackets(name);
    }

    @Override
    public Class<?> getOptionType(String name, boolean ignoreCase) {
        return SiteConfiguration.class;
    }

    @Override
    public Object getOptionValue(Object target, String name, boolean ignoreCase) {
        throw SiteMap.notInBrackets(name);
    }
}
