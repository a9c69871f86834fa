package io.github.devicetunnel.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.testing.TunnelService;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checks the meters with real tunnels. */
class TunnelMetricsTest {
  private static final String DEVICE = "017b7fddb124724840c1c7b800000000";
  private static final String KEY = "ak_test";
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private TunnelService cloud;
  private ServerSocket service;

  @BeforeEach
  void start() throws IOException {
    cloud = TunnelService.builder().apiKey(KEY).device(DEVICE).dialLoopback().build().start();
    service = new ServerSocket(0, 50, LOOPBACK);
  }

  @AfterEach
  void close() throws IOException {
    cloud.close();
    service.close();
  }

  private TunnelClient.Builder client(TunnelMetrics metrics) {
    return TunnelClient.builder()
        .cloudUri(cloud.uri())
        .credentials(Credentials.apiKey(KEY))
        .deviceId(DEVICE)
        .serviceAddress("127.0.0.1:" + service.getLocalPort())
        .addEventListener(metrics);
  }

  private double count(String name, String... tags) {
    Counter counter = registry.find(name).tags(tags).counter();
    return counter == null ? 0 : counter.count();
  }

  private long times(String name, String... tags) {
    Timer timer = registry.find(name).tags(tags).timer();
    return timer == null ? 0 : timer.count();
  }

  private double open() {
    return registry.get("tunnel.connections.open").gauge().value();
  }

  @Test
  void countsConnectionAndBytes() throws Exception {
    try (TunnelClient client = client(new TunnelMetrics(registry)).build()) {
      try (TunnelStream stream = client.open();
          Socket accepted = service.accept()) {
        assertThat(open()).isEqualTo(1);
        assertThat(times("tunnel.connections.duration")).isZero();

        stream.outputStream().write(new byte[100_000]);
        assertThat(accepted.getInputStream().readNBytes(100_000)).hasSize(100_000);
        accepted.getOutputStream().write(new byte[50_000]);
        accepted.shutdownOutput();
        assertThat(stream.inputStream().readAllBytes()).hasSize(50_000);
      }

      assertThat(open()).isZero();
      assertThat(count("tunnel.connections", "outcome", "opened")).isEqualTo(1);
      assertThat(count("tunnel.bytes", "direction", "up")).isEqualTo(100_000);
      assertThat(count("tunnel.bytes", "direction", "down")).isEqualTo(50_000);
      assertThat(times("tunnel.dial", "outcome", "upgraded")).isEqualTo(1);
      assertThat(times("tunnel.connections.duration")).isEqualTo(1);
      assertThat(count("tunnel.closed", "reason", "REMOTE_CLOSED", "ended.by", "service"))
          .isEqualTo(1);
      Timer dials = registry.get("tunnel.dial").timer();
      assertThat(dials.totalTime(TimeUnit.NANOSECONDS)).isPositive();
    }
  }

  @Test
  void countsRejection() {
    try (TunnelClient client =
        client(new TunnelMetrics(registry)).credentials(Credentials.apiKey("ak_no")).build()) {
      assertThatThrownBy(client::open).isInstanceOf(TunnelException.class);

      assertThat(times("tunnel.dial", "outcome", "rejected")).isEqualTo(1);
      assertThat(count("tunnel.dial.rejected", "status", "401")).isEqualTo(1);
      assertThat(count("tunnel.connections", "outcome", "rejected")).isEqualTo(1);
      assertThat(count("tunnel.closed", "reason", "REJECTED", "ended.by", "cloud")).isEqualTo(1);
      assertThat(count("tunnel.connections", "outcome", "opened")).isZero();
      assertThat(open()).isZero();
      assertThat(times("tunnel.connections.duration")).isZero();
    }
  }

  @Test
  void countsFailedDialsAndRetries() throws Exception {
    try (Socket unused = new Socket()) {
      unused.bind(new InetSocketAddress(LOOPBACK, 0));
      try (TunnelClient client =
          client(new TunnelMetrics(registry))
              .cloudUri("ws://127.0.0.1:" + unused.getLocalPort())
              .connectRetry(3, Duration.ofMillis(10))
              .build()) {
        assertThatThrownBy(client::open).isInstanceOf(TunnelException.class);
      }
    }

    assertThat(times("tunnel.dial", "outcome", "failed")).isEqualTo(3);
    assertThat(count("tunnel.dial.retried")).isEqualTo(2);
    assertThat(count("tunnel.connections", "outcome", "failed")).isEqualTo(1);
    assertThat(count("tunnel.closed", "reason", "DIAL_FAILED")).isEqualTo(1);
  }

