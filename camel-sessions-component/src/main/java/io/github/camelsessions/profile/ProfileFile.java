/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads client profiles from a JSON or YAML text.
 *
 * <p>At the top stands a list of profiles, or a map from name to profile, or a map with the single key {@code profiles}
 * that holds one of both. A profile is written as
 *
 * <pre>{@code
 * - name: anna                     # optional: else profile-1, profile-2, ... by place
 *   proxy:                         # or proxy: "http://user:password@proxy.example:3128"
 *     url: http://proxy.example:3128
 *     username: anna
 *     password: "{{proxy.password}}"
 *     noProxy: [localhost, "*.internal"]
 *   userAgent: Mozilla/5.0
 *   headers:
 *     Accept-Language: de
 *   account:
 *     user: anna
 *     password: "{{portal.password}}"
 * }</pre>
 *
 * or in the older form
 *
 * <pre>{@code
 * - proxy: ["http://proxy.example:3128", "Basic dXNlcjpwYXNz"]
 *   user-agent: Mozilla/5.0
 * }</pre>
 *
 * <p>Numbers and booleans are taken as the text they were written with, so that {@code password: 0123} keeps its zero.
 * YAML aliases are refused. Stateless, hence thread-safe.
 */
public final class ProfileFile {

    private static final int MOST_REASONS = 50;

    private final List<String> reasons = new ArrayList<>();
    private final List<ClientProfile> profiles = new ArrayList<>();
    /** Name to the index of the entry that has it. */
    private final Map<String, Integer> names = new HashMap<>();

    private ProfileFile() {}

    /**
     * Reads all profiles, in the order of the text.
     *
     * @param source the resource's name, for error messages, where it is shown without user info and query; when it
     *     ends in {@code .json}, the text is read as JSON, else as YAML
     * @param text the content
     * @param placeholders resolves the property placeholders of one value that has some, such as {@code {{name}}}
     * @return at least one profile, each with a name of its own
     * @throws IllegalArgumentException when there is no profile, or any is invalid; the message lists every reason with
     *     the index (from 0) and name of the entry, and shows neither credentials nor account nor header values
     */
    public static List<ClientProfile> parse(String source, String text, UnaryOperator<String> placeholders) {
        String shown = withoutSecrets(source);
        ProfileFile file = new ProfileFile();
        try {
            file.read(Node.read(text, shown.toLowerCase(Locale.ROOT).endsWith(".json"), placeholders));
        } catch (IllegalArgumentException e) {
            file.reasons.add(e.getMessage());
        }
        if (file.reasons.isEmpty()) {
            return List.copyOf(file.profiles);
        }
        throw new IllegalArgumentException(message(shown, file.reasons));
    }

    /** Reads all profiles of a text without property placeholders; see {@link #parse(String, String, UnaryOperator)}. */
    public static List<ClientProfile> parse(String source, String text) {
        return parse(source, text, UnaryOperator.identity());
    }

    private static String message(String source, List<String> reasons) {
        String subject = "client profiles '" + source + "'";
        if (reasons.size() == 1) {
            return subject + ": " + reasons.get(0);
        }
        StringBuilder message = new StringBuilder(subject + ": " + reasons.size() + " errors");
        reasons.stream()
                .limit(MOST_REASONS)
                .forEach(reason -> message.append("\n  ").append(reason));
        if (reasons.size() > MOST_REASONS) {
            message.append("\n  and ").append(reasons.size() - MOST_REASONS).append(" more");
        }
        return message.toString();
    }

    private static String withoutSecrets(String source) {
        String shown = source.replaceFirst("(?s)[?#].*", "");
        return shown.replaceFirst("//[^/]*@", "//");
    }

    private void read(@Nullable Node root) {
        Node entries = root;
        if (entries != null && entries.is(Node.Kind.MAP) && entries.fields.size() == 1) {
            Node profilesKey = entries.get("profiles");
            entries = profilesKey == null ? entries : profilesKey;
        }
        if (entries == null || entries.is(Node.Kind.NULL)) {
            reasons.add("is empty: write a list of profiles, or leave the option profiles out");
        } else if (entries.is(Node.Kind.LIST)) {
            readList(entries);
        } else if (entries.is(Node.Kind.MAP)) {
            readMap(entries);
        } else {
            reasons.add("is neither a list of profiles nor a map from name to profile (" + entries.place + ")");
        }
    }

    private void readList(Node list) {
        if (list.items.isEmpty()) {
            reasons.add("has no entries: write at least one profile, or leave the option profiles out");
        }
        for (int i = 0; i < list.items.size(); i++) {
            add(i, ProfileEntry.read(i, null, list.items.get(i)));
        }
    }

    private void readMap(Node map) {
        if (map.fields.isEmpty()) {
            reasons.add("has no entries: write at least one profile, or leave the option profiles out");
        }
        if (map.get("profiles") != null) {
            reasons.add("has other keys beside 'profiles': let 'profiles' be the only one at the top");
            return;
        }
        if (!map.fields.isEmpty() && map.fields.stream().allMatch(field -> ProfileEntry.isKey(field.key))) {
            reasons.add("is a single profile: write a list of profiles (- in front of it), or put it under a name");
            return;
        }
        for (int i = 0; i < map.fields.size(); i++) {
            add(i, ProfileEntry.read(i, map.fields.get(i), map.fields.get(i).value));
        }
    }

    private void add(int index, ProfileEntry entry) {
        Integer first = entry.hasName() ? names.putIfAbsent(entry.name(), index) : null;
        if (first != null) {
            entry.refuse("has the same name as entry " + first + ": choose another");
        }
        reasons.addAll(entry.reasons());
        if (entry.reasons().isEmpty()) {
            profiles.add(entry.profile());
        }
    }
}
