/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The component, renew block included, in a JVM without camel-yaml-dsl. */
@Tag("long")
class WithoutYamlDslTest {

    @Test
    void theComponentAndTheRenewBlockWork() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath(),
                        Routes.class.getName())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(output).contains("renewed with {a=***}");
        assertThat(process.waitFor()).isZero();
    }

    private static String classPath() {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(path.split(File.pathSeparator))
                .filter(entry -> !entry.contains("camel-yaml-dsl") && !entry.contains("snakeyaml-engine"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    static final class Routes {

        private Routes() {}

        public static void main(String[] args) throws Exception {
            try {
                Class.forName("org.apache.camel.dsl.yaml.common.YamlDeserializerResolver");
                throw new IllegalStateException("camel-yaml-dsl is there");
            } catch (ClassNotFoundException e) {
                // as it should be
            }
            try (DefaultCamelContext context = new DefaultCamelContext()) {
                context.addRoutes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:block")
                                .policy("renewSession:anna")
                                .process(exchange -> Sessions.get(getContext())
                                        .session("anna")
                                        .addCookies("https://portal.example", Map.of("a", "1")));
                        from("direct:cookies").to("sessions:getCookies?sessionId=anna");
                    }
                });
                context.start();
                ProducerTemplate template = context.createProducerTemplate();
                template.requestBody("direct:block", "");
                System.out.println("renewed with " + template.requestBody("direct:cookies", ""));
            }
        }
    }
}
