/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

/** One part of the benchmark. */
interface Experiment {

    /** The name by which it is chosen on the command line, and which its figures carry in the report. */
    String name();

    /** Measures, and adds tables, targets and counts to the report. */
    void run(Settings settings, Report report) throws Exception;
}
