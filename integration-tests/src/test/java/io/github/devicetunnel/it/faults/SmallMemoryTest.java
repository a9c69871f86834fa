package io.github.devicetunnel.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.TunnelProgram;
import io.github.devicetunnel.it.support.Upload;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the packaged program in a JVM that has too little memory for its connections. */
final class SmallMemoryTest {
  /** Enough bytes to fill every buffer. */
  private static final int COUNT = 390_000;

  @RegisterExtension final Leaks leaks = new Leaks();

  @TempDir private Path folder;

  private TunnelProgram start(Cloud cloud, String javaOptions) throws IOException {
    Map<String, String> variables = new HashMap<>(TunnelProgram.settings(cloud));
    variables.put("TUNNEL_JAVA_OPTS", javaOptions);
    Path authority = Files.writeString(folder.resolve("ca.pem"), TestingCloud.certificate());
    variables.put("SSL_CERT_FILE", authority.toString());
    String time = Await.LONG.toSeconds() + "s";
    return TunnelProgram.start(
        folder,
        variables,
        "--output=json",
        "--connect-timeout=" + time,
        "--liveness-timeout=" + time);
  }

  /**
   * Starts a cloud whose service waits for all connections, sends {@code COUNT} bytes on each of
   * them, and then echoes. The buffers of all connections are therefore full in both directions.
   */
  private static TestingCloud echo(int connections) throws IOException {
    CountDownLatch all = new CountDownLatch(connections);
    TestingCloud cloud = TestingCloud.started();
    cloud
        .service()
        .device(Cloud.DEVICE)
        .onConnect(
            ProgramBench.SERVICE,
            stream -> {
              all.countDown();
              // A connection that failed before it opened must not block the others.
              boolean unused = all.await(5, TimeUnit.SECONDS);
              stream.outputStream().write(new byte[COUNT]);
              stream.inputStream().transferTo(stream.outputStream());
            });
    return cloud;
  }

  /** The outcome of one connection: all bytes were echoed, or it was reset. */
  private enum Outcome {
    COMPLETE,
    RESET
  }

