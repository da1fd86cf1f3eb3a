/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import io.github.camelsessions.internal.text.Quoted;
import java.net.URI;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.select.Elements;
import org.jsoup.select.Selector;
import org.jspecify.annotations.Nullable;

/**
 * A page of HTML as it came, with its forms. It is read as by a browser without scripts.
 *
 * <p>What a page can cost is bounded: 8 MB, 500 000 elements and attributes, 1 000 forms, 10 000 controls.
 *
 * <p>Immutable and thread-safe.
 */
public final class HtmlPage {

    private static final int MOST_OCTETS = 8 << 20;
    private static final int LONGEST_TITLE = 80;

    /** Who sends people on later than this wants them to read the page, or ends their session. */
    private static final int LONGEST_REFRESH_SECONDS = 30;

    private final URI url;
    private final String title;
    private final @Nullable URI refresh;
    private final boolean script;
    private final List<FormMarkup> forms;

    // guards the document, whose elements remember what was asked of them; calls nothing but the parser's library
    private final ReentrantLock selecting = new ReentrantLock();
    private final Document document;
    private final FormReader reader;

    private HtmlPage(PageParser.Parsed parsed, URI url) {
        this.url = url;
        this.document = parsed.document();
        Charset charset = FormCharset.output(parsed.charset());
        URI base = base(document, url, charset);
        this.reader = new FormReader(document, url, base, charset);
        this.forms = reader.forms();
        this.title = folded(document.title());
        this.refresh = refresh(document, base, charset, forms.isEmpty());
        this.script = document.selectFirst("script") != null;
    }

    /**
     * Reads a page.
     *
     * @param contentType the header, null without one
     * @param url where the page came from, after redirects: absolute, http or https
     * @throws FormException when it is no HTML, empty, or more than is read
     */
    public static HtmlPage parse(byte[] body, @Nullable String contentType, URI url) {
        String page = "page " + FormUrl.shown(url);
        if (body.length == 0) {
            throw new FormException(page + " is empty, no page of HTML");
        }
        if (!isHtml(contentType)) {
            throw new FormException(page + " is " + Quoted.of(mediaType(contentType)) + ", no page of HTML");
        }
        if (body.length > MOST_OCTETS) {
            throw new FormException(page + " has " + body.length + " octets; up to " + MOST_OCTETS + " are read");
        }
        try {
            return new HtmlPage(PageParser.parse(body, contentType, url), withoutFragment(url));
        } catch (FormException e) {
            throw e;
        } catch (RuntimeException e) {
            // the parser fails on no input that is known; what comes from outside shall not find one
            throw new FormException(
                    page + " cannot be read as HTML: " + e.getClass().getSimpleName(), e);
        }
    }

    private static URI withoutFragment(URI url) {
        String all = url.toString();
        int fragment = all.indexOf('#');
        return fragment < 0 ? url : URI.create(all.substring(0, fragment));
    }

    /**
     * Whether what came with a {@code Content-Type} may be a page of HTML.
     *
     * @param contentType null without one, which may
     */
    public static boolean isHtml(@Nullable String contentType) {
        String type = mediaType(contentType);
        return type.isEmpty() || type.equals("text/html") || type.equals("application/xhtml+xml");
    }

