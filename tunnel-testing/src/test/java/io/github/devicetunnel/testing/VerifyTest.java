package io.github.devicetunnel.testing;

import static io.github.devicetunnel.testing.Clients.DEVICE;
import static io.github.devicetunnel.testing.Clients.KEY;
import static io.github.devicetunnel.testing.Clients.SERVICE;
import static io.github.devicetunnel.testing.Clients.client;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checks the report at the end of a test. */
final class VerifyTest {
  private static final String TUNNEL = "tunnel 1 to " + DEVICE + "/" + SERVICE;
  private static final byte[] EMPTY = {};

  /** Timeout for connections and handlers that do not end. */
  private static final Duration SHORT = Duration.ofMillis(100);

  private TunnelService service;

  @BeforeEach
  void start() throws IOException {
    service = Clients.service().build().start();
    service.device(DEVICE).onConnect(SERVICE, Clients::echo);
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private RawClient opened() throws IOException {
    RawClient raw = new RawClient(service.uri());
    raw.send(RawClient.request(DEVICE, SERVICE, KEY), EMPTY);
    assertThat(raw.readHead()).startsWith("HTTP/1.1 101 ");
    return raw;
  }

  private void assertReported(String text) {
    assertReported(text, service::verify);
  }

  private static void assertReported(String text, ThrowingCallable verify) {
    assertThatThrownBy(verify)
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("at the end of the test, in the tunnelling service:\n  - ")
        .hasMessageContaining(text);
  }

  @Test
  void reportsNothingAfterCleanClose() throws Exception {
    try (TunnelClient client = client(service).halfCloseTimeout(Duration.ofMillis(100)).build();
        TunnelListener listener =
            client.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        TunnelStream stream = client.open()) {
      int port = listener.localPort();
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write('x');
        assertThat(socket.getInputStream().read()).isEqualTo('x');
      }
      stream.outputStream().write('y');
    }
    service.verify();
  }

  /** The client sends a close frame however the application ends a connection. */
  @Test
  void reportsNothingForAbortedDownloads() throws Exception {
    service.device(DEVICE).onConnect(SERVICE, VerifyTest::sendWithoutEnd);
    try (TunnelClient client = client(service).build();
        TunnelListener listener =
            client.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      int port = listener.localPort();
      for (int i = 0; i < 20; i++) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
          assertThat(socket.getInputStream().read()).isZero();
          socket.setSoLinger(true, 0);
        }
        Thread reader;
        try (TunnelStream stream = client.open()) {
          reader = new Thread(() -> drain(stream), "test-reader");
          reader.start();
        }
        reader.join();
      }
    }
    service.verify();
  }

  private static void sendWithoutEnd(ServiceStream stream) throws IOException {
    while (true) {
      stream.outputStream().write(new byte[4096]);
    }
  }

  private static void drain(TunnelStream stream) {
    try {
      stream.inputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // The stream was closed.
    }
  }

  @Test
  void reportsNothingForRejectionsAndIdleConnections() throws Exception {
    try (RawClient raw = new RawClient(service.uri())) {
      raw.send("GET /elsewhere HTTP/1.1\r\nHost: localhost\r\n\r\n", EMPTY);
      assertThat(raw.readHead()).startsWith("HTTP/1.1 404 ");
      service.verify();
      assertThat(service.openConnections()).isEqualTo(1);
    }
  }

  @Test
  void reportsOpenStream() throws Exception {
    try (TunnelClient client = client(service).build();
        TunnelStream stream = client.open()) {
      assertReported(
          TUNNEL + " is still open; close its client, listener or stream",
          () -> service.verify(SHORT));
      assertThat(stream).isNotNull();
    }
  }

  @Test
  void reportsClientThatLeavesWithoutCloseFrame() throws Exception {
    opened().close();

    assertReported("the client of " + TUNNEL + " disconnected without a close frame");
    service.verify(); // Reported once.
  }

  @Test
  void reportsUnansweredCloseFrame() throws Exception {
    service.device(DEVICE).onConnect(SERVICE, stream -> {});
    try (RawClient raw = opened()) {
      assertThat(raw.readAll()).isEmpty();
      assertThat(raw.closeCode).isEqualTo(1000);
    }
    assertReported("the client of " + TUNNEL + " did not answer the close frame");
  }

  @Test
  void reportsProtocolViolation() throws Exception {
    try (RawClient raw = opened()) {
      raw.write(new byte[] {(byte) 0x82, 1, 'x'}); // not masked
      assertThat(raw.readAll()).isEmpty();
    }
    assertReported("violated the websocket protocol");
  }

  @Test
  void reportsUnansweredUpgrade() throws Exception {
    service.device(DEVICE).faults().onNextConnect(Fault.hang());
    try (RawClient raw = new RawClient(service.uri())) {
      raw.send(RawClient.request(DEVICE, SERVICE, KEY), EMPTY);
      service.takeUpgrade(Duration.ofSeconds(60));
      assertReported(
          "a client is still waiting for the response to its request for " + DEVICE + "/" + SERVICE,
          () -> service.verify(SHORT));
    }
  }

  @Test
  void reportsRunningHandler() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    service
        .device(DEVICE)
        .onConnect(
            SERVICE,
            stream -> {
              running.countDown();
              never.await();
            });
    try (TunnelClient client = client(service).build();
        TunnelStream stream = client.open()) {
      assertThat(stream).isNotNull();
      running.await();
    }
    assertThatThrownBy(() -> service.verify(SHORT))
        .hasMessageContaining("the handler of " + TUNNEL + " is still running, at ")
        .hasMessageContaining("VerifyTest.java");
  }

  @Test
  void reportsOnlyHandlerFailuresWithoutLeakCheck() throws Exception {
    try (TunnelService lenient = Clients.service().failOnLeaks(false).build().start();
        TunnelClient client = client(lenient).build()) {
      lenient.device(DEVICE).onConnect(SERVICE, Clients::echo);
      try (TunnelStream stream = client.open()) {
        lenient.verify();
        stream.outputStream().write('x');
      }
      lenient
          .device(DEVICE)
          .onConnect(
              SERVICE,
              stream -> {
                throw new IOException("defect of the handler");
              });
      try (TunnelStream stream = client.open()) {
        assertThatThrownBy(() -> stream.inputStream().read()).isInstanceOf(IOException.class);
      }
      assertThatThrownBy(lenient::verify).hasMessageContaining("defect of the handler");
    }
  }

  /** More than fifty problems add no information. */
  @Test
  void limitsNumberOfReportedProblems() throws Exception {
    for (int i = 0; i < 60; i++) {
      opened().close();
    }
    assertReported("and 10 more");
  }
}