  @Test
  void countsFullListener() throws Exception {
    try (TunnelClient client =
            client(new TunnelMetrics(registry))
                .maxConnections(1)
                .drainTimeout(Duration.ZERO)
                .build();
        TunnelListener listener = client.listen(new InetSocketAddress(LOOPBACK, 0));
        Socket local = new Socket(LOOPBACK, listener.localPort())) {
      await(() -> count("tunnel.listeners.full") == 1);
      assertThat(local.isConnected()).isTrue();
      assertThat(registry.get("tunnel.listeners").gauge().value()).isEqualTo(1);
    }
    assertThat(registry.get("tunnel.listeners").gauge().value()).isZero();
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as("time left").isNegative();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  @Test
  void sumsConnectionsOfClientsInOneRegistry() throws Exception {
    try (TunnelClient one = client(new TunnelMetrics(registry)).build();
        TunnelClient two = client(new TunnelMetrics(registry)).build();
        TunnelStream first = one.open()) {
      assertThat(open()).isEqualTo(1);
      try (TunnelStream second = two.open();
          TunnelClient three = client(new TunnelMetrics(registry)).build();
          TunnelStream third = three.open()) {
        assertThat(open()).isEqualTo(3);
        assertThat(count("tunnel.connections", "outcome", "opened")).isEqualTo(3);
        second.outputStream().write('x');
        third.outputStream().write('x');
        assertThat(count("tunnel.bytes", "direction", "up")).isEqualTo(2);
      }
      assertThat(open()).isEqualTo(1);
      first.outputStream().write('x');
      assertThat(count("tunnel.bytes", "direction", "up")).isEqualTo(3);
    }
    assertThat(open()).isZero();
  }

  @Test
  void sumsListenersOfClientsInOneRegistry() throws Exception {
    InetSocketAddress anyPort = new InetSocketAddress(LOOPBACK, 0);
    try (TunnelClient one = client(new TunnelMetrics(registry)).build();
        TunnelClient two = client(new TunnelMetrics(registry)).build()) {
      try (TunnelListener first = one.listen(anyPort);
          TunnelListener second = two.listen(anyPort)) {
        assertThat(first.localAddress()).isNotEqualTo(second.localAddress());
        assertThat(registry.get("tunnel.listeners").gauge().value()).isEqualTo(2);
      }
      assertThat(registry.get("tunnel.listeners").gauge().value()).isZero();
    }
  }

  @Test
  void customTagsSeparateClientsInOneRegistry() throws Exception {
    TunnelMetrics blue = new TunnelMetrics(registry, connection -> Tags.of("pool", "blue"));
    TunnelMetrics alsoBlue = new TunnelMetrics(registry, connection -> Tags.of("pool", "blue"));
    TunnelMetrics green = new TunnelMetrics(registry, connection -> Tags.of("pool", "green"));
    try (TunnelClient one = client(blue).build();
        TunnelClient two = client(alsoBlue).build();
        TunnelClient three = client(green).build();
        TunnelStream first = one.open();
        TunnelStream second = two.open();
        TunnelStream third = three.open()) {
      assertThat(first).isNotSameAs(second).isNotSameAs(third);
      assertThat(registry.get("tunnel.connections.open").tag("pool", "blue").gauge().value())
          .isEqualTo(2);
      assertThat(registry.get("tunnel.connections.open").tag("pool", "green").gauge().value())
          .isEqualTo(1);
    }
  }

  @Test
  void registriesAreIndependent() throws Exception {
    SimpleMeterRegistry other = new SimpleMeterRegistry();
    try (TunnelClient one = client(new TunnelMetrics(registry)).build();
        TunnelClient two = client(new TunnelMetrics(other)).build();
        TunnelStream stream = one.open()) {
      assertThat(stream.inputStream().available()).isZero();
      assertThat(two.target().orElseThrow().deviceId()).isEqualTo(DEVICE);
      assertThat(open()).isEqualTo(1);
      assertThat(other.get("tunnel.connections.open").gauge().value()).isZero();
    }
  }

  /** An application may refresh its context and keep its registry. */
  @Test
  void nextClientRestoresRemovedGauge() throws Exception {
    try (TunnelClient one = client(new TunnelMetrics(registry)).build();
        TunnelStream first = one.open()) {
      assertThat(first.inputStream().available()).isZero();
      registry.clear();
      assertThat(registry.find("tunnel.connections.open").gauge()).isNull();
      try (TunnelClient two = client(new TunnelMetrics(registry)).build();
          TunnelStream second = two.open()) {
        assertThat(second.inputStream().available()).isZero();
        assertThat(open()).isEqualTo(2);
      }
    }
    assertThat(open()).isZero();
  }

  @Test
  void tagsContainNoDevice() throws Exception {
    try (TunnelClient client = client(new TunnelMetrics(registry)).build()) {
      client.open().close();
    }

    assertThat(registry.getMeters())
        .isNotEmpty()
        .extracting(Meter::getId)
        .noneSatisfy(id -> assertThat(id.getTags()).asString().contains(DEVICE));
  }

  @Test
  void addsCustomTags() throws Exception {
    TunnelMetrics metrics =
        new TunnelMetrics(
            registry, connection -> Tags.of("device", connection.target().deviceId()));
    try (TunnelClient client = client(metrics).build();
        TunnelStream stream = client.open()) {
      stream.outputStream().write('x');

      assertThat(registry.get("tunnel.connections.open").tag("device", DEVICE).gauge().value())
          .isEqualTo(1);
      assertThat(count("tunnel.bytes", "device", DEVICE, "direction", "up")).isEqualTo(1);
    }

    assertThat(count("tunnel.closed", "device", DEVICE, "reason", "LOCAL_CLOSED")).isEqualTo(1);
    assertThat(times("tunnel.dial", "device", DEVICE, "outcome", "upgraded")).isEqualTo(1);
  }
}
