/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProfileFile;
import java.util.List;
import org.apache.camel.CamelContext;

/** Reads the profile file of the component: resolves its placeholders and refuses what cannot be used. */
final class ProfileLoader {

    private ProfileLoader() {}

    static List<ClientProfile> parse(CamelContext context, String source, String text) {
        List<ClientProfile> profiles = ProfileFile.parse(source, text, context::resolvePropertyPlaceholders);
        for (ClientProfile profile : profiles) {
            if (profile.proxy() != null && !profile.proxy().scheme().equals("http")) {
                throw new IllegalArgumentException(source + ": profile '" + profile.name() + "': a proxy is spoken to"
                        + " by http only, not " + profile.proxy().scheme() + "; give http://host:port");
            }
        }
        return profiles;
    }
}
