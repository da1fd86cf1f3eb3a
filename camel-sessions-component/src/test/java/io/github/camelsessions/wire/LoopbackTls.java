/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.camel.support.jsse.KeyStoreParameters;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;

/** A key made for one test, for all names below {@code hammer.test}, {@code localhost} and 127.0.0.1, and who trusts it. */
final class LoopbackTls {

    private static final String PASSWORD = "secret"; // of a file that lives as long as its test
    private static final String TICKETS = "jdk.tls.server.enableSessionTicketExtension";

    private final KeyStore keys;

    LoopbackTls(Path folder) throws IOException, GeneralSecurityException, InterruptedException {
        Path file = folder.resolve("loopback.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "loopback",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=hammer.test",
                        "-ext",
                        "san=dns:*.hammer.test,dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool made no key: " + said);
        }
        keys = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    }

    /**
     * The TLS of one server. It keeps its sessions itself, instead of in the tickets that its clients get, so that a
     * resumed session still knows who began it.
     */
    SSLContext server() throws GeneralSecurityException {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        String before = System.getProperty(TICKETS);
        System.setProperty(TICKETS, "false"); // read when a context is initialised
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } finally {
            if (before == null) {
                System.clearProperty(TICKETS);
            } else {
                System.setProperty(TICKETS, before);
            }
        }
    }

    /** For clients that trust the key. */
    SSLContextParameters client() throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("loopback", keys.getCertificate("loopback"));
        KeyStoreParameters store = new KeyStoreParameters() {
            @Override
            public KeyStore createKeyStore() {
                return trusted;
            }
        };
        TrustManagersParameters managers = new TrustManagersParameters();
        managers.setKeyStore(store);
        SSLContextParameters parameters = new SSLContextParameters();
        parameters.setTrustManagers(managers);
        return parameters;
    }
}
