/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.api.SiteConfiguration;
import io.github.camelsessions.internal.config.ValueRules;
import io.github.camelsessions.internal.http.SessionHttpClient;
import io.github.camelsessions.internal.text.NearestName;
import io.github.camelsessions.internal.text.PlaceName;
import io.github.camelsessions.internal.text.Quoted;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.ConfigurerResolver;
import org.apache.camel.spi.PropertyConfigurer;
import org.apache.camel.spi.PropertyConfigurerGetter;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.component.PropertyConfigurerSupport;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a generated configurer, and says what is wrong with an option in one way for endpoint, site and component:
 * the place, the option, its value and what it may be, or the nearest name. Camel itself takes what it does not understand
 * for a duration of 0, cuts a large number, and names a class instead of a place. What generated code looks up by case, it
 * does in the locale of the JVM, where in Turkish no {@code I} is an {@code i}: here no locale counts. Immutable.
 */
final class OptionConfigurer implements PropertyConfigurer, PropertyConfigurerGetter {

    // not sessions-component, by which the class of the component finds one: that is where Camel looks for the
    // component
    private static final List<String> NAMES = List.of(
            "sessions-component-configurer",
            "sessions-endpoint-configurer",
            SiteConfiguration.class.getName(),
            SessionsConfiguration.class.getName());

