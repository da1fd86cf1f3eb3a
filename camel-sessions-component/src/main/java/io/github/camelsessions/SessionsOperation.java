/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.internal.text.NearestName;
import io.github.camelsessions.internal.text.Quoted;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a {@code sessions:} endpoint does. The constants are named as in the URI. */
public enum SessionsOperation {
    /** Sends the exchange's HTTP request in the session. */
    fetch(
            "pool",
            "poolSize",
            "poolStrategy",
            "maxErrorScore",
            "errorScoreDecrement",
            "blockedStatusCodeRange",
            "maxConcurrentPerSession",
            "minDelay",
            "poolLogins",
            "poolWarm"),
    /** Renews the session, by this exchange's request or by a priority exchange sent to renewalUri. */
    renew,
    /** Empties the session's jar and gives its profile back. */
    clear,
    /** Asks by checkUri whether the session lives, and sets the header CamelSessionsValid. */
    check,
    /** Logs the session out by closeUri, and drops it. */
    close,
    /** Sets the body to the session's cookies. */
    getCookies("format", "domain"),
    /** Sets the body to the session's client profile, secrets masked. */
    getProfile,
    /** Adds the cookies in the body to the session. */
    addCookies,
    /** Takes a failure off the exchange's session of a pool. */
    markGood,
    /** Counts a failure of the exchange's session of a pool. */
    markBad,
    /** Retires the exchange's session: it is used no more, and closed. */
    retire,
    /** Ends the session's cool-down, so that the next exchange may renew it. */
    endCooldown,
    /** Sets the body to one row for each session, or for each pool. */
    list("offset", "limit", "of");

    private static final List<String> NAMES =
            Arrays.stream(values()).map(Enum::name).toList();

    private static final Set<String> OF_THE_NAME =
            Set.of("httpUri", "site", "sessionId", "lazyStartProducer"); // which session, and what each endpoint has

    private static final Set<String> OF_THE_LOG_OUT = Set.of("closeUri", "renewalTimeout", "holdTimeout");

    private final Set<String> ownOptions;

    SessionsOperation(String... ownOptions) {
        this.ownOptions = Set.of(ownOptions);
    }

    /** The operation that alone has this option, null when it is no operation's own. */
    static @Nullable SessionsOperation ownerOf(String option) {
        for (SessionsOperation operation : values()) {
            if (operation.ownOptions.contains(option)) {
                return operation;
            }
        }
        return null;
    }

    /** Whether an option that is no operation's own has an effect on this one. */
    boolean uses(String option) {
        return switch (this) {
            case fetch, renew, check, addCookies -> true; // they send in a session, or make one
            case close -> OF_THE_NAME.contains(option) || OF_THE_LOG_OUT.contains(option);
            case list -> option.equals("site") || option.equals("lazyStartProducer");
            default -> OF_THE_NAME.contains(option);
        };
    }

    /** Whether it sends the exchange's request. */
    boolean sendsRequest() {
        return this == fetch || this == renew;
    }

    static SessionsOperation parse(String name) {
        for (SessionsOperation operation : values()) {
            if (operation.name().equals(name)) {
                return operation;
            }
        }
        if (name.startsWith("fetch:") || name.startsWith("http:") || name.startsWith("https:")) {
            throw new IllegalArgumentException("unknown operation " + Quoted.of(name)
                    + ": write a slash before the target, as in sessions:fetch/https://host/path");
        }
        String nearest = NearestName.of(name, NAMES);
        throw new IllegalArgumentException("unknown operation " + Quoted.of(name) + ": "
                + (nearest == null ? "must be one of " + String.join(", ", NAMES) : "did you mean " + nearest + "?"));
    }
}
