/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

import io.github.camelsessions.internal.text.PlaceName;
import org.apache.camel.spi.Configurer;
import org.apache.camel.spi.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * A site: which target URLs belong to it, and the rules for its sessions. Configured as
 * {@code camel.component.sessions.sites[portal].uris=https://portal.example/*}.
 */
@Configurer(extended = true)
public class SiteConfiguration extends SessionsConfiguration {

    @Metadata(
            description =
                    "The target URLs of this site: URL patterns separated by commas, where an asterisk stands for any"
                            + " characters (in the host: for any but a slash). Without a path, all paths match.")
    private @Nullable String uris;

    @Metadata(
            defaultValue = "false",
            description = "Whether plain camel-http endpoints, such as to(\"https:...\"), run in a session when their"
                    + " request URL belongs to this site.")
    private boolean wrap;

    @Metadata(
            description = "How many exchanges of this site that were held go on at once; that of the component by"
                    + " default.")
    private @Nullable Integer resumeConcurrency;

    @Metadata(
            description =
                    "With bySessionId each session of this site takes the client profile that bears its id; that of"
                            + " the component by default, which alone may say another one.")
    private @Nullable ProfileOrder profileRotation;

    private String place = "site"; // for messages

    /** Its name among the sites, as soon as it has one. */
    void named(String name) {
        place = PlaceName.of(name);
    }

    public String place() {
        return place;
    }

    public @Nullable String getUris() {
        return uris;
    }

    public void setUris(@Nullable String uris) {
        this.uris = uris;
    }

    public boolean isWrap() {
        return wrap;
    }

    public void setWrap(boolean wrap) {
        this.wrap = wrap;
    }

    public @Nullable Integer getResumeConcurrency() {
        return resumeConcurrency;
    }

    public void setResumeConcurrency(@Nullable Integer resumeConcurrency) {
        this.resumeConcurrency = resumeConcurrency;
    }

    public @Nullable ProfileOrder getProfileRotation() {
        return profileRotation;
    }

    public void setProfileRotation(@Nullable ProfileOrder profileRotation) {
        this.profileRotation = profileRotation;
    }
}
