/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.layout.PatternLayout;

/** What is logged while it is open: DEBUG by this project, INFO by all others. */
final class LogCapture extends AbstractAppender implements AutoCloseable {

    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final LoggerContext context = (LoggerContext) LogManager.getContext(false);

    LogCapture() {
        super(
                "capture",
                null,
                PatternLayout.newBuilder().withPattern("%p %c %m %xEx").build(),
                false,
                Property.EMPTY_ARRAY);
        start();
        context.getConfiguration().getRootLogger().addAppender(this, null, null);
        setLevels(Level.INFO, Level.DEBUG);
    }

    private void setLevels(Level root, Level own) {
        context.getConfiguration().getRootLogger().setLevel(root);
        org.apache.logging.log4j.core.config.Configurator.setLevel("io.github.camelsessions", own);
        context.updateLoggers();
    }

    @Override
    public void append(LogEvent event) {
        lines.add(getLayout().toSerializable(event.toImmutable()).toString());
    }

    /** The lines of a logger and those below it. */
    List<String> of(String logger) {
        return lines.stream()
                .filter(line -> line.split(" ")[1].startsWith(logger))
                .toList();
    }

    String text() {
        return String.join("\n", lines);
    }

    @Override
    public void close() {
        setLevels(Level.WARN, null);
        context.getConfiguration().getRootLogger().removeAppender("capture");
        stop();
    }
}
