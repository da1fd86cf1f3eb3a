/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a profile file loaded anew when it has changed. What cannot be loaded is logged, once for each change, and the
 * profiles from before stay. Used by one thread at a time.
 */
public final class ProfileWatch {

    private static final Logger LOG = LoggerFactory.getLogger(ProfileWatch.class);

    private final String resource;
    private final Path file;
    private final Loading loading;
    private @Nullable State seen;

    /** Loads the profiles and puts them to use. */
    public interface Loading {
        /** @return how many there are */
        int load();
    }

    /** What tells one content of the file from another; null when there is no file. */
    private record State(
            FileTime modified, long size, @Nullable Object key) {}

    /** Remembers the file as it is: it is to be loaded after that. */
    public ProfileWatch(String resource, Path file, Loading loading) {
        this.resource = resource;
        this.file = file;
        this.loading = loading;
        this.seen = state();
    }

    /** Loads the file if it is another than before. It never throws: that would be the last look at the file. */
    public void check() {
        try {
            loadIfChanged();
        } catch (RuntimeException | Error e) {
            try {
                LOG.error("{} cannot be looked at, the profiles from before stay", resource, e);
            } catch (Error again) {
                // of a heap that is exhausted: the next time, then
            }
        }
    }

    private void loadIfChanged() {
        State now = state();
        if (now == null ? seen == null : now.equals(seen)) {
            return;
        }
        seen = now;
        try {
            int count = loading.load();
            LOG.info("{} has changed: its {} profiles are used from now on", resource, count);
        } catch (RuntimeException e) {
            LOG.error(
                    "{} has changed but cannot be used, the profiles from before stay: {}",
                    resource,
                    String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", "; "));
        }
    }

    private @Nullable State state() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new State(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            LOG.debug("{} cannot be looked at", file, e);
            return null;
        }
    }
}
