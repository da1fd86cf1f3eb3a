/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** No site stops another, whatever hangs there, and an exchange that waits too long is told for what. */
@Tag("long")
class SitesApartTest extends AutomaticRenewalSupport {

    private static final int LOG_INS = 2;

    SitesApartTest() {
        super(siteOfAnna());
    }

    @Override
    void configure() {
        SessionsComponent component = new SessionsComponent();
        component.setRenewalConcurrency(LOG_INS);
        for (String name : List.of("a", "b", "one")) {
            component.getSites().put(name, new SiteConfiguration());
        }
        component.getSites().get("one").setResumeConcurrency(1);
        context.addComponent("sessions", component);
    }

    private CompletableFuture<Exchange> start(String ofSite, String id, String path, String options) {
        return start(uri(path, "site=" + ofSite + options), null, Map.of(SessionsConstants.ID, id));
    }

    private void awaitWaiting(int count) {
        await(() -> assertThat(sessions().engine().traffic().waiting()).isEqualTo(count));
    }

    @Test
    void pagesThatHangAtOneSiteDoNotKeepAnotherWaiting() throws Exception {
        site.hangLogins();
        List<CompletableFuture<Exchange>> hanging = new ArrayList<>();
        for (int n = 0; n < 16; n++) {
            hanging.add(start("a", session, "/slow/" + n, ""));
        }
        awaitWaiting(16);
        site.awaitHangingLogins(1);
        CompletableFuture<Exchange> other = start("b", session, "/page/1", "");
        site.awaitHangingLogins(2);
        site.releaseLogins();
        site.awaitSlow(16);

        assertThat(text(get(other))).contains("user=anna");
        site.releaseSlow();
        all(hanging).forEach(AutomaticRenewalSupport::text);
    }

    @Test
    void logInsThatHangAtOneSiteDoNotKeepAnotherWaiting() throws Exception {
        site.hangLogins();
        List<CompletableFuture<Exchange>> hanging = new ArrayList<>();
        for (int n = 0; n < LOG_INS + 1; n++) {
            hanging.add(start("a", session + n, "/page/" + n, ""));
        }
        site.awaitHangingLogins(LOG_INS);
        awaitWaiting(LOG_INS + 1);
        CompletableFuture<Exchange> other = start("b", session, "/page/1", "");
        site.awaitHangingLogins(LOG_INS + 1);
        site.releaseLogins();

        assertThat(text(get(other))).contains("user=anna");
        all(hanging).forEach(AutomaticRenewalSupport::text);
    }

    @Test
    void aSiteMayHaveItsOwnConcurrencyAndAPageThatHangsKeepsTheOthersForAMomentOnly() throws Exception {
        site.hangLogins();
        List<CompletableFuture<Exchange>> held = new ArrayList<>();
        held.add(start("one", session, "/slow/1", ""));
        awaitWaiting(1);
        for (int n = 2; n < 6; n++) {
            held.add(start("one", session, "/page/" + n, ""));
            awaitWaiting(n);
        }
        site.releaseLogins();
        site.awaitSlow(1);

        for (CompletableFuture<Exchange> page : held.subList(1, 5)) {
            assertThat(text(get(page))).contains("user=anna");
        }
        assertThat(held.get(0)).isNotDone();
        site.releaseSlow();
        assertThat(text(get(held.get(0)))).contains("path=/slow/1");
    }

    @Test
    void whoWaitsTooLongForItsTurnIsToldSo() throws Exception {
        site.hangLogins();
        List<CompletableFuture<Exchange>> hanging = new ArrayList<>();
        for (int n = 0; n < 20; n++) {
            hanging.add(start("one", session, "/slow/" + n, ""));
            awaitWaiting(n + 1);
        }
        var last = start("one", session, "/page/1", "&renewalTimeout=4s&holdTimeout=8s");
        awaitWaiting(21);
        site.releaseLogins();

        assertThat(holdFailure(get(last)))
                .hasMessageContaining(
                        "as long as holdTimeout allows: what it waited for was over, but its turn has not" + " come")
                .hasMessageContaining("resumeConcurrency=1 ");
        releaseSlow(hanging);
    }

    private void releaseSlow(List<CompletableFuture<Exchange>> hanging) {
        await(() -> {
            site.releaseSlow();
            assertThat(hanging).allMatch(CompletableFuture::isDone);
        });
    }

    @Test
    void whoWaitsTooLongForTheTurnOfItsRenewalIsToldSoAndMoreLogInsServeItAtOnce() throws Exception {
        site.hangLogins();
        List<CompletableFuture<Exchange>> hanging = new ArrayList<>();
        for (int n = 0; n < LOG_INS + 1; n++) {
            hanging.add(start("a", session + n, "/page/" + n, ""));
            awaitWaiting(n + 1);
        }
        site.awaitHangingLogins(LOG_INS);
        var late = start("a", session + LOG_INS, "/page/x", "&renewalTimeout=100ms&holdTimeout=200ms");
        assertThat(holdFailure(get(late)))
                .hasMessageContaining("its renewal waits for its turn behind others, renewalConcurrency=2");

        sessions().engine().traffic().setRenewalConcurrency(LOG_INS + 1);
        try {
            site.awaitHangingLogins(LOG_INS + 1);
        } finally {
            sessions().engine().traffic().setRenewalConcurrency(LOG_INS);
        }
        site.releaseLogins();
        all(hanging).forEach(AutomaticRenewalSupport::text);
    }

    @Test
    void whoWaitsTooLongInAFrozenSessionIsToldSo() throws Exception {
        sessions().session(session).freeze();
        Exchange frozen = fetch("/page/1", "renewalTimeout=100ms&holdTimeout=200ms");
        sessions().session(session).unfreeze();

        assertThat(holdFailure(frozen)).hasMessageContaining("the session is frozen; unfreeze it");
    }
}
