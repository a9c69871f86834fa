package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.testing.TunnelService;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaFileTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path folder;

  @Test
  void trustsTheCertificatesOfTheFile() throws Exception {
    KeyStore keys = selfSigned();
    Path pem = Files.writeString(folder.resolve("ca.pem"), "A comment\n" + pem(keys));
    try (DemoWebService web = DemoWebService.start();
        TunnelService cloud =
            TunnelService.builder()
                .apiKey("ak_test")
                .route(Program.DEVICE, "127.0.0.1:80", web.address())
                .useHttps(tls(keys).getSocketFactory())
                .build()
                .start()) {

      try (Program program = program(cloud).start("--listen-uri=:0", "--ca-file=" + pem)) {
        Request request =
            new Request.Builder()
                .url("http:/" + program.awaitListening())
                .header("Connection", "close")
                .build();
        try (Response response = new OkHttpClient().newCall(request).execute()) {
          assertThat(response.body().bytes()).isEqualTo(DemoWebService.page());
        }
      }

      try (Program program = program(cloud).start("--listen-uri=:0");
          Socket socket = new Socket()) {
        socket.connect(program.awaitListening());
        assertThat(program.nextErrorLine())
            .contains(
                "WARN",
                "localhost presented a certificate of an authority that is not trusted",
                "CN=localhost for localhost, 127.0.0.1, issued by itself",
                "trusted are the system's authorities");
      }
    }
  }

  @Test
  void saysWhatIsWrongWithTheFile() throws Exception {
    assertRefused(folder.resolve("missing"), "there is no such file");
    assertRefused(folder, "it cannot be read, ");
    assertRefused(Files.createFile(folder.resolve("empty")), "it holds no certificate in PEM");
    assertRefused(
        Files.writeString(folder.resolve("text"), "nothing of the kind"),
        "it holds no certificate in PEM");
    assertRefused(
        Files.writeString(folder.resolve("cut"), pem(selfSigned()).substring(0, 500)),
        "it holds no certificate in PEM");
  }

  private static void assertRefused(Path file, String defect) {
    Program program =
        new Program()
            .run("--cloud-uri=wss://cloud.example", "--api-key=ak_x", "--ca-file", file.toString());

    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.errors()).startsWith("tunnel: --ca-file: " + file + ": " + defect);
    assertThat(program.errors().lines()).hasSize(2);
  }

  private static Program program(TunnelService cloud) {
    return new Program()
        .variable("TUNNEL_CLOUD_URI", cloud.uri())
        .variable("TUNNEL_DEVICE", Program.DEVICE)
        .variable("TUNNEL_SERVICE", "127.0.0.1:80")
        .variable("TUNNEL_API_KEY", "ak_test");
  }

  /** A key with a certificate for localhost. The JDK makes one only with its tool. */
  private KeyStore selfSigned() throws Exception {
    Path file = folder.resolve("keys.p12");
    if (!Files.exists(file)) {
      ProcessBuilder keytool =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-keystore",
                  file.toString(),
                  "-storetype",
                  "PKCS12",
                  "-storepass",
                  new String(PASSWORD),
                  "-keyalg",
                  "EC",
                  "-alias",
                  "key",
                  "-dname",
                  "CN=localhost",
                  "-ext",
                  "san=dns:localhost,ip:127.0.0.1")
              .redirectErrorStream(true);
      assertThat(TestProcess.start(keytool).awaitExit()).isZero();
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }

  private static SSLContext tls(KeyStore keys) throws Exception {
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), null, null);
    return tls;
  }

  private static String pem(KeyStore keys) throws Exception {
    byte[] lineEnd = "\n".getBytes(StandardCharsets.US_ASCII);
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, lineEnd).encodeToString(keys.getCertificate("key").getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }
}
