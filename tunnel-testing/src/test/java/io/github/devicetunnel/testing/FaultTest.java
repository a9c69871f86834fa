package io.github.devicetunnel.testing;

import static io.github.devicetunnel.testing.Clients.DEVICE;
import static io.github.devicetunnel.testing.Clients.KEY;
import static io.github.devicetunnel.testing.Clients.OTHER;
import static io.github.devicetunnel.testing.Clients.SERVICE;
import static io.github.devicetunnel.testing.Clients.client;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.BareClose;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.TunnelStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks injected faults from the point of view of a client. */
final class FaultTest {
  private static final byte[] EMPTY = {};

  private TunnelService service;
  private TunnelClient client;

  @BeforeEach
  void start() throws IOException {
    service = Clients.service().device(OTHER).build().start();
    service.device(DEVICE).onConnect(SERVICE, Clients::echo);
    service.device(OTHER).onConnect(SERVICE, Clients::echo);
    // A tunnel that ends with a FIN only must fail here.
    client = client(service).bareClose(BareClose.RESET).build();
  }

  @AfterEach
  void stop() {
    client.close();
    service.verify();
    service.close();
  }

  private FaultOrders faults() {
    return service.device(DEVICE).faults();
  }

  private RawClient raw() throws IOException {
    RawClient raw = new RawClient(service.uri());
    raw.send(RawClient.request(DEVICE, SERVICE, KEY), EMPTY);
    return raw;
  }

  private void assertCarries(TunnelClient anyClient) throws IOException {
    try (TunnelStream stream = anyClient.open()) {
      stream.outputStream().write('x');
      assertThat(stream.inputStream().read()).isEqualTo('x');
    }
  }

  private void assertRejected(TunnelClient anyClient, int status) {
    assertThatThrownBy(anyClient::open)
        .isInstanceOfSatisfying(
            TunnelRejectedException.class, e -> assertThat(e.statusCode()).isEqualTo(status));
  }

  @Test
  void rejectsWithDocumentedJson() {
    faults()
        .onNextConnect(
            Fault.reject(400).type("odd_error").message("Not today").field("id", "is odd"));

    assertThatThrownBy(client::open)
        .isInstanceOfSatisfying(
            TunnelRejectedException.class,
            e -> {
              assertThat(e.errorType()).isEqualTo("odd_error");
              assertThat(e.serviceMessage()).startsWith("Not today");
              assertThat(e.requestId()).isNotBlank();
            })
        .hasMessageContaining("is odd");
  }

  @Test
  void rejectsWithHtmlAndRetryAfter() throws Exception {
    faults()
        .onNextConnect(
            Fault.reject(503)
                .html("<html><title>Busy</title></html>")
                .retryAfter(Duration.ofMillis(1500)));

    try (RawClient raw = raw()) {
      assertThat(raw.readHead())
          .startsWith("HTTP/1.1 503 ")
          .contains("Content-Type: text/html; charset=utf-8")
          .contains("Retry-After: 2\r\n");
    }
    faults().onNextConnect(Fault.reject(503).html("<html><title>Busy</title></html>"));
    assertThatThrownBy(client::open).hasMessageContaining("Busy");
  }

  @Test
  void appliesFaultsInOrderThenNone() throws Exception {
    faults()
        .onNextConnects(2, Fault.reject(503))
        .onNextConnect(Fault.none())
        .onNextConnect(Fault.reject(500));

    assertRejected(client, 503);
    assertRejected(client, 503);
    assertCarries(client);
    assertRejected(client, 500);
    assertCarries(client);
  }

  @Test
  void appliesFaultToEveryConnectUntilCleared() throws Exception {
    faults().onEveryConnect(Fault.reject(502)).onNextConnect(Fault.none());

    assertCarries(client);
    assertRejected(client, 502);
    assertRejected(client, 502);
    faults().clear();
    assertCarries(client);
  }

  @Test
  void appliesFaultsPerDevice() throws Exception {
    faults().onEveryConnect(Fault.reject(502));

    try (TunnelClient other = client.newBuilder().deviceId(OTHER).build()) {
      assertCarries(other);
      service.faults().onNextConnects(2, Fault.reject(500));
      assertRejected(other, 500);
      assertRejected(client, 502); // The fault of the device takes precedence.
      assertRejected(other, 500);
      assertCarries(other);
    }
  }

  @Test
  void hangsUntilClientDisconnects() throws Exception {
    faults().onNextConnect(Fault.hang());

    RawClient raw = raw();
    assertThat(service.takeUpgrade(Duration.ofSeconds(60)).status()).isZero();
    assertThat(service.openConnections()).isEqualTo(1);
    raw.close();
    // stop() verifies that the service has noticed the disconnect.
  }

  @Test
  void delaysAnswer() throws Exception {
    Duration delay = Duration.ofMillis(300);
    long begin = System.nanoTime();
    faults().onNextConnect(Fault.delay(delay)).onNextConnect(Fault.reject(503).delayed(delay));

    assertCarries(client);
    assertRejected(client, 503);
    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(delay.multipliedBy(2).toNanos());
  }

  @Test
  void closingServiceAbortsDelayedAnswer() throws Exception {
    faults().onNextConnect(Fault.delay(Duration.ofHours(1)));

    try (RawClient raw = raw()) {
      while (service.requestCount() == 0) {
        Thread.onSpinWait();
      }
      service.close();
      assertThatThrownBy(raw::readHead).isInstanceOf(IOException.class);
    }
  }

