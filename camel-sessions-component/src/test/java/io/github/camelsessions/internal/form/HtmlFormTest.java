/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import static io.github.camelsessions.internal.form.TestPages.form;
import static io.github.camelsessions.internal.form.TestPages.page;
import static io.github.camelsessions.internal.form.TestPages.sent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HtmlFormTest {

    private static final String ALL = """
            <form id=all method=post action=/in>
            <input type=hidden name=_csrf value=t1><input name=text value=old><textarea name=long></textarea>
            <input type=checkbox name=tick value=yes><input type=hidden name=tick value=no>
            <input type=checkbox name=many value=1 checked><input type=checkbox name=many value=2>
            <input type=checkbox name=many value=3>
            <input type=radio name=one value=a checked><input type=radio name=one value=b>
            <select name=land><option value=de>Germany<option value=fr>France</select>
            <select name=tags multiple><option selected>x<option>y<option>z</select>
            <input name=twin value=1><input name=twin value=2>
            <input type=file name=photo><input name=off value=1 disabled>
            <button name=go value=1>Go</button></form>""";

    private static String filled(String name, Object value) {
        HtmlForm form = form(ALL);
        form.set(name, value);
        List<String> entries = form.submit(null).entries().stream()
                .filter(entry -> entry.name().equals(name))
                .map(Submission.Entry::value)
                .toList();
        return String.join("|", entries);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", quoteCharacter = '`', textBlock = """
            text -> new -> new
            text -> `` -> ``
            text -> 7 -> 7
            _csrf -> t2 -> t2
            tick -> true -> yes|no
            tick -> false -> no
            tick -> yes -> yes|no
            many -> 2 -> 2
            one -> b -> b
            land -> fr -> fr
            land -> France -> fr
            tags -> y -> y
            twin -> 9 -> 9|2
            off -> 2 -> 2
            """)
    void aValueGoesOverWhatThePageHas(String name, String value, String sent) {
        assertThat(filled(name, value)).isEqualTo(sent);
    }

    @Test
    void severalValuesGoIntoSeveralFieldsOrOptions() {
        assertThat(filled("many", List.of("3", "2"))).isEqualTo("2|3");
        assertThat(filled("many", new String[] {"1"})).isEqualTo("1");
        assertThat(filled("many", List.of())).isEmpty();
        assertThat(filled("many", List.of(3))).isEqualTo("3");
        assertThat(filled("tags", List.of("z", "y"))).isEqualTo("y|z");
        assertThat(filled("tags", List.of())).isEmpty();
        assertThat(filled("twin", List.of("8", "9"))).isEqualTo("8|9");
        assertThat(filled("tick", true)).isEqualTo("yes|no");
        assertThat(filled("tick", Boolean.FALSE)).isEqualTo("no");
        assertThat(filled("one", Arrays.asList("b"))).isEqualTo("b");
    }

    @Test
    void aTextOfOneLineHasOne() {
        assertThat(filled("text", "a\r\nb")).isEqualTo("ab");
        assertThat(filled("long", "a\nb")).isEqualTo("a\r\nb");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", quoteCharacter = '`', textBlock = """
            txet -> secret -> has no field 'txet', did you mean 'text'?
            nothing -> secret -> has no field 'nothing', it has _csrf, text, long, tick, many, one, land, tags, twin, photo and 1 more
            go -> secret -> has no field 'go', it has _csrf
            `` -> secret -> has no field ''
            tick -> secret -> has no such option in field 'tick': it has yes
            many -> secret -> has no such option in field 'many': it has 1, 2, 3
            one -> secret -> has no such option in field 'one': it has a, b
            land -> secret -> has no such option in field 'land': it has de, fr
            photo -> secret -> takes files in field 'photo'
            """)
    void whatCannotBeFilledInIsToldWithoutTheValue(String name, String value, String problem) {
        assertThatThrownBy(() -> form(ALL).set(name, value))
                .isInstanceOf(FormException.class)
                .hasMessageStartingWith("page https://shop.example/start/page: form #all ")
                .hasMessageContaining(problem)
                .hasMessageNotContaining("secret");
    }

    @Test
    void moreValuesThanAFieldTakesAreRefused() {
        for (String name : List.of("text", "one", "land", "twin")) {
            List<String> values = name.equals("one")
                    ? List.of("a", "b")
                    : name.equals("land") ? List.of("de", "fr") : List.of("1", "2", "3");
            assertThatThrownBy(() -> form(ALL).set(name, values))
                    .isInstanceOf(FormException.class)
                    .hasMessageContaining("takes less values in field '" + name + "' than are given");
        }
    }

    @Test
    void atMostTenOptionsAreListed() {
        StringBuilder html = new StringBuilder("<form id=f><select name=a>");
        for (int i = 0; i < 250; i++) {
            html.append("<option>o").append(i);
        }
        assertThatThrownBy(() -> form(html.toString()).set("a", "x"))
                .hasMessageEndingWith("it has o0, o1, o2, o3, o4, o5, o6, o7, o8, o9 and 240 more");
    }

    @Test
    void whatOneCallerFillsInNoOtherSees() {
        HtmlPage page = page(ALL);
        HtmlForm mine = page.form(null);
        mine.set("text", "mine");
        assertThat(sent(page.form(null).submit(null))).contains("text=old");
        assertThat(sent(mine.submit(null))).contains("text=mine");
    }

    @Test
    void aFormIsDescribedByNamesWithoutValues() {
        assertThat(form(ALL).describe())
                .isEqualTo(
                        "form #all (POST /in; text, long, tick, many, one, land, tags, twin, photo, off and 1 hidden)");
        assertThat(form("<form action='https://id.example/in;jsessionid=1?k=2'><input name=j_username value=x>")
                        .describe())
                .isEqualTo("form 1 (GET https://id.example/in; j_username)");
        assertThat(form("<form name=f action=javascript:x><input type=hidden name=h></form>")
                        .describe())
                .isEqualTo("form 'f' (GET to no URL of HTTP; no field to fill in and 1 hidden)");
    }

    @Test
    void fieldsAreNamedOnceInTheOrderOfThePage() {
        assertThat(form(ALL).fields())
                .containsExactly(
                        "_csrf", "text", "long", "tick", "many", "one", "land", "tags", "twin", "photo", "off");
    }

    // ---- fields of a log-in

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", quoteCharacter = '`', textBlock = """
            # user, password, code
            <input name=u><input type=password name=p> -> u p -
            <input type=email name=u><input type=password name=p> -> u p -
            <input type=tel name=u><input type=password name=p> -> u p -
            <input name=lang><input name=u><input type=password name=p><input name=after> -> u p -
            <input type=password name=p> -> - p -
            <input type=hidden name=u><input type=password name=p> -> - p -
            <input name=u><input name=trap hidden><input name=bot style='display: none'><input type=password name=p> -> u p -
            <input name=u><input name=off disabled><input type=password name=p> -> u p -
            <input name=u><input type=search name=s><input type=password name=p> -> u p -
            <input name=u><input><input type=password name=p> -> u p -
            <input name=u autocomplete='username webauthn'><input name=x><input type=password name=p> -> u p -
            <input name=u autocomplete=email><input name=x><input type=password name=p> -> u p -
            <input name=e autocomplete=email><input name=u autocomplete='section-a USERNAME'><input type=password name=p> -> u p -
            <input type=password name=x><input type=password name=p autocomplete=current-password> -> - p -
            # a name first, and other forms without a password
            <input type=email name=u><button>Next</button> -> u - -
            <input name=q> -> q - -
            <input name=a><input name=b> -> - - -
            <input type=search name=q> -> - - -
            # registration, change of password
            <input name=u><input type=password name=p autocomplete=new-password><input type=password name=p2> -> - - -
            <input type=password name=old><input type=password name=n><input type=password name=n2> -> - old -
            <input type=password name=old><input type=password name=n autocomplete=new-password> -> - old -
            # codes
            <input name=x autocomplete=one-time-code> -> - - x
            <input name=otp> -> - - otp
            <input type=tel name=verificationCode> -> - - verificationCode
            <input type=number name=ctl00$Main$txtOTPField> -> - - ctl00$Main$txtOTPField
            <input type=password name=j_totp> -> - - j_totp
            <input name=a id=mfa-input> -> - - a
            <input name=2fa> -> - - 2fa
            <input name=u><input type=password name=p><input name=otp> -> u p otp
            <input name=u><input name=otp><input type=password name=p> -> u p otp
            <input name=u><input type=password name=passcode> -> u passcode -
            <input type=password name=passcode> -> - - passcode
            <input name=u><input type=password name=otp> -> u - otp
            <input type=hidden name=token><input name=u><input type=password name=p> -> u p -
            <input name=barcode> -> barcode - -
            <input name=postalCode> -> postalCode - -
            <input name=zip_code> -> zip_code - -
            <input name=promo-code> -> promo-code - -
            <input name=token autocomplete=username> -> token - -
            <input type=checkbox name=otp> -> - - -
            """)
    void theFieldsOfALogInAreFoundAsAPasswordManagerDoes(String fragment, String fields) {
        HtmlForm form = form("<form>" + fragment + "</form>");
        assertThat(dash(form.userField()) + " " + dash(form.passwordField()) + " " + dash(form.codeField()))
                .isEqualTo(fields);
    }

    private static String dash(String name) {
        return name == null ? "-" : name;
    }
}
