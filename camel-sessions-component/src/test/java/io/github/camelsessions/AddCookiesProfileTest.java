/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which client profile a session has whose first use is addCookies. */
class AddCookiesProfileTest extends CamelTestSupport {

    private static final String TARGET = "sessions:addCookies/https://portal.example";

    @TempDir
    private Path folder;

    @Override
    protected CamelContext createCamelContext() throws Exception {
        CamelContext context = super.createCamelContext();
        Path profiles = Files.writeString(folder.resolve("profiles.yaml"), "{anna: {}, ben: {}}");
        context.getComponent("sessions", SessionsComponent.class)
                .setProfiles(profiles.toUri().toString());
        return context;
    }

    @Test
    void aSessionFilledFirstTakesTheFixedProfile() {
        template.sendBody(TARGET + "?sessionId=a&profile=ben", "lang=de");
        template.sendBodyAndHeader(TARGET + "?sessionId=b", "lang=de", SessionsConstants.PROFILE, "ben");
        template.sendBody(TARGET + "?sessionId=c", "lang=de");

        Sessions sessions = Sessions.get(context);
        assertThat(Map.of(
                        "a", sessions.session("a").profile().name(),
                        "b", sessions.session("b").profile().name(),
                        "c", sessions.session("c").profile().name()))
                .isEqualTo(Map.of("a", "ben", "b", "ben", "c", "anna"));
    }
}
