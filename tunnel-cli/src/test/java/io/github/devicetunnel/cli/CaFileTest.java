package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.demo.DemoWebService;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.testing.TunnelService;
import java.io.File;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
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
  void trustsCertificatesOfFile() throws Exception {
    KeyStore keys = selfSigned();
    Path pem = Files.writeString(folder.resolve("ca.pem"), "A comment\n" + pem(keys));
    try (DemoWebService web = DemoWebService.start();
        TunnelService cloud = cloud(keys, web)) {
      assertCarries(program(cloud), "--ca-file=" + pem);

      try (Program program = program(cloud).start("--listen-uri=:0");
          Socket socket = new Socket()) {
        socket.connect(program.awaitListening());
        assertThat(program.nextErrorLine())
            .contains(
                "WARN",
                "localhost presented a certificate of an untrusted authority",
                "CN=localhost for localhost, 127.0.0.1, self-signed",
                "trusted: Java's authorities (");
      }
    }
  }

  @Test
  void trustsCertificatesOfVariables() throws Exception {
    KeyStore keys = selfSigned();
    Path pem = Files.writeString(folder.resolve("ca.pem"), "A comment\n" + pem(keys));
    Path directory = Files.createDirectory(folder.resolve("certs"));
    Files.writeString(directory.resolve("ca.crt"), pem(keys));
    Files.createSymbolicLink(directory.resolve("5ed36f99.0"), Path.of("ca.crt"));
    Files.createSymbolicLink(directory.resolve("gone.0"), Path.of("gone"));
    Files.writeString(directory.resolve("README"), "No certificate");
    Files.createDirectory(directory.resolve("java"));
    try (DemoWebService web = DemoWebService.start();
        TunnelService cloud = cloud(keys, web)) {
      assertCarries(program(cloud).variable("SSL_CERT_FILE", pem.toString()));
      String directories = folder.resolve("missing") + File.pathSeparator + directory;
      assertCarries(program(cloud).variable("SSL_CERT_DIR", directories));
      assertCarries(
          program(cloud)
              .variable("SSL_CERT_FILE", other().toString())
              .variable("SSL_CERT_DIR", directories));
      assertCarries(program(cloud).variable("SSL_CERT_FILE", ""), "--ca-file=" + pem);
      // The option takes precedence, and the variable is not read.
      assertCarries(
          program(cloud).variable("SSL_CERT_FILE", folder.resolve("missing").toString()),
          "--ca-file=" + pem);
    }
  }

  @Test
  void namesVariableInUse() throws Exception {
    Path other = other();
    try (DemoWebService web = DemoWebService.start();
        TunnelService cloud = cloud(selfSigned(), web)) {
      Program listening = program(cloud).variable("SSL_CERT_FILE", other.toString());
      try (Program program = listening.start("--listen-uri=:0");
          Socket socket = new Socket()) {
        socket.connect(program.awaitListening());
        assertThat(program.nextErrorLine())
            .contains("trusted: only the authorities in SSL_CERT_FILE=" + other);
      }
      Program check =
          program(cloud)
              .variable("SSL_CERT_FILE", other.toString())
              .variable("SSL_CERT_DIR", folder.toString())
              .run("check");
      assertThat(check.output())
          .contains(
              "trusted: only the authorities in SSL_CERT_FILE="
                  + other
                  + " and SSL_CERT_DIR="
                  + folder);
    }
  }

  @Test
  void rejectsInvalidVariables() throws Exception {
    String fix = "; correct or unset the variable";
    String noCertificate = "contains no PEM certificate (-----BEGIN CERTIFICATE-----)" + fix;
    Path missing = folder.resolve("missing");
    Path broken =
        Files.writeString(
            folder.resolve("broken"),
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
    assertRejected("SSL_CERT_FILE", missing, "file not found" + fix);
    assertRejected("SSL_CERT_FILE", folder, "the file cannot be read" + fix);
    assertRejected("SSL_CERT_FILE", Files.createFile(folder.resolve("empty")), noCertificate);
    assertRejected("SSL_CERT_FILE", broken, noCertificate);
    String noneThere = "none of the directories contains a PEM certificate" + fix;
    assertRejected("SSL_CERT_DIR", missing, noneThere);
    assertRejected("SSL_CERT_DIR", folder, noneThere);
  }

  private static void assertRejected(String variable, Path value, String defect) {
    for (List<String> command :
        List.of(
            List.of("check", "--device=" + Program.DEVICE, "--service=127.0.0.1:80"),
            List.of(
                "verification-key",
                "upload",
                "--certificate=x",
                "--name=x",
                "--application-id=a"))) {
      List<String> arguments = new ArrayList<>(command);
      arguments.addAll(List.of("--cloud-uri=wss://cloud.example", "--api-key=ak_x"));
      Program program =
          new Program().variable(variable, value.toString()).run(arguments.toArray(String[]::new));

      assertThat(program.exitCode()).isEqualTo(2);
      assertThat(program.errors())
          .startsWith("tunnel: " + variable + ": " + value + ": " + defect + "\n");
    }
  }

  /** Returns a certificate that the cloud does not use. */
  private Path other() throws Exception {
    return Files.writeString(folder.resolve("other.pem"), pem(selfSigned("other.p12")));
  }

  private static TunnelService cloud(KeyStore keys, DemoWebService web) throws Exception {
    return TunnelService.builder()
        .apiKey("ak_test")
        .route(Program.DEVICE, "127.0.0.1:80", web.address())
        .useHttps(tls(keys).getSocketFactory())
        .build()
        .start();
  }

  private static void assertCarries(Program listening, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--listen-uri=:0"));
    arguments.addAll(List.of(options));
    try (Program program = listening.start(arguments.toArray(String[]::new))) {
      Request request =
          new Request.Builder()
              .url("http:/" + program.awaitListening())
              .header("Connection", "close")
              .build();
      try (Response response = new OkHttpClient().newCall(request).execute()) {
        assertThat(response.body().bytes()).isEqualTo(DemoWebService.page());
      }
    }
  }

  @Test
  void rejectsInvalidFile() throws Exception {
    assertRejected(folder.resolve("missing"), "the file does not exist");
    assertRejected(folder, "the file cannot be read: ");
    assertRejected(
        Files.createFile(folder.resolve("empty")), "the file contains no PEM certificate");
    assertRejected(
        Files.writeString(folder.resolve("text"), "nothing of the kind"),
        "the file contains no PEM certificate");
    assertRejected(
        Files.writeString(folder.resolve("cut"), pem(selfSigned()).substring(0, 500)),
        "the file contains no PEM certificate");
  }

  private static void assertRejected(Path file, String defect) {
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

  /** Returns a key with a certificate for localhost. The JDK creates one only with keytool. */
  private KeyStore selfSigned() throws Exception {
    return selfSigned("keys.p12");
  }

  private KeyStore selfSigned(String name) throws Exception {
    Path file = folder.resolve(name);
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

  /** Reading all certificates of a system delays the start, so it happens only for TLS. */
  @Test
  void ignoresVariablesWithoutTls() {
    Program program =
        new Program()
            .variable("SSL_CERT_FILE", folder.resolve("missing").toString())
            .variable("TUNNEL_API_KEY", "ak_test")
            .run(
                "check",
                "--cloud-uri=ws://127.0.0.1:1",
                "--device=" + Program.DEVICE,
                "--service=127.0.0.1:80");

    assertThat(program.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
  }
}
