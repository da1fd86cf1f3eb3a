/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.config;

import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProfileFile;
import java.util.List;
import org.apache.camel.CamelContext;

/** Reads the profile file of the component, and resolves its placeholders. */
public final class ProfileLoader {

    private ProfileLoader() {}

    public static List<ClientProfile> parse(CamelContext context, String source, String text) {
        return ProfileFile.parse(source, text, context::resolvePropertyPlaceholders);
    }
}
