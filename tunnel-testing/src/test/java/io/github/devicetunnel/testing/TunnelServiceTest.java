package io.github.devicetunnel.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Opens one tunnel at a time. The test is the client and the TCP service. */
final class TunnelServiceTest {
  private static final String KEY = "ak_test";
  private static final String DEVICE = "017b7fddb124724840c1c7b800000000";
  private static final String SERVICE = "127.0.0.1:80";
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final byte[] EMPTY = {};

  private ServerSocket listening;

  @BeforeEach
  void listen() throws IOException {
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    listening.setSoTimeout(TIMEOUT_MILLIS);
  }

  @AfterEach
  void stopListening() throws IOException {
    listening.close();
  }

  private TunnelService.Builder builder() {
    InetSocketAddress actual = (InetSocketAddress) listening.getLocalSocketAddress();
    return TunnelService.builder().apiKey(KEY).device(DEVICE).route(DEVICE, SERVICE, actual);
  }

  private Socket accept() throws IOException {
    Socket socket = listening.accept();
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  private static RawClient open(TunnelService service) throws IOException {
    RawClient client = new RawClient(service.uri());
    client.send(RawClient.request(DEVICE, SERVICE, KEY), EMPTY);
    assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
    return client;
  }

  @Test
  void answersLikeExampleOfRfc6455() throws Exception {
    try (TunnelService service = builder().build().start();
        RawClient client = new RawClient(service.uri())) {
      client.send(RawClient.request(DEVICE, SERVICE, KEY), EMPTY);

      assertThat(client.readHead().split("\r\n"))
          .containsExactly(
              "HTTP/1.1 101 Switching Protocols",
              "Upgrade: websocket",
              "Connection: Upgrade",
              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
  }

  @Test
  void carriesBytesInBothDirections() throws Exception {
    try (TunnelService service = builder().build().start();
        RawClient client = open(service);
        Socket socket = accept()) {
      client.write(RawClient.frame("up"));
      assertThat(socket.getInputStream().readNBytes(2)).isEqualTo(bytes("up"));

      socket.getOutputStream().write(bytes("down"));
      assertThat(client.next()).isEqualTo(bytes("down"));
      assertThat(service.openConnections()).isEqualTo(1);
    }
  }

  /** MockWebServer reads beyond the end of the request if more bytes are available. */
  @Test
  void keepsFrameThatArrivesWithRequest() throws Exception {
    try (TunnelService service = builder().build().start();
        RawClient client = new RawClient(service.uri())) {
      client.send(RawClient.request(DEVICE, SERVICE, KEY), RawClient.frame("early"));
      try (Socket socket = accept()) {
        assertThat(socket.getInputStream().readNBytes(5)).isEqualTo(bytes("early"));
      }
    }
  }

  @Test
  void sendsCloseFrameWhenServiceEnds() throws Exception {
    try (TunnelService service = builder().build().start();
        RawClient client = open(service)) {
      try (Socket socket = accept()) {
        socket.getOutputStream().write(bytes("last words"));
      }
      assertThat(client.readAll()).isEqualTo("last words");
      assertThat(client.closeCode).isEqualTo(1000);
      client.close(1000);
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void endsOutputIfClientSendsNoCloseFrame() throws Exception {
    try (TunnelService service = builder().build().start();
        RawClient client = open(service)) {
      accept().close();
      assertThat(client.readAll()).isEmpty();
      // This takes about two seconds.
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void reportsResetOfService() throws Exception {
    try (TunnelService service = builder().build().start();
        RawClient client = open(service)) {
      try (Socket socket = accept()) {
        socket.setSoLinger(true, 0);
      }
      assertThat(client.readAll()).isEmpty();
      assertThat(client.closeCode).isEqualTo(1011);
    }
  }

  @Test
  void deliversAllBytesBeforeCloseFrameOfClient() throws Exception {
    try (TunnelService service = builder().build().start();
        RawClient client = open(service);
        Socket socket = accept()) {
      client.write(RawClient.frame("last words"));
      client.close(4000);

      assertThat(client.readAll()).isEmpty();
      assertThat(client.closeCode).isEqualTo(4000);
      assertThat(client.isEnded()).isTrue();
      assertThat(socket.getInputStream().readAllBytes()).isEqualTo(bytes("last words"));
    }
  }

  @Test
  void reportsProtocolViolationToClient() throws Exception {
    try (TunnelService service = builder().build().start();
        RawClient client = open(service);
        Socket socket = accept()) {
      client.write(new byte[] {(byte) 0x82, 1, 'x'}); // not masked

      assertThat(client.readAll()).isEmpty();
      assertThat(client.closeCode).isEqualTo(1002);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  /** The service must read from a client that does not read itself, or both wait forever. */
  @Test
  void readsFromClientThatDoesNotRead() throws Exception {
    try (TunnelService service = builder().build().start();
        RawClient client = open(service);
        Socket socket = accept()) {
      Thread flood = new Thread(() -> floodUntilClosed(socket), "test-flood");
      flood.setDaemon(true);
      flood.start();
      // More pings than would fit into the socket's buffers as pongs.
      for (int i = 0; i < 10_000; i++) {
        client.ping("x".repeat(100));
      }
      client.write(RawClient.frame("still here"));

      assertThat(socket.getInputStream().readNBytes(10)).isEqualTo(bytes("still here"));
    }
  }

  private static void floodUntilClosed(Socket socket) {
    byte[] block = new byte[64 << 10];
    try {
      while (!socket.isClosed()) {
        socket.getOutputStream().write(block);
      }
    } catch (IOException e) {
      // The test has closed the socket.
    }
  }

  @Test
  void answersPingsInOrderWithData() throws Exception {
    try (TunnelService service = builder().build().start();
        RawClient client = open(service);
        Socket socket = accept()) {
      client.write(RawClient.frame("data"));
      client.ping("after data");
      assertThat(socket.getInputStream().readNBytes(4)).isEqualTo(bytes("data"));
      while (client.pongs.isEmpty()) {
        socket.getOutputStream().write('.');
        client.next();
      }
      assertThat(client.pongs).containsExactly("after data");
    }
  }

  @Test
  void pingsClientAtConfiguredInterval() throws Exception {
    try (TunnelService service = builder().pingInterval(Duration.ofMillis(20)).build().start();
        RawClient client = open(service);
        Socket socket = accept()) {
      while (client.pings < 3) {
        socket.getOutputStream().write('.');
        client.next();
      }
    }
  }

  @Test
  void closesTunnelIfServiceDialFailsAfterAnswer() throws Exception {
    TunnelService.Builder builder = builder().serviceDial(ServiceDial.AFTER_ANSWER);
    listening.close();
    try (TunnelService service = builder.build().start();
        RawClient client = open(service)) {
      assertThat(client.readAll()).isEmpty();
      assertThat(client.closeCode).isEqualTo(1000);
    }
  }

  @Test
  void closeAbortsAllConnections() throws Exception {
    TunnelService service = builder().build().start();
    try (RawClient client = open(service);
        Socket socket = accept();
        RawClient idle = new RawClient(service.uri())) {
      long begin = System.nanoTime();
      service.close();
      service.close();

      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
      assertThatThrownBy(client::readAll).isInstanceOf(IOException.class);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      assertThat(idle.isEnded()).isTrue();
      assertThat(service.openConnections()).isZero();
      assertThatThrownBy(service::start).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void closeEndsAllThreads() throws Exception {
    try (TunnelService service = builder().build().start();
        RawClient client = open(service);
        Socket socket = accept()) {
      client.write(RawClient.frame("x"));
      assertThat(socket.getInputStream().read()).isEqualTo('x');
      socket.getOutputStream().write('x');
      assertThat(client.next()).isEqualTo(bytes("x"));
      assertThat(threads()).contains("tunnel-service-1-up", "tunnel-service-1-down");
    }
    assertThat(threads()).doesNotContain("tunnel-service-1-up", "tunnel-service-1-down");
  }

  private static String threads() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList().toString();
  }

  @Test
  void rejectsInvalidSettings() {
    TunnelService.Builder builder = TunnelService.builder();
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 80);

    assertThatThrownBy(() -> builder.device("17")).hasMessageContaining("but is 17");
    assertThatThrownBy(() -> builder.apiKey(KEY, "17")).hasMessageContaining("but is 17");
    assertThatThrownBy(() -> builder.route(DEVICE, "80", unresolved)).hasMessageContaining("is 80");
    assertThatThrownBy(() -> builder.route(DEVICE, SERVICE, unresolved))
        .hasMessageContaining("nowhere.invalid");
    assertThatThrownBy(() -> builder.pingInterval(Duration.ofSeconds(-1)))
        .hasMessageContaining("PT-1S");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
