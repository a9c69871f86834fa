package io.github.devicetunnel.benchmarks.pressure;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Many connections that open simultaneously and stay open. */
final class ThousandAtOnce implements PressureCase {
  @Override
  public String name() {
    return "thousand-at-once";
  }

  @Override
  public String what() {
    return "1,000 connections at once: echo, hold for 60 s with 1 s pings, echo";
  }

  @Override
  public String bar() {
    return "0 failures";
  }

  @Override
  public Outcome run(Scale scale) throws Exception {
    int connections = scale.count(1000);
    CountDownLatch begin = new CountDownLatch(1);
    CountDownLatch again = new CountDownLatch(1);
    CountDownLatch echoed = new CountDownLatch(connections);
    try (CloudProcess cloud = CloudProcess.start();
        Product product = Product.start(cloud.directUri(), 1)) {
      List<CompletableFuture<Void>> clients = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        int number = i;
        clients.add(
            Background.start(
                "client-" + i,
                () -> {
                  begin.await();
                  return hold(product.address(), number, echoed, again);
                }));
      }
      long start = System.nanoTime();
      begin.countDown();
      boolean all = echoed.await(60, TimeUnit.SECONDS);
      double firstEchoes = Await.seconds(System.nanoTime() - start);
      Await.pass(scale.seconds(60, 12));
      int threads = product.jvm().threads();
      long resident = product.jvm().residentMib();
      again.countDown();
      int failures = 0;
      String firstFailure = "";
      for (CompletableFuture<Void> client : clients) {
        try {
          Await.result(client, Duration.ofMinutes(1));
        } catch (Exception e) {
          failures++;
          firstFailure = firstFailure.isEmpty() ? e.toString() : firstFailure;
        }
      }
      return new Findings()
          .require(all, "%d connections had no echo within 60 s", echoed.getCount())
          .require(failures == 0, "first failure: %s", firstFailure)
          .saw("%d failures of %d", failures, connections)
          .saw("all first echoes after %.1f s", firstEchoes)
          .saw("product: %d threads, %d MiB resident", threads, resident)
          .outcome();
    }
  }

  private static Void hold(
      InetSocketAddress address, int number, CountDownLatch echoed, CountDownLatch again)
      throws Exception {
    byte[] line = ("connection " + number + "\n").getBytes(StandardCharsets.US_ASCII);
    try (Socket socket = Local.connect(address)) {
      Local.echo(socket, line);
      echoed.countDown();
      again.await();
      Local.echo(socket, line);
    }
    return null;
  }
}