    private static String mediaType(@Nullable String contentType) {
        String header = contentType == null ? "" : contentType;
        int parameters = header.indexOf(';');
        return (parameters < 0 ? header : header.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    /** Where the page came from, without a fragment. */
    public URI url() {
        return url;
    }

    /** The title on one line, at most 80 characters of it; empty without one. */
    public String title() {
        return title;
    }

    /**
     * Where {@code <meta http-equiv=refresh>} leads within 30 seconds; null without one, or when it leads to no URL of
     * HTTP, or to the page itself without naming it. One for browsers without scripts ({@code noscript}) counts where the
     * page has no form.
     */
    public @Nullable URI refresh() {
        return refresh;
    }

    /** All forms, in the order of the page, each as it came. */
    public List<HtmlForm> forms() {
        return forms.stream().map(HtmlForm::new).toList();
    }

    /**
     * A form, as it came.
     *
     * @param selector a CSS selector of the form or of anything in it; null for the one to log in, see {@link
     *     #logInForm()}, else the only one
     * @throws FormException when there is no such form, or when it is not clear which is meant
     */
    public HtmlForm form(@Nullable String selector) {
        if (selector != null) {
            return new HtmlForm(forms.get(selected(selector)));
        }
        if (forms.isEmpty()) {
            throw wrong(
                    script
                            ? "has no form, but a script, which may make one: a log-in that needs script is done in a"
                                    + " browser, and the cookies of that are put into the session by sessions:addCookies"
                            : "has no form");
        }
        HtmlForm password = passwordForm();
        if (password == null && forms.size() > 1) {
            throw wrong("has several forms, and none with a password: name one by form=, a CSS selector. It has "
                    + listed());
        }
        return password == null ? new HtmlForm(forms.get(0)) : password;
    }

    /**
     * The form with a password, of several one that asks for a single password, as a registration does not; else the one
     * with a one-time code, if that is all it asks for; null when there is none of these. Of equal ones the first.
     */
    public @Nullable HtmlForm logInForm() {
        HtmlForm password = passwordForm();
        return password != null
                ? password
                : forms().stream().filter(HtmlForm::isCodeAlone).findFirst().orElse(null);
    }

    private @Nullable HtmlForm passwordForm() {
        List<HtmlForm> all =
                forms().stream().filter(form -> form.passwordField() != null).toList();
        return all.stream().filter(HtmlForm::hasOnePassword).findFirst().orElse(all.isEmpty() ? null : all.get(0));
    }

    private int selected(String selector) {
        selecting.lock();
        try {
            Elements found = document.select(selector);
            for (Element element : found) {
                int form = reader.formOf(element);
                if (form >= 0) {
                    return form;
                }
            }
            throw wrong(
                    found.isEmpty()
                            ? "has nothing that matches the selector " + Quoted.of(selector) + ". It has " + listed()
                            : "has no form around what matches the selector " + Quoted.of(selector) + ". It has "
                                    + listed());
        } catch (Selector.SelectorParseException | IllegalArgumentException e) {
            if (e instanceof FormException told) {
                throw told;
            }
            throw new FormException(
                    "form=" + Quoted.bare(selector) + " is no CSS selector: " + Quoted.bare(e.getMessage()), e);
        } finally {
            selecting.unlock();
        }
    }

    private String listed() {
        if (forms.isEmpty()) {
            return "no form";
        }
        String first = forms.stream().limit(10).map(FormMarkup::describe).collect(Collectors.joining(", "));
        return forms.size() > 10 ? first + " and " + (forms.size() - 10) + " more" : first;
    }

    private FormException wrong(String problem) {
        String called = title.isEmpty() ? "" : " (" + Quoted.of(title) + ")";
        return new FormException("page " + FormUrl.shown(url) + called + " " + problem);
    }

    /** Of the first {@code base} with a URL (HTML, section 4.2.3), if that is one of HTTP; else the page's. */
    private static URI base(Document document, URI url, Charset charset) {
        Element base = document.selectFirst("base[href]");
        try {
            return base == null ? url : FormUrl.resolve(url, base.attr("href"), charset);
        } catch (IllegalArgumentException e) {
            return url;
        }
    }

    private static @Nullable URI refresh(Document document, URI base, Charset charset, boolean noscript) {
        MetaRefresh refresh = document.select("meta[http-equiv=refresh]").stream()
                .filter(meta -> noscript || meta.closest("noscript") == null)
                .map(meta -> MetaRefresh.parse(meta.attr("content")))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (refresh == null || refresh.url() == null || refresh.seconds() > LONGEST_REFRESH_SECONDS) {
            return null;
        }
        try {
            return FormUrl.resolve(base, refresh.url(), charset);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String folded(String title) {
        String line =
                title.replaceAll("[\\s\\p{Cntrl}\\p{Cf}\\u2028\\u2029]+", " ").strip();
        int end = Math.min(line.length(), LONGEST_TITLE);
        boolean torn = end < line.length() && Character.isHighSurrogate(line.charAt(end - 1));
        return line.substring(0, torn ? end - 1 : end);
    }

    /** The URL, without its query. */
    @Override
    public String toString() {
        return "page " + FormUrl.shown(url);
    }
}
