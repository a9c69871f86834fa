package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.testing.TunnelService;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * A service that stops reading an upload. The cloud handles frames in order, so it waits for the
 * service and does not answer pings. Such a connection is healthy.
 */
final class CloudWithoutPongs implements PressureCase {
  private static final long SEED = 6;

  @Override
  public String name() {
    return "cloud-without-pongs";
  }

  @Override
  public String what() {
    return "the cloud answers no pings while the service accepts no bytes of a 32 MiB upload for"
        + " 60 s; 2 s pings";
  }

  @Override
  public String bar() {
    return "all bytes arrive";
  }

  @Override
  public Outcome run(Scale scale) throws Exception {
    long bytes = Math.max(scale.mib(32), 24 << 20);
    Duration pause = scale.seconds(60, 15);
    CompletableFuture<Digest> sink = new CompletableFuture<>();
    CountDownLatch resume = new CountDownLatch(1);
    try (TcpService service =
            TcpService.start(
                TcpService.anyPort(),
                TcpService.SMALL_BUFFER,
                socket -> {
                  resume.await();
                  sink.complete(Digest.of(socket.getInputStream(), bytes, count -> {}));
                });
        TunnelService cloud = Rig.cloud(service.address());
        Forwarder counter =
            Forwarder.start(TcpService.anyPort(), URI.create(cloud.uri()).getPort());
        TunnelClient client =
            Rig.client(counter.uri()).pingInterval(Duration.ofSeconds(2)).build();
        TunnelListener listener = Rig.listen(client);
        Socket socket = Local.connect(listener.localAddress())) {
      CompletableFuture<Long> upload =
          Background.start(
              "upload", () -> new RandomBytes(SEED, bytes).transferTo(socket.getOutputStream()));
      boolean stuck =
          Await.still(Duration.ofSeconds(30), Duration.ofSeconds(1), counter::towardCloud);
      boolean allUnderWay = upload.isDone();
      long pongsBefore = counter.towardClient();
      Await.pass(pause);
      long pongBytes = counter.towardClient() - pongsBefore;
      long taken = counter.towardCloud();
      resume.countDown();
      Digest seen = Await.result(sink, Local.LIMIT);
      return new Findings()
          .require(stuck && !allUnderWay, "the upload did not stall")
          .require(pongBytes == 0, "the cloud sent %d bytes in the pause", pongBytes)
          .require(seen.equals(RandomBytes.digest(SEED, bytes)), "bytes differ")
          .saw("%d MiB correct", seen.count() >> 20)
          .saw(
              "%d bytes from the cloud in %d s, after it had accepted %.1f MiB",
              pongBytes, pause.toSeconds(), taken / 1048576.0)
          .outcome();
    }
  }
}
