package io.github.devicetunnel.it.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.ClientAuthSocketFactory;
import io.github.devicetunnel.it.support.NodeProxy;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import io.github.devicetunnel.it.support.Service;
import io.github.devicetunnel.it.support.TestingCloud;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** Scenes for the options of the connection to the cloud: TLS, proxy, headers and subprotocols. */
final class NetworkOptionScenes {
  private static final String PASSWORD = "5ecret";

  private NetworkOptionScenes() {}

  static Map<String, OptionScene> scenes() {
    Map<String, OptionScene> scenes = new LinkedHashMap<>();
    scenes.put("--ca-file", NetworkOptionScenes::caFile);
    scenes.put("--client-cert", bench -> clientCertificate(bench, true));
    scenes.put("--client-key", bench -> clientCertificate(bench, false));
    scenes.put("--proxy", NetworkOptionScenes::proxy);
    scenes.put("--allow-plaintext", NetworkOptionScenes::allowPlaintext);
    scenes.put("--header", NetworkOptionScenes::header);
    scenes.put("--bare-close", NetworkOptionScenes::bareClose);
    scenes.put("--subprotocol", NetworkOptionScenes::subprotocol);
    return scenes;
  }

  private static void caFile(ProgramBench bench) throws Exception {
    try (ProgramBench own = new ProgramBench(bench.folder(), TestingCloud.startedWithTls())) {
      ProgramRun.Outcome without = own.stdio(own.cloud()).run();
      assertThat(without.exitCode()).isEqualTo(6);
      assertThat(without.err()).contains("an untrusted authority");
      own.succeed("--ca-file", own.file("ca.pem", TestingCloud.certificate()).toString());
    }
  }

  private static void clientCertificate(ProgramBench bench, boolean inOneFile) throws Exception {
    HeldCertificate client = new HeldCertificate.Builder().build();
    HeldCertificate server =
        new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
    HandshakeCertificates certificates =
        new HandshakeCertificates.Builder()
            .heldCertificate(server)
            .addTrustedCertificate(client.certificate())
            .build();
    TestingCloud cloud =
        TestingCloud.started(
            TestingCloud.builder()
                .useHttps(new ClientAuthSocketFactory(certificates.sslSocketFactory())));
    try (ProgramBench own = new ProgramBench(bench.folder(), cloud)) {
      String ca = "--ca-file=" + own.file("ca.pem", server.certificatePem());
      assertThat(own.stdio(cloud, ca).run().exitCode()).isEqualTo(6);
      Path key = own.file("key.pem", client.privateKeyPkcs8Pem());
      String cert = client.certificatePem();
      if (inOneFile) {
        Path combined = own.file("both.pem", cert + client.privateKeyPkcs8Pem());
        own.succeed(ca, "--client-cert=" + combined);
      } else {
        own.succeed(ca, "--client-cert=" + own.file("cert.pem", cert), "--client-key=" + key);
      }
    }
  }

  /** The proxy rejects every request: the scene only checks what the proxy receives. */
  private static void proxy(ProgramBench bench) throws Exception {
    List<String> requests = new CopyOnWriteArrayList<>();
    Service.Script script =
        socket -> {
          byte[] head = new byte[4096];
          requests.add(new String(head, 0, socket.getInputStream().read(head), UTF_8));
          socket.getOutputStream().write("HTTP/1.1 403 No\r\n\r\n".getBytes(UTF_8));
        };
    try (Service proxy = Service.started(script)) {
      String url = "http://plant:" + PASSWORD + "@" + proxy.serviceAddress();
      ProgramRun.Outcome outcome = bench.stdio(bench.cloud(), "--proxy=" + url).run();
      assertThat(outcome.exitCode()).isEqualTo(6);
      assertThat(outcome.err())
          .containsOnlyOnce("--proxy exposes the password to other users")
          .doesNotContain(PASSWORD);
      String credentials =
          Base64.getEncoder().encodeToString(("plant:" + PASSWORD).getBytes(UTF_8));
      assertThat(requests)
          .singleElement()
          .satisfies(
              request ->
                  assertThat(request)
                      .startsWith("CONNECT " + bench.cloud().uri().replaceFirst("ws://", "") + " ")
                      .contains("Basic " + credentials));

      // A proxy from the environment is never used for a loopback address.
      bench.succeed(bench.stdio(bench.cloud()).variable("HTTP_PROXY", url));
      ProgramRun.Outcome dialled =
          bench
              .stdio(bench.cloud(), "--cloud-uri=wss://cloud.invalid")
              .variable("HTTPS_PROXY", url)
              .run();
      assertThat(dialled.exitCode()).isEqualTo(6);
      assertThat(requests).hasSize(2).last().asString().startsWith("CONNECT cloud.invalid:443 ");
    }
    proxyWithTls(bench);
  }

