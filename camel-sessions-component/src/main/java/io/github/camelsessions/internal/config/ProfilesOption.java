/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.config;

import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProfileFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;

/** The option {@code profiles}: reads the client profiles, and reads a file again when it has changed. Used by one thread. */
public final class ProfilesOption {

    private final CamelContext context;
    private final Consumer<List<ClientProfile>> user;
    private @Nullable ScheduledExecutorService watching;

    /** @param user gets the profiles, each time that they are read */
    public ProfilesOption(CamelContext context, Consumer<List<ClientProfile>> user) {
        this.context = context;
        this.user = user;
    }

    /**
     * Reads the profiles.
     *
     * @param resource null leaves those from before: a component made anew by a reload is started before it gets its
     *                 options, and a session that is new in between must not go out without its proxy
     * @param every    how often a file is looked at, 0 for never
     * @throws IllegalArgumentException when they cannot be read; those from before stay then
     */
    public void use(@Nullable String resource, Duration every) {
        stop();
        if (every.isNegative()) {
            throw new IllegalArgumentException(
                    "profilesReload=" + every + ": must be a duration, such as 5s, or 0 for no look at the file");
        }
        Places.notTooLong("profilesReload", every);
        if (resource == null) {
            return;
        }
        ProfileWatch watch = every.isZero() || !resource.startsWith("file:") ? null : watch(resource);
        load(resource);
        if (watch != null) {
            watching = context.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "SessionsProfiles");
            watching.scheduleWithFixedDelay(watch::check, every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private ProfileWatch watch(String resource) {
        URI file = ResourceHelper.resolveResource(context, resource).getURI();
        return new ProfileWatch(resource, Path.of(file), () -> load(resource));
    }

    /** Looks at the file no more. */
    public void stop() {
        if (watching != null) {
            context.getExecutorServiceManager().shutdownNow(watching);
            watching = null;
        }
    }

    private int load(String resource) {
        List<ClientProfile> loaded = ProfileFile.parse(resource, text(resource), context::resolvePropertyPlaceholders);
        user.accept(loaded);
        return loaded.size();
    }

    private String text(String resource) {
        try (InputStream in = ResourceHelper.resolveMandatoryResourceAsInputStream(context, resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (FileNotFoundException e) {
            throw new IllegalArgumentException(
                    "option profiles: there is no resource " + resource + "; give classpath:name or file:path", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("option profiles: " + resource + " cannot be read", e);
        }
    }
}