    // as Camel reads them, with no more digits than fit into its milliseconds
    private static final Pattern DURATION = Pattern.compile("-?[0-9]{1,18}|(?=[0-9])([0-9]{1,9}d)?([0-9]{1,9}h)?"
            + "([0-9]{1,9}m)?([0-9]{1,12}s)?([0-9]{1,15}ms)?|-?P.+");

    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]+");

    private final PropertyConfigurer generated;
    private final PropertyConfigurerGetter options;

    private OptionConfigurer(PropertyConfigurer generated, PropertyConfigurerGetter options) {
        this.generated = generated;
        this.options = options;
    }

    /** Has Camel find the checks where it looks for what is generated: it asks the registry first. */
    static void bind(CamelContext context) {
        ConfigurerResolver resolver = PluginHelper.getConfigurerResolver(context);
        for (String name : NAMES) {
            PropertyConfigurer found = resolver.resolvePropertyConfigurer(name, context);
            if (found instanceof PropertyConfigurerGetter options && !(found instanceof OptionConfigurer)) {
                context.getRegistry().bind(name, PropertyConfigurer.class, new OptionConfigurer(found, options));
            }
        }
    }

    @Override
    public boolean configure(CamelContext context, Object target, String name, Object value, boolean ignoreCase) {
        String key = key(name, ignoreCase);
        Class<?> type = options.getOptionType(key, false);
        if (type == null) {
            refuseUnknown(target, name);
            return false;
        }
        if (ValueRules.isOne(name) && value instanceof String text && !isReference(text)) {
            return generated.configure(context, target, key, withThose(target, name, key, text), false);
        }
        String choice = choice(type);
        if (choice == null) {
            return generated.configure(context, target, key, value, false);
        }
        if (value instanceof String text && !isReference(text) && !isOne(type, text)) {
            throw refused(target, name, text, choice);
        }
        try {
            return generated.configure(context, target, key, value, false);
        } catch (RuntimeException e) {
            // without Camel's own words for it, which would be the last ones that a stack trace tells
            throw refused(target, name, value, choice);
        }
    }

    /** Those in one text besides those that are there: Camel makes no map of a text. */
    private Map<Object, Object> withThose(Object target, String name, String key, String text) {
        Map<Object, Object> values = new LinkedHashMap<>();
        if (options.getOptionValue(target, key, false) instanceof Map<?, ?> set) {
            values.putAll(set);
        }
        try {
            values.putAll(ValueRules.inOneText(name, text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place(target) + e.getMessage());
        }
        return values;
    }

    /** What an option of the type may be, null for those whose values are not looked at: text, maps, predicates. */
    private static @Nullable String choice(Class<?> type) {
        if (type == Duration.class) {
            return "must be a duration, such as 30s or 5m";
        }
        if (isInteger(type) || isLong(type)) {
            return "must be a whole number, at most " + (isInteger(type) ? Integer.MAX_VALUE : Long.MAX_VALUE);
        }
        if (isDouble(type)) {
            return "must be a number, such as 0.5";
        }
        if (isBoolean(type)) {
            return "must be true or false";
        }
        return type.isEnum() ? "must be one of " + Arrays.toString(type.getEnumConstants()) : null;
    }

    // what Camel would take, and make something else of
    private static boolean isOne(Class<?> type, String text) {
        if (type == Duration.class) {
            return DURATION.matcher(text).matches();
        }
        if (isInteger(type) || isLong(type)) {
            return WHOLE_NUMBER.matcher(text).matches() && (isLong(type) || isInt(text));
        }
        return true;
    }

    private static boolean isInt(String wholeNumber) {
        try {
            Integer.parseInt(wholeNumber);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean isInteger(Class<?> type) {
        return type == Integer.class || type == int.class;
    }

    private static boolean isLong(Class<?> type) {
        return type == Long.class || type == long.class;
    }

    private static boolean isDouble(Class<?> type) {
        return type == Double.class || type == double.class;
    }

    private static boolean isBoolean(Class<?> type) {
        return type == Boolean.class || type == boolean.class;
    }

    // of a bean, or what Camel's tools put in for a value that they do not know
    private static boolean isReference(String text) {
        return text.startsWith("#") || text.equals(PropertyConfigurerSupport.MAGIC_VALUE);
    }

    private static IllegalArgumentException refused(Object target, String name, Object value, String choice) {
        return new IllegalArgumentException(
                place(target) + "option " + name + "=" + Quoted.bare(value) + ": " + choice);
    }

    // of an endpoint it may be a parameter for its target: the component knows
    private void refuseUnknown(Object target, String name) {
        if (target instanceof SessionsEndpoint) {
            return;
        }
        String nearest = NearestName.of(name, names(target));
        throw new IllegalArgumentException(place(target) + "unknown option '" + name + "'"
                + (nearest != null
                        ? ", did you mean " + nearest + "?"
                        : SessionHttpClient.isOption(name)
                                ? ": as one of camel-http it is written http[" + name + "]"
                                : ""));
    }

    // by the setters: not every generated configurer has a list of its options
    private List<String> names(Object target) {
        return Stream.of(target.getClass(), SessionsConfiguration.class)
                .flatMap(type -> Stream.of(type.getMethods()))
                .map(Method::getName)
                .filter(method -> method.startsWith("set") && method.length() > 3)
                .map(method -> method.substring(3, 4).toLowerCase(Locale.ROOT) + method.substring(4))
                .filter(name -> options.getOptionType(name, false) != null)
                .distinct()
                .toList();
    }

    private static String place(Object target) {
        if (target instanceof SiteConfiguration site) {
            return site.place() + ": ";
        }
        return target instanceof SessionsEndpoint ? "" : PlaceName.of("") + ": ";
    }

    // generated code knows each name in lower case, too
    private static String key(String name, boolean ignoreCase) {
        return ignoreCase ? name.toLowerCase(Locale.ROOT) : name;
    }

    @Override
    public @Nullable Class<?> getOptionType(String name, boolean ignoreCase) {
        return options.getOptionType(key(name, ignoreCase), false);
    }

    @Override
    public @Nullable Object getOptionValue(Object target, String name, boolean ignoreCase) {
        String key = key(name, ignoreCase);
        if (options.getOptionType(key, false) == null) {
            refuseUnknown(target, name); // what it would hold is set next
        }
        return options.getOptionValue(target, key, false);
    }

    @Override
    public @Nullable Object getCollectionValueType(Object target, String name, boolean ignoreCase) {
        return options.getCollectionValueType(target, key(name, ignoreCase), false);
    }

    @Override
    public String @Nullable [] getAutowiredNames() {
        return options.getAutowiredNames();
    }
}