  @Test
  void closesWithCodeAndReason() {
    faults().onNextConnect(Fault.close(4321, "go away"));

    assertThatThrownBy(() -> assertCarries(client))
        .isInstanceOfSatisfying(
            TunnelException.class, e -> assertThat(e.reason().code()).isEqualTo(4321))
        .hasMessageContaining("go away");
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void closesAfterByteCount(Direction direction) throws Exception {
    faults().onNextConnect(Fault.closeAfter(5, direction, 1001, "enough"));

    try (RawClient raw = raw()) {
      raw.readHead();
      raw.write(RawClient.frame("12345678"));
      // The close may overtake some of the echoed bytes.
      assertThat("12345").startsWith(raw.readAll());
      assertThat(raw.closeCode).isEqualTo(1001);
      raw.close(1001);
      assertThat(raw.isEnded()).isTrue();
    }
  }

  @Test
  void abortsDownloadAfterByteCount() throws Exception {
    service
        .device(DEVICE)
        .onConnect(SERVICE, stream -> stream.outputStream().write(new byte[1000]));
    faults().onNextConnect(Fault.abortAfter(300, Direction.TOWARD_CLIENT, Cut.FIN));

    try (RawClient raw = raw()) {
      raw.readHead();
      assertThat(raw.next()).hasSize(300);
      assertThatThrownBy(raw::next).isInstanceOf(IOException.class);
      assertThat(raw.closeCode).isZero();
    }
  }

  @Test
  void abortsUploadAfterByteCount() throws Exception {
    BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    service
        .device(DEVICE)
        .onConnect(SERVICE, stream -> received.add(stream.inputStream().readAllBytes()));
    faults().onNextConnect(Fault.abortAfter(3, Direction.TOWARD_CLOUD, Cut.RST));

    try (RawClient raw = raw()) {
      raw.readHead();
      raw.write(RawClient.frame("12345"));
      assertThat(received.poll(60, TimeUnit.SECONDS)).asString().isEqualTo("123");
      assertThatThrownBy(raw::next).hasMessageContaining("reset");
    }
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void abortsImmediately(Direction direction) {
    for (Cut cut : Cut.values()) {
      faults().onNextConnect(Fault.abortAfter(0, direction, cut));

      assertThatThrownBy(() -> assertCarries(client)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void resumesStalledDownload() throws Exception {
    faults().onNextConnect(Fault.stallAfter(2, Direction.TOWARD_CLIENT));

    try (RawClient raw = raw()) {
      raw.readHead();
      raw.write(RawClient.frame("1234"));
      String before = new String(raw.next(), US_ASCII);
      assertThat("12").startsWith(before);
      service.resume();
      StringBuilder all = new StringBuilder(before);
      while (all.length() < 4) {
        all.append(new String(raw.next(), US_ASCII));
      }
      assertThat(all).hasToString("1234");
    }
  }

  @Test
  void resumesStalledUpload() throws Exception {
    BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
    service
        .device(DEVICE)
        .onConnect(
            SERVICE,
            stream -> {
              for (int b = stream.inputStream().read(); b >= 0; b = stream.inputStream().read()) {
                received.add(b);
              }
            });
    faults().onNextConnect(Fault.stallAfter(2, Direction.TOWARD_CLOUD));

    try (TunnelStream stream = client.open()) {
      stream.outputStream().write(new byte[] {1, 2, 3});
      assertThat(received.poll(60, TimeUnit.SECONDS)).isEqualTo(1);
      assertThat(received.poll(60, TimeUnit.SECONDS)).isEqualTo(2);
      assertThat(received).isEmpty();
      service.resume();
      assertThat(received.poll(60, TimeUnit.SECONDS)).isEqualTo(3);
    }
  }

  @Test
  void stopEndsStall() throws Exception {
    faults().onNextConnect(Fault.stallAfter(0, Direction.TOWARD_CLOUD));

    try (RawClient raw = raw()) {
      raw.readHead();
      raw.write(RawClient.frame("nobody reads this"));
    }
    // stop() ends the stall and verifies that the client has disconnected.
  }

  @Test
  void rejectsInvalidFaults() {
    assertThatThrownBy(() -> Fault.reject(101)).hasMessageContaining("but is 101");
    assertThatThrownBy(() -> Fault.delay(Duration.ofSeconds(-1))).hasMessageContaining("PT-1S");
    assertThatThrownBy(() -> Fault.close(999, "")).hasMessageContaining("but is 999");
    assertThatThrownBy(() -> Fault.close(1000, "é".repeat(62))).hasMessageContaining("has 124");
    assertThatThrownBy(() -> Fault.abortAfter(-1, Direction.TOWARD_CLIENT, Cut.FIN))
        .hasMessageContaining("but is -1");
    assertThatThrownBy(() -> Fault.stallAfter(-1, Direction.TOWARD_CLIENT))
        .hasMessageContaining("but is -1");
    assertThatThrownBy(() -> faults().onNextConnects(0, Fault.none()))
        .hasMessageContaining("but is 0");
    assertThatThrownBy(() -> Fault.reject(503).retryAfter(Duration.ofSeconds(-1)))
        .hasMessageContaining("PT-1S");
  }
}
