/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

import org.apache.camel.spi.Metadata;

/** The message headers that the component reads and writes. All start with Camel, so that Camel's header filters keep them off the wire. */
public final class SessionsConstants {

    @Metadata(description = "The id of the session to use. Wins over the option sessionId.", javaType = "String")
    public static final String ID = "CamelSessionsId";

    @Metadata(
            description = "The name of the client profile that the session takes, when it has none yet."
                    + " Wins over the option profile.",
            javaType = "String")
    public static final String PROFILE = "CamelSessionsProfile";

    @Metadata(
            description = "Cookies to add to the session before the request is sent, as if its target had set them:"
                    + " a Map of name to value, a List of Maps (name, value, domain, path, ...), or a String such as"
                    + " a=b; c=d. Consumed by the call.",
            javaType = "Object")
    public static final String REQUEST_COOKIES = "CamelSessionsRequestCookies";

    @Metadata(
            description =
                    "Whether this request is sent outside all sessions: no jar, no profile." + " Consumed by the call.",
            javaType = "Boolean")
    public static final String BYPASS = "CamelSessionsBypass";

    @Metadata(description = "After the call: the id of the session that was used.", javaType = "String")
    public static final String USED_ID = "CamelSessionsUsedId";

    @Metadata(
            description = "After the call: the cookies that its responses set, name to value, redirects included."
                    + " Its get(name) gives a value; whoever prints, copies or goes through it sees masked values.",
            javaType = "java.util.Map<String, String>")
    public static final String COOKIES = "CamelSessionsCookies";

    @Metadata(
            description = "After the call: the generation of the session that was used, 0 for the first.",
            javaType = "Long")
    public static final String GENERATION = "CamelSessionsGeneration";

    @Metadata(
            description = "After the call: the name of the client profile that was used, if any.",
            javaType = "String")
    public static final String USED_PROFILE = "CamelSessionsUsedProfile";

    @Metadata(
            description =
                    "After the call: the URI that gave the response, after redirects, with its query, in which log-ins"
                            + " carry secrets such as codes and tokens.",
            javaType = "String")
    public static final String FINAL_URI = "CamelSessionsFinalUri";

    @Metadata(
            description = "After the call: how often the request was sent again, because the session had expired.",
            javaType = "Integer")
    public static final String REPLAYS = "CamelSessionsReplays";

    @Metadata(
            description =
                    "After renew or a renewSession block: whether this exchange has renewed the session; false when"
                            + " another one had already.",
            javaType = "Boolean")
    public static final String RENEWED = "CamelSessionsRenewed";

    @Metadata(
            description =
                    "After check: whether the session lives. Absent when that is not known: there was no answer, or"
                            + " the session is not asked for at present, because it is being renewed, is frozen, or the site has"
                            + " asked for a pause.",
            javaType = "Boolean")
    public static final String VALID = "CamelSessionsValid";

    @Metadata(
            description = "In the exchange sent to renewalUri: the site of the session to renew, absent for the default"
                    + " site. CamelSessionsId tells the id.",
            javaType = "String")
    public static final String SITE = "CamelSessionsSite";

    @Metadata(
            description = "In the exchange sent to renewalUri: why the session is renewed, in words.",
            javaType = "String")
    public static final String CAUSE = "CamelSessionsCause";

    private SessionsConstants() {}
}
