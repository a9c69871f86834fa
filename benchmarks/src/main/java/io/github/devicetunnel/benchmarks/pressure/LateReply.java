package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.testing.TunnelService;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client that ends its output and waits for the reply, like {@code nc -N}. */
final class LateReply implements PressureCase {
  private static final long SEED = 3;
  private static final long BYTES = 8 << 20;
  private static final byte[] REQUEST = "send it\n".getBytes(StandardCharsets.US_ASCII);

  @Override
  public String name() {
    return "late-reply";
  }

  @Override
  public String what() {
    return "8 MiB reply that starts 2 s after the client has ended its output";
  }

  @Override
  public String bar() {
    return "all bytes arrive";
  }

  @Override
  public Outcome run(Scale scale) throws Exception {
    try (TcpService service = TcpService.start(LateReply::reply);
        TunnelService cloud = Rig.cloud(service.address());
        TunnelClient client = Rig.client(cloud.uri()).build();
        TunnelListener listener = Rig.listen(client);
        Socket socket = Local.connect(listener.localAddress())) {
      socket.getOutputStream().write(REQUEST);
      socket.shutdownOutput();
      long shutAt = System.nanoTime();
      long[] firstAt = {0};
      Digest seen =
          Digest.of(
              socket.getInputStream(),
              Long.MAX_VALUE,
              count -> firstAt[0] = firstAt[0] == 0 ? System.nanoTime() : firstAt[0]);
      return new Findings()
          .require(seen.equals(RandomBytes.digest(SEED, BYTES)), "bytes differ")
          .saw("%d of %d bytes, then the end of the stream", seen.count(), BYTES)
          .saw("first byte after %.1f s", Await.seconds(firstAt[0] - shutAt))
          .outcome();
    }
  }

  /**
   * Replies after a fixed delay, because the service cannot see the shutdown that follows the
   * request.
   */
  private static void reply(Socket socket) throws Exception {
    byte[] unused = socket.getInputStream().readNBytes(REQUEST.length);
    Await.pass(Duration.ofSeconds(2));
    new RandomBytes(SEED, BYTES).transferTo(socket.getOutputStream());
  }
}
