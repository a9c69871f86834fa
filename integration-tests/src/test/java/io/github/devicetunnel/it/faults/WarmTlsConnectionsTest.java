package io.github.devicetunnel.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.DialTimings;
import io.github.devicetunnel.TlsSettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.Loopback;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests warm connections: idle TLS connections that are ready for the next tunnel. */
final class WarmTlsConnectionsTest {
  private static final int COUNT = 3;

  @RegisterExtension final Leaks leaks = new Leaks();

  private final MockWebServer cloud = new MockWebServer();
  private final IdleConnections idle = new IdleConnections();
  private final Queue<DialTimings> dials = new ConcurrentLinkedQueue<>();
  private final Queue<RecordedRequest> warmUps = new ConcurrentLinkedQueue<>();
  private final Queue<RecordedRequest> upgrades = new ConcurrentLinkedQueue<>();

  @TempDir private Path folder;
  private TlsSettings trust = TlsSettings.builder().build();
  private volatile boolean keepsAlive = true;

  @BeforeEach
  void start() throws IOException {
    HeldCertificate held =
        new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
    cloud.useHttps(
        new HandshakeCertificates.Builder().heldCertificate(held).build().sslSocketFactory());
    cloud.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            boolean warmUp = request.getTarget().equals("/");
            (warmUp ? warmUps : upgrades).add(request);
            return warmUp ? notFound() : tunnel();
          }
        });
    cloud.start();
    Path file = folder.resolve("ca.pem");
    Files.writeString(file, held.certificatePem());
    trust = TlsSettings.builder().trustOnly(file).build();
  }

  private MockResponse notFound() {
    MockResponse.Builder response =
        new MockResponse.Builder().code(404).body("There is nothing here");
    return keepsAlive
        ? response.build()
        : response.onResponseEnd(SocketEffect.ShutdownConnection.INSTANCE).build();
  }

  private static MockResponse tunnel() {
    return new MockResponse.Builder()
        .webSocketUpgrade(
            new WebSocketListener() {
              @Override
              public void onClosing(WebSocket socket, int code, String reason) {
                socket.close(code, null);
              }
            })
        .build();
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  private TunnelClient.Builder client() {
    return TunnelClient.builder()
        .cloudUri("wss://localhost:" + cloud.getPort())
        .credentials(Credentials.apiKey("ak_secret"))
        .deviceId("017b7fddb124724840c1c7b800000000")
        .serviceAddress("127.0.0.1:80")
        .okHttpClient(idle.client().build())
        .tls(trust)
        .warmConnections(COUNT)
        .addEventListener(
            new TunnelEventListener() {
              @Override
              public void upgraded(ConnectionInfo connection, DialTimings timings) {
                dials.add(timings);
              }
            });
  }

  private void awaitWarm() {
    idle.await(COUNT);
  }

  @Test
  void tunnelUsesWarmConnection() throws Exception {
    try (TunnelClient client = client().build()) {
      awaitWarm();
      assertThat(warmUps).extracting(RecordedRequest::getTarget).containsOnly("/");
      assertThat(warmUps).extracting(r -> r.getHeaders().get("Authorization")).containsOnlyNulls();
      Set<Integer> opened =
          warmUps.stream().map(RecordedRequest::getConnectionIndex).collect(Collectors.toSet());
      assertThat(opened).hasSize(COUNT);

      try (TunnelStream stream = client.open()) {
        stream.outputStream().write(1);
        assertThat(dials).hasSize(1);
        assertThat(dials.element().connect()).isNull();
        assertThat(dials.element().tls()).isNull();
        assertThat(upgrades).extracting(RecordedRequest::getConnectionIndex).isSubsetOf(opened);
        // The client has replaced the connection.
        awaitWarm();
      }
    }
  }

  @Test
  void neverKeepsMoreThanConfigured() throws Exception {
    try (TunnelClient client = client().build()) {
      awaitWarm();
      for (int i = 0; i < 20; i++) {
        client.open().close();
        assertThat(idle.count()).isLessThanOrEqualTo(COUNT);
      }
      awaitWarm();
    }
  }

  @Test
  void derivedClientsShareWarmConnections() throws Exception {
    try (TunnelClient one = client().build()) {
      try (TunnelClient other = one.newBuilder().serviceAddress("127.0.0.1:22").build()) {
        awaitWarm();
        assertThat(warmUps).hasSize(COUNT);
        other.open().close();
        awaitWarm();
      }
      one.open().close();
      assertThat(dials).extracting(DialTimings::tls).hasSize(2).containsOnlyNulls();
      awaitWarm();
    }
  }

  /** A load balancer may close idle connections at once. */
  @Test
  void opensTunnelIfCloudClosesIdleConnections() throws Exception {
    keepsAlive = false;
    try (TunnelClient client = client().build()) {
      Await.until(() -> warmUps.size() >= COUNT);
      for (int i = 0; i < 5; i++) {
        client.open().close();
      }
      assertThat(upgrades).hasSizeGreaterThanOrEqualTo(5);
    }
  }

  /** A client without an OkHttpClient of the application leaves nothing open: see {@link Leaks}. */
  @Test
  void closeClosesWarmConnections() throws Exception {
    try (TunnelClient client =
        TunnelClient.builder()
            .cloudUri("wss://localhost:" + cloud.getPort())
            .credentials(Credentials.apiKey("ak_secret"))
            .deviceId("017b7fddb124724840c1c7b800000000")
            .serviceAddress("127.0.0.1:80")
            .tls(trust)
            .warmConnections(8)
            .build()) {
      Await.until(() -> warmUps.size() >= 8);
      client.open().close();
    }
    Await.until(() -> upgrades.size() == 1);
  }

  /** Repeated, because the result depends on the moment of the cancellation. */
  @RepeatedTest(15)
  void closeDoesNotWaitForSilentCloud() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, Loopback.anyPort().getAddress())) {
      TunnelClient client = client().cloudUri("wss://127.0.0.1:" + silent.getLocalPort()).build();
      try (Socket dial = silent.accept()) {
        client.close(Duration.ZERO);
        // The TLS bytes that were sent, and then the end of the stream.
        dial.setSoTimeout((int) Await.LONG.toMillis());
        dial.getInputStream().readAllBytes();
      }
    }
  }

  @Test
  void reportsUnreachableCloud() throws Exception {
    try (ClosedPort closedPort = new ClosedPort();
        TunnelClient client = client().cloudUri("wss://" + closedPort.serviceAddress()).build()) {
      TunnelException failure = catchThrowableOfType(TunnelException.class, client::open);
      assertThat(failure.reason().kind()).isEqualTo(CloseReason.Kind.DIAL_FAILED);
      assertThat(failure).hasMessageContaining("could not be reached");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65})
  void rejectsInvalidCount(int count) {
    assertThatThrownBy(() -> TunnelClient.builder().warmConnections(count))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("warmConnections must be from 0 to 64, but is " + count);
  }
}