  private static void proxyWithTls(ProgramBench bench) throws Exception {
    try (NodeProxy proxy = NodeProxy.started()) {
      String user = NodeProxy.USER + ":" + NodeProxy.PASSWORD;
      String url = "https://" + user + "@localhost:" + proxy.port();
      String ca = "--ca-file=" + bench.file("proxy.pem", TestingCloud.certificate());
      bench.succeed("--proxy=" + url, ca);
      assertThat(proxy.nextRequest()).contains(bench.cloud().uri().replaceFirst("ws://", ""));

      String cloud = "--cloud-uri=wss://cloud.invalid";
      ProgramRun.Outcome dialled =
          bench.stdio(bench.cloud(), cloud, ca).variable("HTTPS_PROXY", url).run();
      assertThat(dialled.exitCode()).as(dialled.err()).isEqualTo(6);
      assertThat(proxy.nextRequest()).contains("cloud.invalid:443");
      ProgramRun.Outcome untrusted =
          bench.stdio(bench.cloud(), cloud).variable("ALL_PROXY", url).run();
      assertThat(untrusted.exitCode()).isEqualTo(6);
      assertThat(untrusted.err())
          .contains("the proxy localhost:" + proxy.port(), "of an untrusted authority")
          .doesNotContain(NodeProxy.PASSWORD);
    }
  }

  private static void allowPlaintext(ProgramBench bench) throws Exception {
    String uri = "--cloud-uri=ws://cloud.invalid";
    ProgramRun.Outcome outcome = bench.stdio(bench.cloud(), uri).run();
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("--allow-plaintext");
    assertThat(bench.stdio(bench.cloud(), uri, "--allow-plaintext").run().exitCode()).isEqualTo(6);
  }

  private static void header(ProgramBench bench) throws Exception {
    bench.succeed("--header", "X-One=1=2", "--header=X-Two=3");
    var upgrade = bench.cloud().service().upgrades().get(0);
    assertThat(upgrade.header("X-One")).isEqualTo("1=2");
    assertThat(upgrade.header("X-Two")).isEqualTo("3");
  }

  private static void bareClose(ProgramBench bench) throws Exception {
    ScriptedCloud.Script script =
        connection -> connection.write(connection.granted(), ServerFrames.text("word."));
    try (ScriptedCloud cloud = ScriptedCloud.started(script)) {
      bench.succeed(bench.stdio(cloud, "--bare-close=end"));
      ProgramRun.Outcome outcome = bench.stdio(cloud, "--bare-close", "reset").run();
      assertThat(outcome.out()).isEqualTo("word.");
      assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(8);
      assertThat(outcome.err()).contains("the connection ended without a close frame");
    }
    ProgramRun.Outcome invalid = bench.stdio(bench.cloud(), "--bare-close=fin").run();
    assertThat(invalid.exitCode()).isEqualTo(2);
    assertThat(invalid.err()).contains("--bare-close: must be end or reset, but is \"fin\"");
  }

  private static void subprotocol(ProgramBench bench) throws Exception {
    bench.succeed("--subprotocol", "binary", "--subprotocol=base64");
    bench.succeed("--config=" + bench.file("s.yaml", "subprotocol: [mqtt, binary]\n"));
    assertThat(bench.cloud().service().upgrades())
        .extracting(upgrade -> upgrade.header("Sec-WebSocket-Protocol"))
        .containsExactly("binary, base64", "mqtt, binary");
  }
}
