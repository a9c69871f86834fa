package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;

/**
 * A cloud with an echo service in a separate process, which tests freeze, kill or place in another
 * network. Arguments: the address and the port to listen on.
 */
final class CloudMain {
  private CloudMain() {}

  /** Prints {@code FRONT uri}, with the requested address, and {@code DIRECT uri}. */
  public static void main(String[] args) throws IOException {
    Logs.quiet();
    TunnelService cloud = Rig.cloud(TcpService.echo().address());
    Forwarder front =
        Forwarder.start(
            new InetSocketAddress(args[0], Integer.parseInt(args[1])),
            URI.create(cloud.uri()).getPort());
    System.out.println("FRONT " + front.uri());
    System.out.println("DIRECT " + cloud.uri());
    ParentWatch.awaitEnd();
  }
}
