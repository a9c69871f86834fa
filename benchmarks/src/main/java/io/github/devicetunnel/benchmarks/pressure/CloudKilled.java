package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/** The cloud is killed while connections are open, and restarted. */
final class CloudKilled implements PressureCase {
  private static final int CONNECTIONS = 50;
  private static final double AT_ONCE_SECONDS = 1;
  private static final byte[] LINE = "here\n".getBytes(StandardCharsets.US_ASCII);

  @Override
  public String name() {
    return "cloud-killed";
  }

  @Override
  public String what() {
    return "cloud killed and restarted under 50 connections";
  }

  @Override
  public String bar() {
    return "each ends within seconds with the reason; the next connection works";
  }

  @Override
  public Outcome run(Scale scale) throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try (CloudProcess cloud = CloudProcess.start();
        TunnelClient client = Rig.client(cloud.uri()).build();
        TunnelListener listener = Rig.listen(client);
        TunnelStream stream = client.open()) {
      for (int i = 0; i < CONNECTIONS; i++) {
        Socket socket = Local.connect(listener.localAddress());
        sockets.add(socket);
        Local.echo(socket, LINE);
      }
      Logs.clear();
      List<CompletableFuture<Long>> ends = new ArrayList<>();
      for (Socket socket : sockets) {
        ends.add(Background.start("local-end", () -> awaitEnd(socket)));
      }
      CompletableFuture<String> kind = Background.start("stream-end", () -> reason(stream));
      long killedAt = System.nanoTime();
      cloud.jvm().kill();
      return afterwards(cloud.port(), listener, ends, kind, killedAt);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static Outcome afterwards(
      int port,
      TunnelListener listener,
      List<CompletableFuture<Long>> ends,
      CompletableFuture<String> kind,
      long killedAt)
      throws Exception {
    int ended = 0;
    double last = 0;
    for (CompletableFuture<Long> end : ends) {
      try {
        last = Math.max(last, Await.seconds(Await.result(end, Duration.ofSeconds(20)) - killedAt));
        ended++;
      } catch (TimeoutException e) {
        // Not counted as ended.
      }
    }
    boolean reasons =
        Await.until(
            Duration.ofSeconds(5),
            () -> Logs.warningsWith("the connection to the cloud was lost") == CONNECTIONS);
    long warnings = Logs.warningsWith("the connection to the cloud was lost");
    String streamKind = Await.result(kind, Duration.ofSeconds(20));
    try (CloudProcess restarted = CloudProcess.start(List.of(), "127.0.0.1", port);
        Socket next = Local.connect(listener.localAddress())) {
      Local.echo(next, LINE);
      return new Findings()
          .require(ended == CONNECTIONS, "%d connections did not end", CONNECTIONS - ended)
          .require(last <= AT_ONCE_SECONDS, "the last connection ended too late")
          .require(reasons, "%d warnings report a lost connection", warnings)
          .require(streamKind.equals("CONNECTION_LOST"), "a stream reported %s", streamKind)
          .saw("%d of %d ended, the last %.2f s after the kill", ended, CONNECTIONS, last)
          .saw("%d warnings with the reason; a stream reported %s", warnings, streamKind)
          .saw("the next connection works through %s", restarted.uri())
          .outcome();
    }
  }

  private static Long awaitEnd(Socket socket) {
    try {
      int unused = socket.getInputStream().read();
    } catch (IOException e) {
      // A reset is expected.
    }
    return System.nanoTime();
  }

  private static String reason(TunnelStream stream) throws IOException {
    try {
      return "read " + stream.inputStream().read();
    } catch (TunnelException e) {
      return e.reason().kind().name();
    }
  }
}
