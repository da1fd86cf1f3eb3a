/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

/** The names of the message headers that renewals and replays read and write. */
public final class RenewalHeaders {

    public static final String ID = "CamelSessionsId";
    public static final String SITE = "CamelSessionsSite";
    public static final String GENERATION = "CamelSessionsGeneration";
    public static final String CAUSE = "CamelSessionsCause";
    public static final String REPLAYS = "CamelSessionsReplays";
    public static final String RENEWED = "CamelSessionsRenewed";

    private RenewalHeaders() {}
}
