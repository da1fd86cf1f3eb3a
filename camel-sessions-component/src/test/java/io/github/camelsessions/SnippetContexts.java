/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.UnaryOperator;
import javax.tools.ToolProvider;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.model.Model;
import org.apache.camel.model.RoutesDefinition;
import org.apache.camel.xml.in.ModelParser;

/** Runs examples of the documents in contexts as camel-main makes them. */
final class SnippetContexts implements AutoCloseable {

    /** The endpoint of an example in Java that is no route: a message to it runs the example. */
    static final String RUN = "direct:run";

    private final Snippets snippets;
    private final Path folder;
    private final UnaryOperator<String> located;
    private final List<Main> started = new ArrayList<>();

    /**
     * @param folder  for files that are made on the way
     * @param located puts the addresses of real sites into the text of an example
     */
    SnippetContexts(Snippets snippets, Path folder, UnaryOperator<String> located) {
        this.snippets = snippets;
        this.folder = folder;
        this.located = located;
    }

    /** Starts a context with these properties and the examples of these names. */
    Main start(String properties, List<String> yaml, List<String> java) throws Exception {
        Main main = new Main();
        main.setDefaultPropertyPlaceholderLocation("false");
        Properties given = new Properties();
        given.load(new StringReader(located.apply(properties)));
        given.forEach((name, value) -> main.addInitialProperty(name.toString(), value.toString()));
        List<String> files = new ArrayList<>();
        for (String name : yaml) {
            Path file = Files.writeString(folder.resolve(name + ".camel.yaml"), text(name));
            files.add("file:" + file);
        }
        if (!files.isEmpty()) {
            main.configure().withRoutesIncludePattern(String.join(",", files));
        }
        for (String name : java) {
            main.configure().addRoutesBuilder(compiled(name));
        }
        started.add(main);
        main.start();
        return main;
    }

    /** Adds the routes of an example in XML. */
    void addXml(Main main, String name) throws Exception {
        RoutesDefinition routes = new ModelParser(new StringReader(text(name)), "http://camel.apache.org/schema/spring")
                .parseRoutesDefinition()
                .orElseThrow();
        main.getCamelContext()
                .getCamelContextExtension()
                .getContextPlugin(Model.class)
                .addRouteDefinitions(routes.getRoutes());
    }

    private String text(String name) {
        return located.apply(snippets.text(name));
    }

    private RoutesBuilder compiled(String name) throws Exception {
        String type = "Snippet_" + name.replace('-', '_');
        String text = text(name);
        boolean routes = text.contains("from(\"");
        Path sources = Files.createDirectories(folder.resolve("java"));
        Path source = Files.writeString(sources.resolve(type + ".java"), """
                import io.github.camelsessions.*;
                import io.github.camelsessions.cookie.*;
                import io.github.camelsessions.api.*;
                import java.util.*;
                import java.util.concurrent.CompletableFuture;
                import org.apache.camel.CamelContext;
                import org.apache.camel.Exchange;
                import org.apache.camel.builder.RouteBuilder;

                public class TYPE extends RouteBuilder {
                    @Override
                    public void configure() throws Exception {
                        CamelContext camelContext = getCamelContext();
                TEXT
                    }
                }
                """.replace("TYPE", type)
                .replace("TEXT", routes ? text : "from(\"" + RUN + "\").process(exchange -> {" + text + "});"));
        String classpath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-cp", classpath, "-d", sources.toString(), source.toString());
        assertThat(failed).as("snippet " + name + " compiles").isZero();
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {sources.toUri().toURL()}, getClass().getClassLoader())) {
            return (RoutesBuilder) loader.loadClass(type).getConstructor().newInstance();
        }
    }

    @Override
    public void close() {
        started.forEach(Main::stop);
    }
}
