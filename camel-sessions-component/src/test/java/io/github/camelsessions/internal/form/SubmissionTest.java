/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import static io.github.camelsessions.internal.form.TestPages.URL;
import static io.github.camelsessions.internal.form.TestPages.form;
import static io.github.camelsessions.internal.form.TestPages.page;
import static io.github.camelsessions.internal.form.TestPages.sent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.internal.form.Submission.Encoding;
import io.github.camelsessions.internal.form.Submission.Entry;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What forms send that nobody fills in: the right values are what the HTML standard says, and browsers do. */
class SubmissionTest {

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", quoteCharacter = '`', textBlock = """
            # input
            <input name=a value=1> -> a=1
            <input name=a> -> a=
            <input value=1> -> ``
            <input name='' value=1> -> ``
            <input type=hidden name=a value=' 1'> -> a= 1
            <input type=nonsense name=a value=1> -> a=1
            <INPUT TYPE=TEXT NAME=A VALUE=1> -> A=1
            <input name=a value='&lt;&amp;&eacute;'> -> a=<&é
            <input name=a value=1><input name=a value=2> -> a=1&a=2
            <input type=email name=a value=' x@y '> -> a=x@y
            <input type=text name=a value=' x'> -> a= x
            <input type=number name=a value=1.5> -> a=1.5
            <input type=number name=a value=1,5> -> a=
            <input type=range name=a> -> a=50
            <input type=range name=a min=10 max=20 value=99> -> a=20
            <input type=range name=a min=0 max=5> -> a=2.5
            <input type=color name=a value=#FFEEDD> -> a=#ffeedd
            <input type=color name=a value=red> -> a=#000000
            <input type=date name=a value=2026-11-30> -> a=2026-11-30
            <input type=date name=a value=30.11.2026> -> a=
            <input type=button name=a value=1> -> ``
            <input type=reset name=a value=1> -> ``
            <input type=file name=a> -> a=
            # disabled
            <input name=a value=1 disabled> -> ``
            <fieldset disabled><input name=a value=1></fieldset> -> ``
            <fieldset disabled><legend><input name=a value=1></legend><input name=b></fieldset> -> a=1
            <fieldset disabled><legend>x</legend><legend><input name=a value=1></legend></fieldset> -> ``
            <fieldset disabled><legend><fieldset disabled><input name=a></fieldset></legend></fieldset> -> ``
            <fieldset><input name=a value=1></fieldset> -> a=1
            <datalist><input name=a value=1></datalist> -> ``
            <template><input name=a value=1></template><input name=b> -> b=
            <svg><input name=a value=1></svg> -> ``
            # check boxes and radio buttons
            <input type=checkbox name=a checked> -> a=on
            <input type=checkbox name=a value='' checked> -> a=
            <input type=checkbox name=a value=1> -> ``
            <input type=checkbox name=a value=1 checked><input type=checkbox name=a value=2 checked> -> a=1&a=2
            <input type=hidden name=a value=0><input type=checkbox name=a value=1 checked> -> a=0&a=1
            <input type=radio name=a value=1><input type=radio name=a value=2> -> ``
            <input type=radio name=a value=1 checked><input type=radio name=a value=2 checked> -> a=2
            <input type=radio name=a value=1 checked disabled><input type=radio name=a value=2> -> ``
            # select
            <select name=a><option>x<option>y</select> -> a=x
            <select name=a><option disabled value=''>choose<option>y</select> -> a=y
            <select name=a><option>x<option selected>y<option>z</select> -> a=y
            <select name=a><option selected>x<option selected>y</select> -> a=y
            <select name=a><option>x<option selected disabled>y</select> -> ``
            <select name=a><option value=1>x</select> -> a=1
            <select name=a><option value=''>x</select> -> a=
            <select name=a><option>  big   shoes </select> -> a=big shoes
            <select name=a><option label=x>y</select> -> a=y
            <select name=a></select> -> ``
            <select name=a><option disabled>x</select> -> ``
            <select name=a size=3><option>x</select> -> ``
            <select name=a size=1><option>x</select> -> a=x
            <select name=a multiple><option>x<option>y</select> -> ``
            <select name=a multiple><option selected>x<option>y<option selected>z</select> -> a=x&a=z
            <select name=a multiple><option selected disabled>x</select> -> ``
            <select name=a><optgroup disabled><option>x</optgroup><optgroup><option>y</optgroup></select> -> a=y
            <select name=a disabled><option>x</select> -> ``
            <select><option>x</select> -> ``
            # buttons: the first one is pressed
            <input type=submit name=go value=1><input type=submit name=no value=2> -> go=1
            <input type=submit name=go> -> go=
            <input type=submit value=1> -> ``
            <button name=go value=1>x</button> -> go=1
            <button name=go>x</button> -> go=
            <button type=submit name=go value=1>x</button> -> go=1
            <button type=nonsense name=go value=1>x</button> -> go=1
            <button type=button name=no value=1>x</button><button name=go value=2>y</button> -> go=2
            <button type=reset name=no value=1>x</button> -> ``
            <button name=no value=1 disabled>x</button><button name=go value=2>y</button> -> go=2
            <input name=a value=1><button name=go value=2>y</button><input name=b value=3> -> a=1&go=2&b=3
            <input type=image name=go> -> go.x=0&go.y=0
            <input type=image> -> x=0&y=0
            # direction of texts
            <input name=a value=x dirname=d> -> a=x&d=ltr
            <input name=a value=x dirname=d dir=rtl> -> a=x&d=rtl
            <div dir=rtl><textarea name=a dirname=d>x</textarea></div> -> a=x&d=rtl
            <input name=a value=שלום dirname=d dir=auto> -> a=שלום&d=rtl
            <input name=a value=x dirname=''> -> a=x
            """)
    void aFormSendsWhatABrowserSends(String fragment, String entries) {
        assertThat(sent("<form>" + fragment + "</form>")).isEqualTo(entries);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", quoteCharacter = '`', textBlock = """
            <form id=f></form><input form=f name=a value=1> -> a=1
            <input form=f name=a value=1><form id=f><input name=b value=2></form> -> a=1&b=2
            <form id=f><input form=other name=a><input name=b value=2></form> -> b=2
            <form id=f><input form='' name=a><input name=b value=2></form> -> b=2
            <p id=f></p><form id=f></form><input form=f name=a value=1> -> ``
            <button form=f name=go value=1></button><form id=f><button name=no>x</button></form> -> go=1
            <table><form><tr><td><input name=a value=1></td></tr></form></table> -> a=1
            <table><form><tr><td><input name=a value=1></table><input name=b value=2> -> a=1&b=2
            <div><form><input name=a value=1></div><input name=b value=2></form> -> a=1&b=2
            <form><div></form><input name=a value=1></div> -> a=1
            <form><form><input name=a value=1></form><input name=b value=2></form> -> a=1
            <form><noscript><input name=a value=1></noscript><input name=b value=2></form> -> a=1&b=2
            <form><p><b><input name=a value=1><p><i></b><input name=b value=2></form> -> a=1&b=2
            """)
    void controlsBelongToTheFormThatTheStandardFinds(String fragment, String entries) {
        assertThat(sent(fragment)).isEqualTo(entries);
    }

    @Test
    void lineBreaksAreSentAsCrLf() {
        assertThat(sent("<form><textarea name=a>\n\nx\r\ny\n</textarea></form>"))
                .isEqualTo("a=\r\nx\r\ny\r\n");
        assertThat(sent("<form><textarea name=a>  <b>x</b>  </textarea></form>"))
                .isEqualTo("a=  <b>x</b>  ");
        assertThat(sent("<form><input type=hidden name=a value='x\n&#13;y'></form>"))
                .isEqualTo("a=x\r\n\r\ny");
        assertThat(sent("<form><input name=a value='x\n&#13;y'></form>")).isEqualTo("a=xy");
    }

    // ---- where it goes

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", quoteCharacter = '`', textBlock = """
            <form method=post action=/in> -> POST https://shop.example/in
            <form method=POST action=in> -> POST https://shop.example/start/in
            <form method=post action='../my page|x'> -> POST https://shop.example/my%20page%7Cx
            <form method=post action=''> -> POST https://shop.example/start/page?o=1
            <form method=post> -> POST https://shop.example/start/page?o=1
            <form method=post action=' '> -> POST https://shop.example/start/page?o=1
            <form method=post action='?x=1'> -> POST https://shop.example/start/page?x=1
            <form method=post action='/in?a=b#c?d'> -> POST https://shop.example/in?a=b
            <form method=post action='#top'> -> POST https://shop.example/start/page?o=1
            <form method=post action='//müller.example/in'> -> POST https://xn--mller-kva.example/in
            <form method=post action='/in?q=é'> -> POST https://shop.example/in?q=%C3%A9
            <form method=post action='\\in'> -> POST https://shop.example/in
            <form method=nonsense action=/in> -> GET https://shop.example/in?
            <form action=/in><input name=a value='1 2'> -> GET https://shop.example/in?a=1+2
            <form action='/in?x=1&y=2#z'><input name=a value=1> -> GET https://shop.example/in?a=1
            <form><input name=q value=ü&amp;=> -> GET https://shop.example/start/page?q=%C3%BC%26%3D
            <base href=/b/><form method=post action=in> -> POST https://shop.example/b/in
            <base href=https://other.example><form method=post action=in> -> POST https://other.example/in
            <base href=/b/><form method=post> -> POST https://shop.example/start/page?o=1
            <base href=/b/><base href=/c/><form method=post action=in> -> POST https://shop.example/b/in
            <base target=x><base href=/c/><form method=post action=in> -> POST https://shop.example/c/in
            <base href=javascript:x><form method=post action=in> -> POST https://shop.example/start/in
            <base href=data:x><form method=post action=in> -> POST https://shop.example/start/in
            <form method=post action=/in><button formaction=/b> -> POST https://shop.example/b
            <form method=post action=/in><button formaction=''> -> POST https://shop.example/start/page?o=1
            <form action=/in><button formmethod=post> -> POST https://shop.example/in
            <form method=post action=/in><button formmethod=x> -> GET https://shop.example/in?
            <form method=post action=javascript:x><button formaction=/b> -> POST https://shop.example/b
            <form method=dialog><button formmethod=post formaction=/b> -> POST https://shop.example/b
            """)
    void aFormGoesWhereABrowserSendsIt(String html, String target) {
        Submission submission = form(html).submit(null);
        assertThat(submission.method() + " " + submission.target()).isEqualTo(target);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", quoteCharacter = '`', textBlock = """
            <form method=post action='javascript:secret()'> -> its scheme is 'javascript'
            <form action='mailto:a@b.example?subject=secret'> -> its scheme is 'mailto'
            <form action='https://anna:secret@h/'> -> its URL holds a user or password
            <form action='http://'> -> its host '' is no host
            <form id=f method=dialog> -> form #f only closes a dialog
            """)
    void aFormThatGoesNowhereSaysSo(String html, String reason) {
        assertThatThrownBy(() -> form(html).submit(null))
                .isInstanceOf(FormException.class)
                .hasMessageStartingWith("page https://shop.example/start/page: form ")
                .hasMessageContaining(reason)
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", quoteCharacter = '`', textBlock = """
            <form method=post> -> URL_ENCODED
            <form method=post enctype=MULTIPART/form-data> -> MULTIPART
            <form method=post enctype=text/plain> -> PLAIN_TEXT
            <form method=post enctype=nonsense> -> URL_ENCODED
            <form method=get enctype=multipart/form-data> -> URL_ENCODED
            <form method=post><button formenctype=multipart/form-data> -> MULTIPART
            <form method=post enctype=multipart/form-data><button formenctype=x> -> URL_ENCODED
            """)
    void theEncodingIsThatOfFormOrButton(String html, Encoding encoding) {
        assertThat(form(html).submit(null).encoding()).isEqualTo(encoding);
    }

    // ---- which button

    private static final String BUTTONS = """
            <form><input type=submit name=go value=Next><button name=act value=save> Save  it </button>
            <button name=act value=delete>Delete</button><input type=image name=pic alt=Find>
            <button disabled name=late value=1>Later</button><button>Bare</button></form>""";

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", quoteCharacter = '`', textBlock = """
            go -> go=Next
            Next -> go=Next
            act=save -> act=save
            act=delete -> act=delete
            Save it -> act=save
            delete -> act=delete
            Find -> pic.x=0&pic.y=0
            pic -> pic.x=0&pic.y=0
            late -> late=1
            Bare -> ``
            """)
    void aButtonIsNamedByNameValueOrText(String submit, String entries) {
        assertThat(sent(form(BUTTONS).submit(submit))).isEqualTo(entries);
    }

    @Test
    void aScriptSendsTheFormWithoutAButton() {
        String form =
                "<form action=/do><input name=q value=1><button name=go value=1 formaction=/elsewhere>Go</button>";

        assertThat(form(form).submit("").target()).hasPath("/do");
        assertThat(sent(form(form).submit(""))).isEqualTo("q=1");
        assertThat(sent(form(form).submit(null))).isEqualTo("q=1&go=1");
    }

    @Test
    void aButtonThatIsNotThereIsToldWithThoseThatAre() {
        assertThatThrownBy(() -> form(BUTTONS).submit("Login"))
                .isInstanceOf(FormException.class)
                .hasMessageEndingWith(
                        "has no button 'Login': it has go=Next, act=save, act=delete, pic=, late=1, Bare");
        assertThatThrownBy(() -> form(BUTTONS).submit("act"))
                .isInstanceOf(FormException.class)
                .hasMessageEndingWith(
                        "several buttons with the name 'act'; name one by its value: act=save, act=delete");
        assertThatThrownBy(() -> form("<form id=f>").submit("x"))
                .hasMessageEndingWith("form #f has no button 'x': it has none");
    }

    // ---- charsets and encodings

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", quoteCharacter = '`', textBlock = """
            <form> -> UTF-8
            <form accept-charset=ISO-8859-1> -> windows-1252
            <form accept-charset='nonsense, x y; ../../z Shift_JIS utf-8'> -> windows-31j
            <form accept-charset='UNKNOWN'> -> UTF-8
            <form accept-charset='UTF-16'> -> UTF-8
            <form accept-charset='utf-7 utf-32 cp037 x-JISAutoDetect ISO-2022-CN iso-8859-15'> -> ISO-8859-15
            <form accept-charset='\u0000 💥 :-) ----'> -> UTF-8
            """)
    void theCharsetIsTheFirstThatBrowsersKnow(String html, String charset) {
        assertThat(form(html).submit(null).charset()).isEqualTo(Charset.forName(charset));
    }

    @ParameterizedTest
    @CsvSource({
        "text/html; charset=iso-8859-1, '', windows-1252, %FC%80",
        "text/html; charset=\"windows-1251\", '', windows-1251, %26%23252%3B%88",
        "text/html; charset=nonsense, '', UTF-8, %C3%BC%E2%82%AC",
        "text/html, <meta charset=latin1>, windows-1252, %FC%80",
        "text/html, <meta http-equiv=content-type content='text/html; charset=koi8-r'>, KOI8-R, %26%23252%3B%26%238364%3B",
        "text/html, <meta charset=utf-16>, UTF-8, %C3%BC%E2%82%AC",
        "text/html;charset=utf-8, <meta charset=latin1>, UTF-8, %C3%BC%E2%82%AC"
    })
    void thePageSaysInWhichCharsetItsFormIsSent(String contentType, String meta, String charset, String encoded) {
        String html = meta + "<form method=post><input name=a value='&#252;&#8364;'></form>";
        Submission submission = HtmlPage.parse(html.getBytes(StandardCharsets.US_ASCII), contentType, URL)
                .form(null)
                .submit(null);
        assertThat(submission.charset()).isEqualTo(Charset.forName(charset));
        assertThat(submission.urlEncoded()).asString().isEqualTo("a=" + encoded);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-8"})
    void aMarkOfTheByteOrderWinsAndUtf16IsSentAsUtf8(String charset) {
        byte[] body = "\uFEFF<form method=post><input name=a value=ü></form>".getBytes(Charset.forName(charset));
        Submission submission = HtmlPage.parse(body, "text/html; charset=iso-8859-1", URL)
                .form(null)
                .submit(null);
        assertThat(submission.urlEncoded()).asString().isEqualTo("a=%C3%BC");
    }

    @Test
    void aLatin1PageIsReadAsWindows1252() {
        byte[] body = "<form method=post><input name=a value=\u0080></form>".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(HtmlPage.parse(body, "text/html; charset=iso-8859-1", URL)
                        .form(null)
                        .submit(null)
                        .entries())
                .containsExactly(new Entry("a", "€", false));
    }

    @Test
    void theCharsetOfThePageIsThatOfQueriesInIt() {
        String html = "<form method=post action='/in?q=ü&w=日' accept-charset=utf-8>";
        assertThat(HtmlPage.parse(html.getBytes(StandardCharsets.UTF_8), "text/html", URL)
                        .form(null)
                        .submit(null)
                        .target())
                .hasToString("https://shop.example/in?q=%C3%BC&w=%E6%97%A5");
        Charset latin = Charset.forName("windows-1252");
        String ascii = "<form method=post action='/in/ü?q=ü&w=&#26085;' accept-charset=utf-8>";
        assertThat(HtmlPage.parse(ascii.getBytes(latin), "text/html; charset=latin1", URL)
                        .form(null)
                        .submit(null)
                        .target())
                .hasToString("https://shop.example/in/%C3%BC?q=%FC&w=%26%2326085%3B");
    }

    @Test
    void theHiddenFieldCharsetIsTheNameOfTheCharset() {
        assertThat(sent("<form accept-charset=latin1><input type=hidden name=_charset_></form>"))
                .isEqualTo("_charset_=windows-1252");
        assertThat(sent("<form accept-charset=sjis><input type=hidden name=_CHARSET_ value=x></form>"))
                .isEqualTo("_CHARSET_=Shift_JIS");
        assertThat(sent("<form><input name=_charset_ value=x></form>")).isEqualTo("_charset_=x");
    }

    private static Submission of(String charset, Entry... entries) {
        return new Submission("POST", URL, Encoding.URL_ENCODED, Charset.forName(charset), List.of(entries));
    }

    @Test
    void urlEncodedIsAsBrowsersWriteIt() {
        Submission submission = of(
                "UTF-8",
                new Entry("a b", "*-._~!'()+&=%é\n", false),
                new Entry("c", "", true),
                new Entry("d", "\uD800😀", false));
        assertThat(submission.urlEncoded())
                .asString()
                .isEqualTo("a+b=*-._%7E%21%27%28%29%2B%26%3D%25%C3%A9%0D%0A&c=&d=%EF%BF%BD%F0%9F%98%80");
        assertThat(of("windows-1252", new Entry("日", "😀&#1;", false)).urlEncoded())
                .asString()
                .isEqualTo("%26%2326085%3B=%26%23128512%3B%26%231%3B");
    }

    @Test
    void plainTextIsAsBrowsersWriteIt() {
        assertThat(of("UTF-8", new Entry("a", "1 2", false), new Entry("b", "x\ny", false))
                        .plainText())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("a=1 2\r\nb=x\r\ny\r\n");
        assertThat(of("windows-1252", new Entry("a", "ü日", false)).plainText())
                .isEqualTo("a=ü&#26085;\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void multipartIsAsBrowsersWriteIt() {
        assertThat(of("UTF-8", new Entry("a\"\n", "ü\n", false), new Entry("f", "", true))
                        .multipart("xyz"))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("""
                        --xyz
                        Content-Disposition: form-data; name="a%22%0D%0A"

                        ü

                        --xyz
                        Content-Disposition: form-data; name="f"; filename=""
                        Content-Type: application/octet-stream


                        --xyz--
                        """.replace("\n", "\r\n"));
    }

    @Test
    void noTextOfASubmissionHasItsValues() {
        Submission submission = page("<form action='/in?k=secret'><input name=a value=secret></form>")
                .form(null)
                .submit(null);
        assertThat(submission).hasToString("GET https://shop.example/in (a)");
        assertThat(submission.entries()).hasToString("[a=***]");
    }
}
