/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a Location leads: the right values are what the WHATWG URL standard says. */
class WebUrlTest {

    private static final URI BASE = URI.create("http://shop.example:8080/start/page?o=1");

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", textBlock = """
            # absolute
            http://other.example/a -> http://other.example/a
            https://other.example/a?b=c -> https://other.example/a?b=c
            HTTP://Other.EXAMPLE/Up -> http://other.example/Up
            http://other.example -> http://other.example/
            http://other.example?x=1 -> http://other.example/?x=1
            http:///other.example/x -> http://other.example/x
            http:////other.example//x -> http://other.example//x
            https:other.example/x -> https://other.example/x
            https:/other.example/x -> https://other.example/x
            http:\\\\other.example\\x -> http://other.example/x
            //other.example/x -> http://other.example/x
            ///other.example/x -> http://other.example/x
            \\\\other.example\\x -> http://other.example/x
            /\\other.example/x -> http://other.example/x
            http://under_score.example/x -> http://under_score.example/x
            # relative
            /y -> http://shop.example:8080/y
            y -> http://shop.example:8080/start/y
            ./y -> http://shop.example:8080/start/y
            ../y -> http://shop.example:8080/y
            ../../../y -> http://shop.example:8080/y
            .. -> http://shop.example:8080/
            . -> http://shop.example:8080/start/
            http:y -> http://shop.example:8080/start/y
            http:/y -> http://shop.example:8080/y
            http: -> http://shop.example:8080/start/page?o=1
            ?x=1 -> http://shop.example:8080/start/page?x=1
            ? -> http://shop.example:8080/start/page?
            '' -> http://shop.example:8080/start/page?o=1
            '   ' -> http://shop.example:8080/start/page?o=1
            #top -> http://shop.example:8080/start/page?o=1
            1a:b -> http://shop.example:8080/start/1a:b
            ./a:b -> http://shop.example:8080/start/a:b
            a/b:c -> http://shop.example:8080/start/a/b:c
            :8080/x -> http://shop.example:8080/start/:8080/x
            # slashes and dots
            /a//b/http://h/ -> http://shop.example:8080/a//b/http://h/
            //other.example//x//y -> http://other.example//x//y
            /a\\b -> http://shop.example:8080/a/b
            a\\..\\b -> http://shop.example:8080/start/b
            /a/../b/./c -> http://shop.example:8080/b/c
            /a/%2e%2E/b -> http://shop.example:8080/b
            /a/.%2e/%2e/b -> http://shop.example:8080/b
            /a/b/.. -> http://shop.example:8080/a/
            /a/. -> http://shop.example:8080/a/
            /a//../b -> http://shop.example:8080/a/b
            /a/.../b -> http://shop.example:8080/a/.../b
            /a/..;b -> http://shop.example:8080/a/..;b
            /a%2Fb -> http://shop.example:8080/a%2Fb
            /x?q=../y/./z -> http://shop.example:8080/x?q=../y/./z
            /x?q=a\\b -> http://shop.example:8080/x?q=a%5Cb
            # signs
            /my page -> http://shop.example:8080/my%20page
            /x?q=a b -> http://shop.example:8080/x?q=a%20b
            /x?q=a|b -> http://shop.example:8080/x?q=a%7Cb
            /x?q={1} -> http://shop.example:8080/x?q=%7B1%7D
            /x?q="a" -> http://shop.example:8080/x?q=%22a%22
            /x?q='a' -> http://shop.example:8080/x?q=%27a%27
            /x?q=<a>^`[0] -> http://shop.example:8080/x?q=%3Ca%3E%5E%60[0]
            /x?q=100% -> http://shop.example:8080/x?q=100%25
            /x?q=%C3%A9% -> http://shop.example:8080/x?q=%C3%A9%25
            /%zz%4 -> http://shop.example:8080/%25zz%254
            /p^[]`<>'|{}" -> http://shop.example:8080/p%5E%5B%5D%60%3C%3E'%7C%7B%7D%22
            /a;b=c:d@e&=+$,!*()~ -> http://shop.example:8080/a;b=c:d@e&=+$,!*()~
            /x?a=b?c/d&e=:@!$()*+,; -> http://shop.example:8080/x?a=b?c/d&e=:@!$()*+,;
            /x?next=http://h/?a=b -> http://shop.example:8080/x?next=http://h/?a=b
            # fragments
            /y#fr ag -> http://shop.example:8080/y
            /y?a=b#c?d#e -> http://shop.example:8080/y?a=b
            http://other.example#/x -> http://other.example/
            y#z:w -> http://shop.example:8080/start/y
            # other alphabets
            /café -> http://shop.example:8080/caf%C3%A9
            /x?q=é€😀 -> http://shop.example:8080/x?q=%C3%A9%E2%82%AC%F0%9F%98%80
            http://müller.example/ -> http://xn--mller-kva.example/
            http://M%C3%BCller.example/ -> http://xn--mller-kva.example/
            http://MÜLLER.example/ -> http://xn--mller-kva.example/
            http://日本。jp/ -> http://xn--wgv71a.jp/
            http://ｅｘａｍｐｌｅ.com/ -> http://example.com/
            http://XN--Mller-Kva.example/ -> http://xn--mller-kva.example/
            # ports
            http://other.example:80/x -> http://other.example/x
            https://other.example:443/x -> https://other.example/x
            http://other.example:443/x -> http://other.example:443/x
            http://other.example:0080/x -> http://other.example/x
            http://other.example:08080/x -> http://other.example:8080/x
            http://other.example:/x -> http://other.example/x
            http://other.example:65535/x -> http://other.example:65535/x
            # addresses
            http://[::1]:8443/x -> http://[::1]:8443/x
            http://[2001:DB8:0:0:1:0:0:1]/ -> http://[2001:db8::1:0:0:1]/
            http://[::ffff:192.0.2.1]/ -> http://[::ffff:c000:201]/
            http://192.0.2.1/ -> http://192.0.2.1/
            http://127.1/ -> http://127.0.0.1/
            http://0x7F.0.0.1/ -> http://127.0.0.1/
            http://010.0.0.1/ -> http://8.0.0.1/
            http://3221225985/ -> http://192.0.2.1/
            http://1.2.example/ -> http://1.2.example/
            http://127.1./ -> http://127.0.0.1/
            http://Shop.example./x -> http://shop.example./x
            # nobody, by nobody's password
            http://@other.example/x -> http://other.example/x
            /a@b -> http://shop.example:8080/a@b
            """)
    void aLocationLeadsWhereABrowserWouldGo(String location, String target) {
        String octets = new String(location.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        assertThat(WebUrl.resolve(BASE, octets)).hasToString(target);
    }

    @ParameterizedTest
    @ValueSource(strings = {" /y\t", "\u0000/y\u001f", "/\ty", "\r\n/y", "ht\ttp://shop\n.example:8080/y"})
    void blanksAroundAndTabsWithinDoNotCount(String location) {
        assertThat(WebUrl.resolve(BASE, location)).hasToString("http://shop.example:8080/y");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/caf\u00e9", "/caf%E9"})
    void octetsThatAreNoUtf8StayWhatTheyAre(String location) {
        assertThat(WebUrl.resolve(BASE, location)).hasToString("http://shop.example:8080/caf%E9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/\u0001x", "/%01x"})
    void controlsAreEncoded(String location) {
        assertThat(WebUrl.resolve(BASE, location)).hasToString("http://shop.example:8080/%01x");
    }

    @ParameterizedTest
    @CsvSource({
        "http://shop.example,          y,   http://shop.example/y",
        "http://shop.example,          ?q,  http://shop.example?q",
        "http://shop.example//x//page, z,   http://shop.example//x//z",
        "http://a_b.example/x,         z,   http://a_b.example/z",
        "http://[::1]:81/x/y,          ../z, http://[::1]:81/z",
        "HTTP://shop.example/x,        http:z, http://shop.example/z",
        "https://shop.example/x,       //h/y, https://h/y",
        "https://shop.example/x,       http:h, http://h/"
    })
    void theUrlThatWasAnsweredIsTheBase(URI base, String location, String target) {
        assertThat(WebUrl.resolve(base, location)).hasToString(target);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", textBlock = """
            ftp://h/x -> its scheme is 'ftp'
            file:///etc/passwd -> its scheme is 'file'
            javascript:alert(1) -> its scheme is 'javascript'
            mailto:a@b.example -> its scheme is 'mailto'
            App+1.x-y:callback?code=secret -> its scheme is 'app+1.x-y'
            shop.example:8080/x -> its scheme is 'shop.example'
            http://anna:secret@h/ -> its URL holds a user or password
            http://secret@h/ -> its URL holds a user or password
            //secret@h@h/ -> its URL holds a user or password
            http:\\\\anna:secret@h\\ -> its URL holds a user or password
            http:// -> its host '' is no host
            http://?q=secret -> its host '' is no host
            http://:80/ -> its host '' is no host
            http://a b/ -> its host 'a b' is no host
            http://a..b/ -> its host 'a..b' is no host
            http://a%2Fb/ -> its host 'a/b' is no host
            http://a%0D%0Ab/ -> its host 'a??b' is no host
            http://h%zz/ -> its host 'h%zz' is no host
            http://%FF/ -> is no host
            http://a|b/ -> its host 'a|b' is no host
            http://[::1/ -> its host '[::1' is no host
            http://[zz::]/ -> its host '[zz::]' is no host
            http://[::1]x/ -> its host '[::1]x' is no host
            http://[fe80::1%25eth0]/ -> is no host
            http://1.2.3.4.5/ -> its host '1.2.3.4.5' is no host
            http://256.1.1.1/ -> its host '256.1.1.1' is no host
            http://1.2.3.09/ -> its host '1.2.3.09' is no host
            http://4294967296/ -> its host '4294967296' is no host
            http://faß.example/ -> IDNA2003 and IDNA2008
            http://h:99999/ -> its port '99999' is no number up to 65535
            http://h:8x/ -> its port '8x' is no number up to 65535
            http://h:-1/ -> its port '-1' is no number up to 65535
            http://h:80:90/ -> its port '80:90' is no number up to 65535
            """)
    void whatLeadsToNoUrlOfHttpIsRefusedWithoutItsSecrets(String location, String reason) {
        String octets = new String(location.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> WebUrl.resolve(BASE, octets))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("its ")
                .hasMessageContaining(reason)
                .hasMessageNotContaining("secret")
                .hasNoCause();
    }
}
