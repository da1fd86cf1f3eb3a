/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import static io.github.camelsessions.internal.form.TestPages.URL;
import static io.github.camelsessions.internal.form.TestPages.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages that nobody writes by mistake: they end in a form or in an exception of our own. */
class HostilePagesTest {

    private static final int LENGTH = 1 << 19;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<div>",
                "<form>",
                "<form></form><p>",
                "<b>",
                "<b><p>",
                "<a href=x><p>",
                "<table>",
                "<table><tr><td>x",
                "<table><form><input name=a>",
                "<fieldset disabled>",
                "<select><option>x",
                "<option>",
                "<button>x",
                "<svg><form>",
                "<template><form>",
                "<noscript><form>",
                "<input form=f>",
                "<p></x>",
                "</p>",
                "<!>",
                "&amp;",
                "<textarea>",
                "<title>",
                "<\u0000",
                "\u0000",
                "<input\u0000name=a\u0000>",
                "<font a",
                "<i x=1 y=2 z=3><p>",
                "<nobr><div>",
                "<object><button>",
                "<math><mi><input>",
                "<label><input name=a><label>",
                "<frameset>",
                "<a><b>"
            })
    void aPatternThatGoesOnAndOnEndsInAFormOrOurException(String pattern) {
        String html = "<form id=f><input type=password name=p></form>" + pattern.repeat(LENGTH / pattern.length());
        read(html.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void tooManyFormsControlsOptionsAndElementsAreTold() {
        assertThatThrownBy(() -> page("<form></form>".repeat(100_000))).hasMessageContaining("more than 1000 forms");
        assertThatThrownBy(() -> page("<form>" + "<input name=a>".repeat(100_000)))
                .hasMessageContaining("more than 10000 controls");
        assertThatThrownBy(() -> page("<form><select name=a>" + "<option>".repeat(100_001)))
                .hasMessageContaining("more than 100000 options");
        assertThatThrownBy(() -> page("<p>".repeat(600_000)))
                .isInstanceOf(FormException.class)
                .hasMessageContaining("more than 500000 elements and attributes");
    }

    @Test
    void tagsThatBeginAnewWithAllTheirAttributesAreBounded() {
        StringBuilder html = new StringBuilder("<p>");
        for (int i = 0; i < 10; i++) {
            html.append("<b ");
            IntStream.range(0, 500).forEach(j -> html.append(" a").append(j));
            html.append(" x").append(i).append('>');
        }
        assertThatThrownBy(() -> page(html + "<p>x".repeat(200_000)))
                .isInstanceOf(FormException.class)
                .hasMessageContaining("more than 500000 elements and attributes");
    }

    @Test
    void namesAndValuesOfAnyLengthAreRead() {
        String long_ = "x".repeat(1 << 20);
        HtmlForm form = page("<form id=" + long_ + "><input name=" + long_ + " value=" + long_ + ">")
                .form(null);
        assertThat(form.describe()).hasSizeLessThan(500);
        assertThatThrownBy(() -> form.set(long_ + "y", long_))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1000));
        assertThat(form.submit(null).urlEncoded()).hasSize(2 * long_.length() + 1);
    }

    @Test
    void aFormOfTenThousandControlsIsRead() {
        HtmlForm form =
                page("<form>" + "<input type=password name=otp>".repeat(9_000)).form(null);
        assertThat(form.codeField()).isEqualTo("otp");
        assertThat(form.submit(null).entries()).hasSize(9_000);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void aPageThatWasTornAndMixedEndsInAFormOrOurException(String html) {
        Random random = new Random(html.hashCode());
        byte[] page = html.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 400; i++) {
            read(mutated(page, random));
        }
    }

    private static final List<String> SCRAPS = List.of(
            "<form",
            "</form>",
            "<input ",
            "<select>",
            "<option>",
            "<table>",
            "<template>",
            "</template>",
            "'",
            "\"",
            ">",
            "<!--",
            "-->",
            "&#0;",
            "&#x110000;",
            "<svg>",
            "<base href='",
            " form=f",
            " disabled",
            " name=",
            "<fieldset disabled>",
            "<legend>",
            "javascript:",
            "http://[",
            "//\u00df",
            "charset=",
            "\uD800",
            "<meta http-equiv=refresh content=",
            "<script>",
            "<textarea>",
            "<noscript>",
            " accept-charset=x-\u0000",
            "%",
            "\\",
            " method=dialog",
            "<button formaction=");

    private static byte[] mutated(byte[] page, Random random) {
        byte[] mutated = page.clone();
        for (int n = random.nextInt(6); n >= 0; n--) {
            int at = random.nextInt(mutated.length);
            int length = Math.min(random.nextInt(60), mutated.length - at);
            byte[] scrap = SCRAPS.get(random.nextInt(SCRAPS.size())).getBytes(StandardCharsets.UTF_8);
            switch (random.nextInt(5)) {
                case 0 -> mutated[at] = (byte) random.nextInt(256);
                case 1 -> mutated = spliced(mutated, at, at + length, new byte[0]);
                case 2 -> mutated = spliced(mutated, at, at, scrap);
                case 3 -> mutated = spliced(mutated, at, at + length, scrap);
                default -> {
                    byte[] copy = new byte[length];
                    System.arraycopy(mutated, at, copy, 0, length);
                    int to = random.nextInt(mutated.length);
                    mutated = spliced(mutated, to, to, copy);
                }
            }
            if (mutated.length == 0) {
                return page;
            }
        }
        return mutated;
    }

    private static byte[] spliced(byte[] page, int from, int to, byte[] scrap) {
        byte[] spliced = new byte[page.length - (to - from) + scrap.length];
        System.arraycopy(page, 0, spliced, 0, from);
        System.arraycopy(scrap, 0, spliced, from, scrap.length);
        System.arraycopy(page, to, spliced, from + scrap.length, page.length - to);
        return spliced;
    }

    /** All that can be done with a page. */
    private static void read(byte[] body) {
        try {
            HtmlPage page = HtmlPage.parse(body, "text/html", URL);
            page.refresh();
            assertThat(page.title()).hasSizeLessThanOrEqualTo(80);
            page.logInForm();
            for (HtmlForm form : page.forms()) {
                fill(form);
            }
            form(page, null);
            form(page, "form input");
        } catch (FormException e) {
            assertThat(e).hasMessageStartingWith("page https://shop.example/start/page");
        } catch (RuntimeException | StackOverflowError e) {
            fail("of " + new String(body, StandardCharsets.UTF_8).substring(0, Math.min(2000, body.length / 2)), e);
        }
    }

    private static void form(HtmlPage page, String selector) {
        try {
            page.form(selector);
        } catch (FormException e) {
            assertThat(e.getMessage()).hasSizeLessThan(10_000);
        }
    }

    private static void fill(HtmlForm form) {
        form.describe();
        for (String name : form.fields().stream().limit(20).toList()) {
            try {
                form.set(name, "x");
            } catch (FormException e) {
                assertThat(e.getMessage()).containsAnyOf("no such option", "takes files");
            }
        }
        try {
            Submission submission = form.submit(null);
            submission.urlEncoded();
            submission.plainText();
            submission.multipart("x");
            assertThat(submission.target().getScheme()).startsWith("http");
        } catch (FormException e) {
            assertThat(e).hasMessageContaining("form ");
        }
    }

    static List<String> pages() {
        return List.of(
                // Spring Security
                """
                <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Please sign in</title></head><body>
                <div class="content"><form class="login-form" method="post" action="/login"><h2>Please sign in</h2>
                <p><label for="username" class="screenreader">Username</label>
                <input type="text" id="username" name="username" placeholder="Username" required autofocus></p>
                <p><label for="password">Password</label><input type="password" id="password" name="password" required></p>
                <p><input type='checkbox' name='remember-me'/> Remember me on this computer.</p>
                <input name="_csrf" type="hidden" value="y7xQ-9z" /><button type="submit">Sign in</button></form></div></body></html>
                """,
                // Django admin
                """
                <!DOCTYPE html><html><head><title>Log in | Django site admin</title><base href="/"></head><body class=" login">
                <form action="/admin/login/?next=/admin/" method="post" id="login-form">
                <input type="hidden" name="csrfmiddlewaretoken" value="Tok"><div class="form-row"><label class="required" for="id_username">
                Username:</label> <input type="text" name="username" autofocus autocapitalize="none" autocomplete="username"
                maxlength="150" required id="id_username"></div><input type="password" name="password" autocomplete="current-password"
                required id="id_password"><input type="hidden" name="next" value="/admin/"><input type="submit" value="Log in"></form>
                """,
                // Keycloak
                """
                <html class="login-pf"><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8" /><title>Sign in to demo</title>
                <script type="module">const x = "<form>";</script></head><body><div id="kc-form"><form id="kc-form-login" onsubmit="login.disabled
                = true; return true;" action="http://127.0.0.1:8080/realms/demo/login-actions/authenticate?session_code=a&amp;execution=b&amp;tab_id=c"
                method="post"><input tabindex="2" id="username" name="username" value="" type="text" autocomplete="username" />
                <input id="password" name="password" type="password" autocomplete="current-password" /><input id="rememberMe" name="rememberMe"
                type="checkbox"><input type="hidden" id="id-hidden-input" name="credentialId" /><input name="login" type="submit" value="Sign In"/></form>
                """,
                // Tomcat FORM
                """
                <HTML><BODY><FORM METHOD=POST ACTION="j_security_check;jsessionid=A1"><TABLE><TR><TH>Name<TD><INPUT NAME=j_username>
                <TR><TH>Password<TD><INPUT TYPE=PASSWORD NAME=j_password></TABLE><INPUT TYPE=SUBMIT VALUE=OK><INPUT TYPE=RESET></FORM>
                """,
                // MediaWiki
                """
                <html><head><meta charset="UTF-8"/><title>Log in - Wiki</title></head><body><form action="/w/index.php" id="searchform">
                <input type="search" name="search"><input type="hidden" value="Special:Search" name="title"><button class="searchButton"
                name="fulltext">Search</button></form><div id="userloginForm"><form class="mw-htmlform" action="/w/index.php?title=Special:UserLogin"
                method="post" name="userlogin"><fieldset><legend>Log in</legend><input id="wpName1" name="wpName" autocomplete="username"><input
                id="wpPassword1" name="wpPassword" type="password" autocomplete="current-password"><input name="wpRemember" type="checkbox" value="1">
                <button id="wpLoginAttempt" type="submit" name="wploginattempt" value="Log in">Log in</button></fieldset><input name="wpEditToken"
                type="hidden" value="+\\"/><input name="authAction" type="hidden" value="login"/></form></div>
                """,
                // ASP.NET WebForms
                """
                <form name="aspnetForm" method="post" action="./Login.aspx?ReturnUrl=%2f" onsubmit="return WebForm_OnSubmit();" id="aspnetForm">
                <div><input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="/wEPDwUKLTI2Mjk=" /><input type="hidden" name="__EVENTVALIDATION"
                value="/wEdAAQ=" /></div><select name="ctl00$Main$ddlLang"><optgroup label=x><option selected="selected" value="de">Deutsch</option>
                <option value="en">English</option></optgroup></select><input name="ctl00$Main$txtUser" type="text"><input name="ctl00$Main$txtPwd"
                type="password"><input type="image" name="ctl00$Main$btn" src="x.gif"><input type="submit" name="ctl00$Main$Cancel" value="Cancel"></form>
                """,
                // as at GitHub
                """
                <meta http-equiv="refresh" content="0; URL='/session/two-factor'"><form data-turbo="false" action="/session" accept-charset="UTF-8"
                method="post"><input type="hidden" name="authenticity_token" value="abc=="/><input type="text" name="login" autocomplete="username">
                <input type="password" name="password" form="f2" autocomplete="current-password"><input type="text" name="required_field_a1"
                hidden="hidden"><input type="hidden" name="timestamp" value="1"><input type="submit" name="commit" value="Sign in" formaction="/s2"
                formenctype="multipart/form-data"><textarea name=t>
                x</textarea></form><form id=f2 action="/otp"><input type="text" name="app_otp" autocomplete="one-time-code" inputmode="numeric"></form>
                """);
    }
}
