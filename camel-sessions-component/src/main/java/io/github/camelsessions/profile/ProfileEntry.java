/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import io.github.camelsessions.internal.text.NearestName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a profile file: reads it into a profile and collects the reasons why it cannot.
 *
 * <p>Reasons never show a value. They show a key only when it has a value and reads as a word, since with a forgotten
 * colon or comma anything may become a key; the place (line and column) leads to the others. Used by one thread.
 */
final class ProfileEntry {

    private static final List<String> KEYS = List.of("name", "proxy", "userAgent", "headers", "account");
    private static final List<String> PROXY_KEYS = List.of("url", "username", "password", "noProxy");
    private static final String OLD_USER_AGENT = "user-agent";
    private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z_.-]{0,31}");

    private final int index;
    private final List<String> reasons = new ArrayList<>();
    private @Nullable String name;
    private @Nullable ProxyServer proxy;
    private @Nullable String userAgent;
    private Map<String, String> headers = Map.of();
    private Map<String, String> account = Map.of();

    private ProfileEntry(int index) {
        this.index = index;
    }

    /**
     * Reads an entry.
     *
     * @param key the field whose value the entry is when the file is a map from name to profile, else null
     */
    static ProfileEntry read(int index, Node.@Nullable Field key, Node node) {
        ProfileEntry entry = new ProfileEntry(index);
        entry.readName(key, node);
        if (node.is(Node.Kind.MAP)) {
            entry.readFields(node);
        } else {
            entry.refuse("is not a map with the keys " + String.join(", ", KEYS) + " (" + node.place + ")");
        }
        return entry;
    }

    static boolean isKey(String key) {
        return KEYS.contains(key) || key.equals(OLD_USER_AGENT);
    }

    /** Tells whether the name is known; it is not when it is malformed. */
    boolean hasName() {
        return name != null;
    }

    String name() {
        return name == null ? "" : name;
    }

    /** Returns why the entry is refused, one reason a line, each with index and name; empty when it is valid. */
    List<String> reasons() {
        return reasons;
    }

    /** Returns the profile of an entry without reasons. */
    ClientProfile profile() {
        return new ClientProfile(name(), proxy, userAgent, headers, account);
    }

    void refuse(String reason) {
        reasons.add("entry " + index + (name == null ? "" : " ('" + name + "')") + ": " + reason);
    }

    private void readName(Node.@Nullable Field key, Node node) {
        Node given = node.get("name");
        if (given != null && given.is(Node.Kind.NULL)) {
            given = null;
        }
        if (given != null && !given.is(Node.Kind.SCALAR)) {
            refuse("name must be text (" + given.place + ")");
            return;
        }
        String wanted = given == null ? "profile-" + (index + 1) : given.text.strip();
        if (key != null) {
            if (given != null && !wanted.equals(key.key.strip())) {
                refuse("has a name that differs from its key: remove the name (" + given.place + ")");
                return;
            }
            // without a map behind it, the key may be anything
            if (!node.is(Node.Kind.MAP) && !isShown(key)) {
                return;
            }
            wanted = key.key.strip();
        }
        String problem = ClientProfile.nameProblem(wanted);
        if (problem != null) {
            refuse("its name " + problem + " (" + (given == null ? node.place : given.place) + ")");
            return;
        }
        name = wanted;
    }

    private void readFields(Node node) {
        refuseDuplicates(node, "", false);
        for (Node.Field field : node.fields) {
            if (!isKey(field.key)) {
                refuseUnknown(field, "", KEYS);
            }
        }
        Node proxyNode = valueOf(node, "proxy");
        if (proxyNode != null) {
            try {
                proxy = readProxy(proxyNode);
            } catch (IllegalArgumentException e) {
                refuse(e.getMessage() + " (" + proxyNode.place + ")");
            }
        }
        readUserAgent(valueOf(node, "userAgent"), valueOf(node, OLD_USER_AGENT));
        headers = readHeaders(valueOf(node, "headers"));
        account = readAccount(valueOf(node, "account"));
    }

    private @Nullable ProxyServer readProxy(Node node) {
        if (node.is(Node.Kind.SCALAR)) {
            return ProxyServer.parse(node.text);
        }
        if (node.is(Node.Kind.LIST)) {
            return readProxyList(node);
        }
        if (!node.is(Node.Kind.MAP)) {
            throw new IllegalArgumentException("proxy must be a URL, a map of url, username and password,"
                    + " or a list of URL and \"Basic ...\"");
        }
        boolean valid = refuseDuplicates(node, "proxy.", false);
        for (Node.Field field : node.fields) {
            if (!PROXY_KEYS.contains(field.key)) {
                refuseUnknown(field, "proxy.", PROXY_KEYS);
                valid = false;
            } else if (field.key.equals("noProxy") && isTexts(field.value)) {
                continue;
            } else if (!field.value.is(Node.Kind.SCALAR) && !field.value.is(Node.Kind.NULL)) {
                refuse("proxy." + field.key + " must be text"
                        + (field.key.equals("noProxy") ? " or a list of texts" : "") + " (" + field.value.place + ")");
                valid = false;
            }
        }
        if (!valid) {
            return null;
        }
        Node url = valueOf(node, "url");
        if (url == null) {
            throw new IllegalArgumentException("proxy.url is missing: write http://host:port");
        }
        Node username = valueOf(node, "username");
        Node password = valueOf(node, "password");
        if (username != null && password == null && node.get("password") != null) {
            throw new IllegalArgumentException(
                    "proxy.password has no value: write one, or leave the key out when the proxy asks for none");
        }
        return ProxyServer.parse(url.text)
                .withCredentials(username == null ? null : username.text, password == null ? null : password.text)
                .withNoProxy(readNoProxy(valueOf(node, "noProxy")));
    }

    private static boolean isTexts(Node node) {
        return node.is(Node.Kind.LIST) && node.items.stream().allMatch(item -> item.is(Node.Kind.SCALAR));
    }

    private static NoProxy readNoProxy(@Nullable Node node) {
        if (node == null) {
            return NoProxy.NONE;
        }
        return node.is(Node.Kind.LIST)
                ? NoProxy.of(node.items.stream().map(item -> item.text).toList())
                : NoProxy.parse(node.text);
    }

    private static ProxyServer readProxyList(Node node) {
        List<Node> items = node.items;
        boolean valid = (items.size() == 1 || items.size() == 2)
                && items.get(0).is(Node.Kind.SCALAR)
                && (items.size() == 1
                        || items.get(1).is(Node.Kind.SCALAR)
                        || items.get(1).is(Node.Kind.NULL));
        if (!valid) {
            throw new IllegalArgumentException("proxy as a list must have the form [url] or [url, \"Basic ...\"]");
        }
        ProxyServer server = ProxyServer.parse(items.get(0).text);
        return items.size() == 2 && items.get(1).is(Node.Kind.SCALAR) ? server.withBasic(items.get(1).text) : server;
    }

    private void readUserAgent(@Nullable Node node, @Nullable Node old) {
        if (node != null && old != null) {
            refuse("has both userAgent and user-agent: remove one of them (" + old.place + ")");
            return;
        }
        Node given = node == null ? old : node;
        if (given == null) {
            return;
        }
        if (!given.is(Node.Kind.SCALAR)) {
            refuse("userAgent must be text (" + given.place + ")");
            return;
        }
        String value = given.text.strip();
        String problem = value.isEmpty()
                ? "is empty: write one, or leave the key out for the HTTP client's own"
                : HeaderRules.valueProblem(value);
        if (problem != null) {
            refuse("userAgent " + problem + " (" + given.place + ")");
            return;
        }
        userAgent = value;
    }

    private Map<String, String> readHeaders(@Nullable Node node) {
        Map<String, String> values = new LinkedHashMap<>();
        for (Node.Field field : textFields(node, "headers", true)) {
            if (!HeaderRules.isToken(field.key)) {
                refuse("headers has a name that is not a token (RFC 9110, section 5.6.2): only letters, digits and"
                        + " ! # $ % & ' * + - . ^ _ ` | ~ are allowed (" + field.place + ")");
                continue;
            }
            String value = field.value.text.strip();
            String problem = HeaderRules.whyForbidden(field.key);
            if (problem == null) {
                problem = HeaderRules.valueProblem(value);
            }
            if (problem != null) {
                refuse("header " + shown(field) + " " + problem + " (" + field.place + ")");
                continue;
            }
            values.put(field.key, value);
        }
        return values;
    }

    private Map<String, String> readAccount(@Nullable Node node) {
        Map<String, String> values = new LinkedHashMap<>();
        for (Node.Field field : textFields(node, "account", false)) {
            if (field.key.isBlank()) {
                refuse("account has a key that is blank (" + field.place + ")");
                continue;
            }
            if (field.key.equals(Totp.ACCOUNT_KEY)) {
                checkTotp(field.value);
            }
            values.put(field.key, field.value.text);
        }
        return values;
    }

    private void checkTotp(Node secret) {
        try {
            Totp.parse(secret.text);
        } catch (IllegalArgumentException e) {
            refuse("account." + Totp.ACCOUNT_KEY + " " + e.getMessage() + " (" + secret.place + ")");
        }
    }

    /** Returns the fields of a map from text to text, and refuses everything else in it. */
    private List<Node.Field> textFields(@Nullable Node node, String key, boolean ignoreCase) {
        if (node == null) {
            return List.of();
        }
        if (!node.is(Node.Kind.MAP)) {
            refuse(key + " must be a map from name to text (" + node.place + ")");
            return List.of();
        }
        refuseDuplicates(node, key + ".", ignoreCase);
        List<Node.Field> fields = new ArrayList<>();
        for (Node.Field field : node.fields) {
            if (field.value.is(Node.Kind.SCALAR)) {
                fields.add(field);
            } else if (field.value.is(Node.Kind.NULL)) {
                refuse(key + " has a key without a value: write \"\" for an empty one (" + field.place + ")");
            } else {
                refuse(key + "." + shown(field) + " must be text (" + field.value.place + ")");
            }
        }
        return fields;
    }

    private boolean refuseDuplicates(Node node, String prefix, boolean ignoreCase) {
        Map<String, Node.Field> seen = new HashMap<>();
        boolean none = true;
        for (Node.Field field : node.fields) {
            String key = ignoreCase ? field.key.toLowerCase(Locale.ROOT) : field.key;
            Node.Field first = seen.putIfAbsent(key, field);
            if (first != null) {
                none = false;
                refuse("duplicate key " + prefix + shown(field) + " (" + first.place + " and " + field.place
                        + "): remove one of them");
            }
        }
        return none;
    }

    private void refuseUnknown(Node.Field field, String prefix, List<String> known) {
        // before the nearest name, which is proxy for noProxy
        boolean ofProxy = prefix.isEmpty() && PROXY_KEYS.contains(field.key);
        String nearest = ofProxy ? null : NearestName.of(field.key, known);
        String hint;
        if (nearest != null) {
            hint = "did you mean " + prefix + nearest + "?";
        } else if (ofProxy) {
            hint = "it belongs under proxy"
                    + (field.key.endsWith("name") || field.key.equals("password") ? " or account" : "");
        } else if (isDotted(field.key)) {
            hint = "write it as a map, as in proxy: {url: ...}";
        } else {
            hint = "known are " + String.join(", ", known);
        }
        refuse("unknown key " + prefix + shown(field) + " (" + field.place + "), " + hint);
    }

    private static boolean isDotted(String key) {
        return Set.of("proxy", "headers", "account").stream().anyMatch(parent -> key.startsWith(parent + "."));
    }

    private static @Nullable Node valueOf(Node node, String key) {
        Node value = node.get(key);
        return value == null || value.is(Node.Kind.NULL) ? null : value;
    }

    private static boolean isShown(Node.Field field) {
        return !field.value.is(Node.Kind.NULL) && WORD.matcher(field.key).matches();
    }

    private static String shown(Node.Field field) {
        return isShown(field) ? "'" + field.key + "'" : "(not shown)";
    }
}
