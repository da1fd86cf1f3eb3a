/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that call at the same time. */
final class Callers implements AutoCloseable {

    private final ExecutorService threads;
    private final int number;

    private Callers(ExecutorService threads, int number) {
        this.threads = threads;
        this.number = number;
    }

    static Callers platform(int number) {
        return new Callers(Executors.newFixedThreadPool(number), number);
    }

    /** Whether this JDK has virtual threads. */
    static boolean canBeVirtual() {
        return Runtime.version().feature() >= 21;
    }

    static Callers virtual(int number) {
        try { // compiled for Java 17
            return new Callers(
                    (ExecutorService) Executors.class
                            .getMethod("newVirtualThreadPerTaskExecutor")
                            .invoke(null),
                    number);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("no virtual threads in Java " + Runtime.version(), e);
        }
    }

    /** Runs the call once on each thread and returns what they made, when all are done. */
    <T> List<T> run(Callable<T> call) throws Exception {
        List<T> results = new ArrayList<>();
        for (Future<T> future : start(call)) {
            results.add(future.get());
        }
        return results;
    }

    /** Starts the call once on each thread. */
    <T> List<Future<T>> start(Callable<T> call) {
        List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            futures.add(threads.submit(call));
        }
        return futures;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
