/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import static io.github.camelsessions.internal.form.TestPages.URL;
import static io.github.camelsessions.internal.form.TestPages.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class HtmlPageTest {

    private static final String SEARCH = "<form action=/search><input name=q></form>";
    private static final String LOG_IN =
            "<form id=login method=post action=/in><input name=u><input type=password name=p></form>";
    private static final String REGISTER = "<form id=new method=post action=/new><input name=u>"
            + "<input type=password name=p1><input type=password name=p2></form>";
    private static final String CODE = "<form id=code method=post action=/code><input name=otp></form>";

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {"", " ", "text/html", "TEXT/HTML;charset=utf-8", "application/xhtml+xml; x=y", " text/html ;"})
    void theseAreHtml(String contentType) {
        assertThat(HtmlPage.isHtml(contentType)).isTrue();
        assertThat(HtmlPage.parse(LOG_IN.getBytes(StandardCharsets.UTF_8), contentType, URL)
                        .forms())
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, 'page https://shop.example/start/page is ''application/json'', no page of HTML'",
        "text/plain; charset=utf-8, 'is ''text/plain'', no page of HTML'",
        "text/htmlx, 'is ''text/htmlx'''"
    })
    void whatIsNoHtmlIsRefusedByItsType(String contentType, String problem) {
        assertThat(HtmlPage.isHtml(contentType)).isFalse();
        assertThatThrownBy(() -> HtmlPage.parse(new byte[] {'x'}, contentType, URL))
                .isInstanceOf(FormException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void anEmptyPageAndOneThatIsTooLongAreRefused() {
        assertThatThrownBy(() -> HtmlPage.parse(new byte[0], "text/html", URL))
                .isInstanceOf(FormException.class)
                .hasMessage("page https://shop.example/start/page is empty, no page of HTML");
        assertThatThrownBy(() -> HtmlPage.parse(new byte[(8 << 20) + 1], "text/html", URL))
                .isInstanceOf(FormException.class)
                .hasMessage("page https://shop.example/start/page has 8388609 octets; up to 8388608 are read");
    }

    @Test
    void aTitleIsOneShortLine() {
        assertThat(page("<title> Log\n\tin \u0007 to\u202E the &amp; shop </title>")
                        .title())
                .isEqualTo("Log in to the & shop");
        assertThat(page("<p>x").title()).isEmpty();
        assertThat(page("<title>" + "x".repeat(79) + "😀 and more").title()).isEqualTo("x".repeat(79));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", quoteCharacter = '`', textBlock = """
            0; url=/next -> https://shop.example/next
            0;URL='/next?a=b' -> https://shop.example/next?a=b
            5 ; url = "next page" -> https://shop.example/start/next%20page
            0,/next -> https://shop.example/next
            0;/next -> https://shop.example/next
            0 /next -> https://shop.example/next
            0; users/x -> https://shop.example/start/users/x
            0; url='/next'x -> https://shop.example/next
            .5; url=/next#x -> https://shop.example/next
            1.5;url=//other.example -> https://other.example/
            30; url=/next -> https://shop.example/next
            31; url=/logout -> -
            1800; url=/logout -> -
            99999999999; url=/logout -> -
            5 -> -
            0; -> -
            0; url= -> https://shop.example/start/page?o=1
            ; url=/next -> -
            x; url=/next -> -
            0x; url=/next -> -
            0; url=javascript:alert(1) -> -
            0; url=data:text/html,x -> -
            """)
    void aRefreshLeadsWhereABrowserWouldGo(String content, String target) {
        URI refresh = page("<meta http-equiv=Refresh content=\"" + content.replace("\"", "&quot;") + "\">")
                .refresh();
        assertThat(refresh == null ? "-" : refresh.toString()).isEqualTo(target);
    }

    @Test
    void aRefreshIsTheFirstOneRelativeToTheBase() {
        String first = "<meta http-equiv=refresh content='0;url=a'>";
        assertThat(page("<p>").refresh()).isNull();
        assertThat(page("<base href=/b/>" + first + "<meta http-equiv=refresh content='0;url=c'>")
                        .refresh())
                .hasToString("https://shop.example/b/a");
        assertThat(page("<meta http-equiv=refresh content=x>" + first).refresh())
                .hasToString("https://shop.example/start/a");
    }

    @Test
    void aRefreshForBrowsersWithoutScriptsCountsWhereThereIsNoForm() {
        String noscript = "<noscript><meta http-equiv=refresh content='0;url=/plain'></noscript>";
        assertThat(page(noscript + "<script src=x></script>").refresh()).hasToString("https://shop.example/plain");
        assertThat(page(noscript + LOG_IN).refresh()).isNull();
    }

    @Test
    void aFragmentIsNoPartOfTheUrl() {
        HtmlPage page = HtmlPage.parse(LOG_IN.getBytes(StandardCharsets.UTF_8), null, URI.create("https://h/x?a=b#c"));
        assertThat(page.url()).hasToString("https://h/x?a=b");
        assertThat(page).hasToString("page https://h/x");
    }

    // ---- which form

    private static String called(HtmlForm form) {
        String described = form == null ? "none" : form.describe();
        return described.replaceAll(" \\(.*", "");
    }

    @ParameterizedTest
    @CsvSource({
        "SEARCH, form 1, none",
        "LOG_IN, form #login, form #login",
        "SEARCH LOG_IN, form #login, form #login",
        "REGISTER, form #new, form #new",
        "REGISTER LOG_IN, form #login, form #login",
        "LOG_IN REGISTER, form #login, form #login",
        "LOG_IN LOG_IN, form #login, form #login",
        "CODE, form #code, form #code",
        "CODE LOG_IN, form #login, form #login",
    })
    void theFormThatIsMeantIsFound(String forms, String only, String logIn) {
        HtmlPage page = page(html(forms));
        assertThat(called(page.form(null))).isEqualTo(only);
        assertThat(called(page.logInForm())).isEqualTo(logIn);
    }

    private static String html(String forms) {
        return forms.replace("SEARCH", SEARCH)
                .replace("LOG_IN", LOG_IN)
                .replace("REGISTER", REGISTER)
                .replace("CODE", CODE);
    }

    @Test
    void aCodeAmongOtherFieldsIsNoLogIn() {
        assertThat(page("<form><input name=name><input name=code></form>").logInForm())
                .isNull();
        assertThat(page("<form><input name=q><input name=u autocomplete=username></form>")
                        .logInForm())
                .isNull();
        assertThat(page(SEARCH + CODE).logInForm().codeField()).isEqualTo("otp");
    }

    @Test
    void severalFormsWithoutAPasswordAreListed() {
        assertThatThrownBy(() -> page("<title>Shop</title>" + SEARCH + CODE).form(null))
                .isInstanceOf(FormException.class)
                .hasMessage(
                        "page https://shop.example/start/page ('Shop') has several forms, and none with a password:"
                                + " name one by form=, a CSS selector. It has form 1 (GET /search; q), form #code (POST /code; otp)");
    }

    @Test
    void aPageWithoutAFormSaysWhetherItNeedsScript() {
        assertThatThrownBy(() -> page("<p>Hello").form(null))
                .isInstanceOf(FormException.class)
                .hasMessage("page https://shop.example/start/page has no form");
        assertThatThrownBy(() ->
                        page("<div id=app></div><script src=app.js></script>").form(null))
                .isInstanceOf(FormException.class)
                .hasMessageContaining("has no form, but a script")
                .hasMessageContaining("sessions:addCookies");
    }

    @ParameterizedTest
    @CsvSource({
        "#login, form #login",
        "form, form 1",
        "form[action=/code], form #code",
        "input[name=otp], form #code",
        "'[type=password]', form #login",
        "#out, form #login",
        "p + form, form 1"
    })
    void aSelectorNamesTheFormOrAnythingInIt(String selector, String form) {
        assertThat(called(page("<input id=out form=login><p></p>" + SEARCH + LOG_IN + CODE)
                        .form(selector)))
                .isEqualTo(form);
    }

    @ParameterizedTest
    @CsvSource({
        "#logn, has nothing that matches the selector '#logn'. It has form #login",
        "p, has no form around what matches the selector 'p'. It has form #login",
        "form[, form=form[ is no CSS selector",
        "'', form= is no CSS selector",
        ":nonsense(, is no CSS selector"
    })
    void aSelectorThatLeadsToNoFormSaysSo(String selector, String problem) {
        assertThatThrownBy(() -> page("<p></p>" + LOG_IN).form(selector))
                .isInstanceOf(FormException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void formsInTemplatesAreNone() {
        assertThat(page("<template>" + LOG_IN + "</template>" + SEARCH).forms()).hasSize(1);
    }
}
