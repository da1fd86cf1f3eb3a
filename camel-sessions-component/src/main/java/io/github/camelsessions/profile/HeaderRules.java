/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which headers a profile may bring, and which of them are secret. Stateless, hence thread-safe. */
public final class HeaderRules {

    /** RFC 9110, section 5.6.2. */
    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

    private static final String FRAMING = "belongs to the message or connection, which the HTTP client writes itself";
    private static final String BODY = "belongs to the body of each request: set it as a header of the message";
    private static final String JAR = "is written from the session's cookies: use the operation addCookies";

    private static final String NO_TOKEN = "is not the name of a header (a token of RFC 9110, section 5.6.2)";

    private static final Map<String, String> FORBIDDEN = Map.ofEntries(
            Map.entry("cookie", JAR),
            Map.entry("cookie2", JAR),
            Map.entry("set-cookie", JAR),
            Map.entry("host", "follows from the target of each request"),
            Map.entry("content-length", FRAMING),
            Map.entry("content-type", BODY),
            Map.entry("content-encoding", BODY),
            Map.entry("transfer-encoding", FRAMING),
            Map.entry("connection", FRAMING),
            Map.entry("keep-alive", FRAMING),
            Map.entry("proxy-connection", FRAMING),
            Map.entry("te", FRAMING),
            Map.entry("trailer", FRAMING),
            Map.entry("upgrade", FRAMING),
            Map.entry("expect", FRAMING),
            Map.entry(
                    "proxy-authorization",
                    "would go to the target: use proxy.username and proxy.password of the client profile"),
            Map.entry(
                    "user-agent",
                    "has a key of its own: use userAgent of the client profile, or the option http.userAgent"));

    private static final Set<String> SECRET_WORDS =
            Set.of(("apikey auth authentication authorization bearer cookie cookies credential "
                            + "credentials csrf jwt key keys oauth pass passcode passkey passphrase passwd "
                            + "password pin pwd secret session sessionid sid sig signature token tokens xsrf")
                    .split(" "));

    /** Ends of words that are written together, such as accesstoken; not of authority, keyboard, monkey or bypass. */
    private static final Pattern SECRET_END =
            Pattern.compile(".+(api|access|app|auth|client|license|master|private|secret|shared|subscription)key"
                    + "|.+(authorization|cookie|credentials?|passw(or)?d|secret|sessionid|signature|token)");

    private static final Pattern NO_LETTERS = Pattern.compile("[^A-Za-z]+");

    /** Between the words of a name: at hyphens and the like, at digits, and where upper case begins a word. */
    private static final Pattern BETWEEN_WORDS =
            Pattern.compile("[^A-Za-z]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");

    private static final Pattern CREDENTIALS =
            Pattern.compile("(basic|bearer|digest|negotiate|token) .*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private HeaderRules() {}

    /** Whether this can be the name of a header: a token of RFC 9110, section 5.6.2. */
    public static boolean isToken(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!alphanumeric && TOKEN_SIGNS.indexOf(c) < 0) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /** Says why a header of this name cannot be set for a session, or returns null when it can. */
    public static @Nullable String problem(String name) {
        return isToken(name) ? whyForbidden(name) : NO_TOKEN;
    }

    /** Says why a profile may not set this header (a token), or returns null when it may. */
    static @Nullable String whyForbidden(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.startsWith("camel")) {
            return "steers Camel and is not sent";
        }
        return FORBIDDEN.get(lower);
    }

    /** Says why a response header of this name cannot become a variable of a session, or returns null when it can. */
    public static @Nullable String capturedProblem(String name) {
        String problem = problem(name);
        return JAR.equals(problem) || NO_TOKEN.equals(problem) ? problem : null;
    }

    /**
     * Says what keeps the value from being sent as a header, or returns null when nothing does. Shows nothing of it.
     *
     * <p>Latin-1 passes (RFC 9110, section 5.5, obs-text); what is beyond it would arrive as a question mark.
     */
    public static @Nullable String valueProblem(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\r' || c == '\n') {
                return "contains a line break at position " + i + ", which would start another header";
            }
            if (c != '\t' && Character.isISOControl(c)) {
                return "contains a control character at position " + i;
            }
            if (c > 0xff) {
                return "contains a character at position " + i + " that is not Latin-1 and cannot be sent in a header";
            }
        }
        return null;
    }

    /** Tells whether the value must be masked, by a word of its name or because it reads as credentials. */
    public static boolean isSecret(String name, String value) {
        return BETWEEN_WORDS.splitAsStream(name).anyMatch(HeaderRules::isSecretWord)
                || NO_LETTERS.splitAsStream(name).anyMatch(HeaderRules::isSecretWord) // in whatever case: ToKen
                || CREDENTIALS.matcher(value).matches();
    }

    private static boolean isSecretWord(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        return SECRET_WORDS.contains(lower) || SECRET_END.matcher(lower).matches();
    }
}
