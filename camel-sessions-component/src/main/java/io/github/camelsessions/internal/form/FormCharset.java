/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names of charsets as browsers understand them (Encoding standard, section 4.2): {@code iso-8859-1} is windows-1252, and
 * what the standard does not know is unknown, whatever this JVM has. Stateless.
 */
final class FormCharset {

    /** Of a name for which Java has its own charset, the one that browsers take; all others of the standard are equal. */
    private static final Map<String, String> TAKEN = Map.ofEntries(
            Map.entry("US-ASCII", "windows-1252"),
            Map.entry("ISO-8859-1", "windows-1252"),
            Map.entry("ISO-8859-9", "windows-1254"),
            Map.entry("TIS-620", "x-windows-874"),
            Map.entry("x-iso-8859-11", "x-windows-874"),
            Map.entry("GB2312", "GBK"),
            Map.entry("Shift_JIS", "windows-31j"),
            Map.entry("EUC-KR", "x-windows-949"),
            Map.entry("UTF-16", "UTF-16LE"));

    /** What the standard calls a charset that Java calls otherwise. */
    private static final Map<String, String> NAMES = Map.of(
            "x-windows-874", "windows-874",
            "windows-31j", "Shift_JIS",
            "x-windows-949", "EUC-KR",
            "x-MacRoman", "macintosh",
            "GB18030", "gb18030");

    private static final String KNOWN = " UTF-8 UTF-16LE UTF-16BE IBM866 ISO-8859-2 ISO-8859-3 ISO-8859-4 ISO-8859-5"
            + " ISO-8859-6 ISO-8859-7 ISO-8859-8 ISO-8859-13 ISO-8859-15 ISO-8859-16 KOI8-R KOI8-U x-MacRoman"
            + " x-windows-874 windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 windows-1255 windows-1256"
            + " windows-1257 windows-1258 GBK GB18030 Big5 EUC-JP ISO-2022-JP windows-31j x-windows-949 ";

    private static final int LONGEST_LABEL = 40;

    private FormCharset() {}

    /** The charset that a label means; null when browsers, or this JVM, know none by it. */
    static @Nullable Charset of(String label) {
        String name = label.strip();
        if (name.isEmpty() || name.length() > LONGEST_LABEL || !isSupported(name)) {
            return null;
        }
        String java = Charset.forName(name).name();
        String taken = TAKEN.getOrDefault(java, java);
        return KNOWN.contains(" " + taken + " ") && isSupported(taken) ? Charset.forName(taken) : null;
    }

    private static boolean isSupported(String name) {
        // asked before, for whatever is no name of a charset would throw
        boolean legal = name.chars()
                .allMatch(c -> c >= 'a' && c <= 'z'
                        || c >= 'A' && c <= 'Z'
                        || c >= '0' && c <= '9'
                        || "-+.:_".indexOf(c) >= 0);
        return legal && "-+.:_".indexOf(name.charAt(0)) < 0 && Charset.isSupported(name);
    }

    /** The charset in which a form is sent from a page of that charset (Encoding standard, section 4.3). */
    static Charset output(Charset page) {
        return page.name().toUpperCase(Locale.ROOT).startsWith("UTF-16") ? StandardCharsets.UTF_8 : page;
    }

    /** How the standard calls a charset. */
    static String name(Charset charset) {
        return NAMES.getOrDefault(charset.name(), charset.name());
    }

    /**
     * The text with what the charset does not have replaced: surrogates without their other half by U+FFFD, other
     * characters by {@code &#N;}, as forms have it (Encoding standard, section 4.1, «html» error mode).
     */
    static byte[] encode(String text, Charset charset) {
        return encode(text, charset, "&#", ";");
    }

    /**
     * @param before what stands before the number of a character that the charset does not have
     * @param after what stands after it
     */
    static byte[] encode(String text, Charset charset, String before, String after) {
        CharsetEncoder encoder = charset.newEncoder();
        boolean all = charset.equals(StandardCharsets.UTF_8);
        StringBuilder encodable = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            int scalar = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c;
            if (scalar < 0x80 || all || encoder.canEncode(Character.toString(scalar))) {
                encodable.appendCodePoint(scalar);
            } else {
                encodable.append(before).append(scalar).append(after);
            }
        }
        return encodable.toString().getBytes(charset);
    }
}
