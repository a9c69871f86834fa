package io.github.devicetunnel.benchmarks;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TlsSettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.testing.FaultProxy;
import io.github.devicetunnel.testing.ServiceStream;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures how long a new tunnel takes, with connections kept warm and without. */
@Command(
    name = "benchmarks/run Dials",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Opens tunnels over TLS one after the other, to a service that speaks first, over a path on",
      " which every byte is late. TCP itself connects without that delay, as the path is a",
      "program on this machine: without a warm connection a real path takes a round trip more."
    })
public final class Dials implements Callable<Integer> {
  private static final String DEVICE = "017b7fddb124724840c1c7b800000000";
  private static final int GREETING = 1;
  private static final String KEY = "ak_benchmark";
  private static final String SERVICE = "127.0.0.1:7";

  @Option(
      names = "--round-trip",
      defaultValue = "80",
      description = "Of the path, in ms. Default: ${DEFAULT-VALUE}")
  private int roundTrip;

  @Option(
      names = "--tunnels",
      defaultValue = "21",
      description = "How many of each kind. Default: ${DEFAULT-VALUE}")
  private int tunnels;

  private Dials() {}

  /** Measures and ends the process. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Dials()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    HeldCertificate held =
        new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
    Path certificate = Files.createTempFile("tunnel-benchmark", ".pem");
    try (TunnelService cloud =
            TunnelService.builder()
                .apiKey(KEY)
                .useHttps(
                    new HandshakeCertificates.Builder()
                        .heldCertificate(held)
                        .build()
                        .sslSocketFactory())
                .failOnLeaks(false)
                .build()
                .start();
        FaultProxy path = FaultProxy.start(cloud.uri())) {
      Files.writeString(certificate, held.certificatePem());
      cloud.device(DEVICE).onConnect(SERVICE, Dials::greet);
      Duration oneWay = Duration.ofMillis(roundTrip).dividedBy(2);
      for (FaultProxy.Direction direction : FaultProxy.Direction.values()) {
        path.faultsOfNew(direction).delay(oneWay);
      }
      TlsSettings trust = TlsSettings.builder().trustOnly(certificate).build();
      System.out.printf("| until | without | with warmConnections(4) |%n|---|---|---|%n");
      double[][] without = measure(path.uri(), trust, 0);
      double[][] with = measure(path.uri(), trust, 4);
      print("the tunnel is granted", without[0], with[0]);
      print("the service's first byte is there", without[1], with[1]);
    } finally {
      Files.delete(certificate);
    }
    return 0;
  }

  private static void greet(ServiceStream stream) throws IOException {
    stream.outputStream().write(GREETING);
    stream.outputStream().flush();
    stream.inputStream().readAllBytes();
  }

  /** Round trips until each tunnel was granted, and until the service's first byte was there. */
  private double[][] measure(String uri, TlsSettings trust, int warm) throws IOException {
    double[][] roundTrips = new double[2][tunnels];
    try (TunnelClient client =
        TunnelClient.builder()
            .cloudUri(uri)
            .credentials(Credentials.apiKey(KEY))
            .deviceId(DEVICE)
            .serviceAddress(SERVICE)
            .tls(trust)
            .warmConnections(warm)
            .build()) {
      for (int i = -5; i < tunnels; i++) {
        // Time for the next warm connection: what comes more often than this needs more of them.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10L * roundTrip));
        long start = System.nanoTime();
        try (TunnelStream stream = client.open()) {
          double granted = roundTrips(start);
          if (stream.inputStream().read() != GREETING) {
            throw new IOException("the service has not said what it should");
          }
          if (i >= 0) {
            roundTrips[0][i] = granted;
            roundTrips[1][i] = roundTrips(start);
          }
        }
      }
    }
    return roundTrips;
  }

  private double roundTrips(long start) {
    return (System.nanoTime() - start) / 1e6 / roundTrip;
  }

  private static void print(String what, double[] without, double[] with) {
    System.out.printf("| %s | %s | %s |%n", what, text(without), text(with));
  }

  private static String text(double[] roundTrips) {
    Arrays.sort(roundTrips);
    return "%.2f round trips (%.2f–%.2f)"
        .formatted(
            roundTrips[roundTrips.length / 2], roundTrips[0], roundTrips[roundTrips.length - 1]);
  }
}