  private static List<Outcome> exchange(int port, int connections) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2 * connections);
    try {
      List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        Socket socket = ProgramBench.connect(port);
        CompletableFuture<Void> upload = CompletableFuture.runAsync(() -> write(socket), threads);
        outcomes.add(
            CompletableFuture.supplyAsync(() -> read(socket), threads)
                .thenCombine(upload.exceptionally(e -> null), (outcome, done) -> outcome));
      }
      List<Outcome> all = new ArrayList<>();
      for (CompletableFuture<Outcome> outcome : outcomes) {
        all.add(Await.get(outcome));
      }
      return all;
    } finally {
      threads.shutdownNow();
    }
  }

  private static void write(Socket socket) {
    try {
      Upload.write(socket.getOutputStream(), 9, COUNT);
    } catch (IOException e) {
      // The reader reports the same failure.
    }
  }

  private static Outcome read(Socket socket) {
    try (socket) {
      assertThat(socket.getInputStream().readNBytes(COUNT)).isEqualTo(new byte[COUNT]);
      byte[] echo = socket.getInputStream().readNBytes(COUNT);
      assertThat(echo).isEqualTo(new RandomBytes(9, COUNT).readAllBytes());
      return Outcome.COMPLETE;
    } catch (SocketTimeoutException e) {
      throw new AssertionError("a connection is open but silent", e);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("reset");
      return Outcome.RESET;
    }
  }

  /** Returns the first events of tunnels that did not open. */
  private static String failures(TunnelProgram program) {
    return program
        .output()
        .lines()
        .filter(line -> line.contains("\"failed\"") || line.contains("\"rejected\""))
        .limit(20)
        .collect(Collectors.joining("\n"));
  }

  /** The direct buffers of the JDK do not fit: some connections fail, and each of them is reset. */
  @Test
  void connectionWhoseThreadFailsIsReset() throws Exception {
    try (TestingCloud cloud = echo(24);
        TunnelProgram program = start(cloud, "-XX:MaxDirectMemorySize=1m")) {
      int port = program.awaitJsonPort();
      List<Outcome> outcomes = exchange(port, 24);
      if (outcomes.contains(Outcome.RESET)) {
        assertThat(program.await("INTERNAL_ERROR")).isNotEmpty();
      }
      assertThat(program.output()).doesNotContain("Exception in thread");
      // The threads of other connections may still hold memory.
      Await.until("served again", () -> isServed(port));
    }
  }

  private static boolean isServed(int port) {
    try {
      return exchange(port, 1).contains(Outcome.COMPLETE);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void fiveHundredBusyConnectionsFitInto64MiB() throws Exception {
    try (TestingCloud cloud = echo(500);
        TunnelProgram program = start(cloud, "-Xmx64m")) {
      int port = program.awaitJsonPort();
      List<Outcome> outcomes = exchange(port, 500);
      assertThat(outcomes).as(() -> failures(program)).containsOnly(Outcome.COMPLETE);
      assertThat(program.output()).doesNotContain("OutOfMemory");
    }
  }

  /**
   * A heap of 16 MiB fits about 250 tunnels over ws. Each further tunnel fails alone and reports
   * the cause.
   */
  @Test
  void connectionsThatDoNotFitAreRejected() throws Exception {
    int fit = 200;
    try (TestingCloud cloud = echo(fit);
        TunnelProgram program = start(cloud, "-Xmx16m")) {
      int port = program.awaitJsonPort();
      List<Socket> open = new ArrayList<>();
      try {
        for (int i = 0; i < 2 * fit; i++) {
          try {
            open.add(ProgramBench.connect(port));
          } catch (SocketException e) {
            // Reset before the connect call returned.
          }
        }
        program.await(
            "not enough heap for another tunnel: this JVM supports at most \\d+ tunnels over ws");
        int complete = 0;
        for (Socket socket : open) {
          complete += receives(socket) ? 1 : 0;
        }
        assertThat(complete).isBetween(fit, 2 * fit - 1);
        assertThat(program.output()).doesNotContain("OutOfMemory");
      } finally {
        for (Socket socket : open) {
          socket.close();
        }
      }
    }
  }

  /** All clients leave at once while their connections carry bytes and the heap is nearly full. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void allConnectionsEndWhenClientsLeave(boolean tls) throws Exception {
    int connections = 300;
    AtomicInteger streams = new AtomicInteger();
    try (TestingCloud cloud = tls ? TestingCloud.startedWithTls() : TestingCloud.started()) {
      cloud
          .service()
          .device(Cloud.DEVICE)
          .onConnect(
              ProgramBench.SERVICE,
              stream -> {
                streams.incrementAndGet();
                try {
                  stream.inputStream().transferTo(stream.outputStream());
                } finally {
                  streams.decrementAndGet();
                }
              });
      try (TunnelProgram program = start(cloud, "-Xmx24m")) {
        int port = program.awaitJsonPort();
        List<Socket> open = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
          Socket socket = ProgramBench.connect(port);
          open.add(socket);
          writeIfOpen(socket);
        }
        Await.until("many streams", () -> streams.get() >= connections / 4);
        for (Socket socket : open) {
          socket.close();
        }
        Await.until(() -> streams.get() + " streams to end", () -> streams.get() == 0);
        Await.until("the last event of each connection", () -> unfinished(program) == 0);
        try (Socket another = ProgramBench.connected(port)) {
          assertThat(another.isConnected()).isTrue();
        }
      }
    }
  }

  /** Writes more bytes than the first buffers hold, without waiting for them to be carried. */
  private static void writeIfOpen(Socket socket) {
    try {
      socket.getOutputStream().write(new byte[10_000]);
    } catch (IOException e) {
      // The connection did not fit.
    }
  }

  /** Returns the number of opened connections without a last event. */
  private static long unfinished(TunnelProgram program) {
    List<String> lines = program.output().lines().toList();
    Set<String> opened = numbers(lines, "opened");
    opened.removeAll(numbers(lines, "closed"));
    opened.removeAll(numbers(lines, "failed"));
    return opened.size();
  }

  private static Set<String> numbers(List<String> lines, String event) {
    Pattern connection = Pattern.compile("\"event\":\"" + event + "\".*?\"connection\":(\\d+)");
    return lines.stream()
        .map(connection::matcher)
        .filter(Matcher::find)
        .map(matcher -> matcher.group(1))
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** Returns false for a connection that was reset before it received data. */
  private static boolean receives(Socket socket) throws IOException {
    try {
      assertThat(socket.getInputStream().readNBytes(COUNT)).hasSize(COUNT);
      return true;
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
      return false;
    }
  }
}
