package io.github.devicetunnel.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.testing.FaultProxy.AcceptAction;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultProxyTest {
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);

  private ServerSocket cloud;
  private FaultProxy proxy;
  private Socket client;
  private Socket server;

  @BeforeEach
  void connect() throws IOException {
    cloud = new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    cloud.setSoTimeout(TIMEOUT_MILLIS);
    proxy = FaultProxy.start("ws://127.0.0.1:" + cloud.getLocalPort());
    client = newClient();
    server = accepted();
  }

  @AfterEach
  void closeEndsAllThreads() throws IOException {
    proxy.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("fault-proxy-" + port() + "-"));
    client.close();
    server.close();
    cloud.close();
  }

  private int port() {
    return Integer.parseInt(proxy.uri().replaceFirst("^ws://127\\.0\\.0\\.1:", ""));
  }

  private Socket newClient() throws IOException {
    Socket socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  private Socket accepted() throws IOException {
    Socket socket = cloud.accept();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  private static CompletableFuture<Void> write(Socket socket, byte[] bytes) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            socket.getOutputStream().write(bytes);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        task -> new Thread(task, "test-write").start());
  }

  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  private static void assertReset(Socket socket) {
    assertThatThrownBy(
            () -> {
              while (socket.getInputStream().read() >= 0) {
                // Bytes in flight may still arrive.
              }
              throw new AssertionError("the stream ended without a reset");
            })
        .isInstanceOf(SocketException.class)
        .isNotInstanceOf(SocketTimeoutException.class);
  }

  private void assertThatNothingArrives(Socket socket) throws IOException {
    socket.setSoTimeout(200);
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout(TIMEOUT_MILLIS);
  }

  @Test
  void carriesBytesAndEndOfStreamInBothDirections() throws Exception {
    byte[] up = random(3_000_000);
    CompletableFuture<Void> written = write(client, up);
    assertThat(server.getInputStream().readNBytes(up.length)).isEqualTo(up);
    written.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    client.shutdownOutput();
    assertThat(server.getInputStream().read()).isEqualTo(-1);
    server.getOutputStream().write(HELLO);
    server.close();
    assertThat(client.getInputStream().readAllBytes()).isEqualTo(HELLO);
  }

  @Test
  void forwardsReset() throws IOException {
    server.setSoLinger(true, 0);
    server.close();
    assertReset(client);
  }

  @Test
  void resetsClientWhenCloudIsUnreachable() throws IOException {
    cloud.close();
    try (Socket other = newClient()) {
      assertReset(other);
    }
  }

  @Test
  void delaysBytesAndEndOfStream() throws Exception {
    proxy.faults(Direction.TOWARD_CLOUD).delay(Duration.ofMillis(100));
    long before = System.nanoTime();
    client.getOutputStream().write(HELLO);
    client.shutdownOutput();
    assertThat(server.getInputStream().readNBytes(5)).isEqualTo(HELLO);
    assertThat(server.getInputStream().read()).isEqualTo(-1);
    assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(100_000_000L);
  }

  /** This takes half a minute if every read waits for the bytes before it. */
  @Test
  void delayDoesNotLimitThroughput() throws Exception {
    proxy.faults(Direction.TOWARD_CLOUD).delay(Duration.ofSeconds(1));
    byte[] bytes = random(2 << 20);
    long before = System.nanoTime();
    CompletableFuture<Void> written = write(client, bytes);
    assertThat(server.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
    assertThat(System.nanoTime() - before).isLessThan(20_000_000_000L);
    written.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Test
  void limitsThroughput() throws Exception {
    proxy.faults(Direction.TOWARD_CLOUD).throttle(1_000_000);
    byte[] bytes = random(300_000);
    long before = System.nanoTime();
    CompletableFuture<Void> written = write(client, bytes);
    assertThat(server.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
    assertThat(System.nanoTime() - before).isGreaterThan(200_000_000L);
    written.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Test
  void stallsUntilResume() throws Exception {
    proxy.faults(Direction.TOWARD_CLOUD).stall();
    byte[] bytes = random(16 << 20);
    CompletableFuture<Void> written = write(client, bytes);
    assertThatNothingArrives(server);
    assertThat(written).isNotDone();
    server.getOutputStream().write(HELLO);
    assertThat(client.getInputStream().readNBytes(5)).isEqualTo(HELLO);

    proxy.faults(Direction.TOWARD_CLOUD).resume();

    assertThat(server.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
    written.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Test
  void writesSingleBytes() throws Exception {
    proxy.faults(Direction.TOWARD_CLIENT).singleBytes();
    byte[] bytes = random(10_000);
    server.getOutputStream().write(bytes);
    assertThat(client.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
  }

  @Test
  void flipsOneBit() throws Exception {
    proxy.faults(Direction.TOWARD_CLOUD).corruptAt(7, 3);
    client.getOutputStream().write(HELLO);
    assertThat(server.getInputStream().readNBytes(5)).isEqualTo(HELLO);
    client.getOutputStream().write(HELLO);
    assertThat(server.getInputStream().readNBytes(5)).isEqualTo("hedlo".getBytes(US_ASCII));
    proxy.faults(Direction.TOWARD_CLOUD).corruptAfter(1, 0);
    client.getOutputStream().write(HELLO);
    assertThat(server.getInputStream().readNBytes(5)).isEqualTo("hdllo".getBytes(US_ASCII));
  }

  @Test
  void closesWithFinAtOffset() throws Exception {
    proxy.faults(Direction.TOWARD_CLIENT).cutAt(3, Cut.FIN);
    server.getOutputStream().write(HELLO);
    assertThat(client.getInputStream().readAllBytes()).isEqualTo("hel".getBytes(US_ASCII));
    assertThat(server.getInputStream().read()).isEqualTo(-1);
    client.getOutputStream().write(HELLO); // The proxy discards this without a reset.
    client.close();
    server.close();
    awaitNoneOpen();
  }

  private void awaitNoneOpen() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    for (int i = 0; i < 2000 && proxy.openConnections() > 0; i++) {
      boolean unused = never.await(10, TimeUnit.MILLISECONDS);
    }
    assertThat(proxy.openConnections()).isZero();
  }

  @Test
  void resetsAfterByteCount() throws IOException {
    client.getOutputStream().write(HELLO);
    assertThat(server.getInputStream().readNBytes(5)).isEqualTo(HELLO);
    proxy.faults(Direction.TOWARD_CLOUD).cutAfter(2, Cut.RST);
    client.getOutputStream().write(HELLO);
    assertReset(client);
    assertReset(server);
  }

  @Test
  void closesImmediatelyIfOffsetHasPassed() throws IOException {
    client.getOutputStream().write(HELLO);
    assertThat(server.getInputStream().readNBytes(5)).isEqualTo(HELLO);
    proxy.faults(Direction.TOWARD_CLOUD).cutAt(5, Cut.FIN);
    assertThat(client.getInputStream().read()).isEqualTo(-1);
  }

  @ParameterizedTest
  @EnumSource(Cut.class)
  void endsOpenConnection(Cut cut) throws IOException {
    proxy.cut(cut);
    if (cut == Cut.FIN) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      assertThat(server.getInputStream().read()).isEqualTo(-1);
    } else {
      assertReset(client);
      assertReset(server);
    }
  }

  /** Both writers are blocked, and so is the proxy. */
  @ParameterizedTest
  @EnumSource(Cut.class)
  void endsStalledConnection(Cut cut) {
    CompletableFuture<Void> up = write(client, random(32 << 20));
    CompletableFuture<Void> down = write(server, random(32 << 20));
    proxy.faults(Direction.TOWARD_CLOUD).stall();
    proxy.cut(cut);
    if (cut == Cut.RST) {
      assertThatThrownBy(() -> up.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS))
          .hasRootCauseInstanceOf(SocketException.class);
      assertThatThrownBy(() -> down.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS))
          .hasRootCauseInstanceOf(SocketException.class);
    } else {
      assertThat(up).succeedsWithin(Duration.ofMillis(TIMEOUT_MILLIS));
      assertThat(down).succeedsWithin(Duration.ofMillis(TIMEOUT_MILLIS));
    }
  }

  @Test
  void blackHoleDiscardsAllBytes() throws Exception {
    proxy.faults(Direction.TOWARD_CLOUD).blackHole();
    write(client, random(16 << 20)).get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    client.shutdownOutput();
    assertThatNothingArrives(server);
    server.getOutputStream().write(HELLO);
    assertThat(client.getInputStream().readNBytes(5)).isEqualTo(HELLO);
  }

  @Test
  void faultsOfNewConnectionsSpareOpenConnections() throws IOException {
    proxy.newConnectionFaults(Direction.TOWARD_CLIENT).cutAt(2, Cut.FIN);
    try (Socket second = newClient();
        Socket secondServer = accepted()) {
      secondServer.getOutputStream().write(HELLO);
      assertThat(second.getInputStream().readAllBytes()).isEqualTo("he".getBytes(US_ASCII));
    }
    server.getOutputStream().write(HELLO);
    assertThat(client.getInputStream().readNBytes(5)).isEqualTo(HELLO);
    proxy.clear();
    try (Socket third = newClient();
        Socket thirdServer = accepted()) {
      thirdServer.getOutputStream().write(HELLO);
      assertThat(third.getInputStream().readNBytes(5)).isEqualTo(HELLO);
    }
  }

  @Test
  void resetsNewConnection() throws IOException {
    proxy.onAccept(AcceptAction.RESET);
    try (Socket other = newClient()) {
      assertReset(other);
    }
    assertThat(proxy.acceptedConnections()).isEqualTo(2);
    assertThat(proxy.openConnections()).isEqualTo(1);
  }

  @Test
  void leavesNewConnectionUnanswered() throws Exception {
    proxy.onAccept(AcceptAction.HANG);
    try (Socket other = newClient()) {
      OutputStream out = other.getOutputStream();
      out.write(HELLO);
      assertThatNothingArrives(other);
    }
    client.close();
    server.close();
    awaitNoneOpen();
  }

  @Test
  void closesUnderLoad() {
    CompletableFuture<Void> up = write(client, random(32 << 20));
    proxy.faults(Direction.TOWARD_CLIENT).delay(Duration.ofHours(1));
    proxy.faults(Direction.TOWARD_CLOUD).throttle(1);
    proxy.close();
    assertThatThrownBy(() -> up.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS))
        .hasRootCauseInstanceOf(SocketException.class);
  }

  @Test
  void rejectsInvalidFaults() {
    WireFaults faults = proxy.faults(Direction.TOWARD_CLOUD);
    assertThatThrownBy(() -> faults.throttle(0)).hasMessageContaining("bytesPerSecond");
    assertThatThrownBy(() -> faults.delay(Duration.ofMillis(-1))).hasMessageContaining("delay");
    assertThatThrownBy(() -> faults.corruptAt(0, 8)).hasMessageContaining("bit");
    assertThatThrownBy(() -> faults.cutAt(-1, Cut.FIN)).hasMessageContaining("offset");
    assertThatThrownBy(() -> FaultProxy.start("ws://localhost")).hasMessageContaining("port");
  }
}
