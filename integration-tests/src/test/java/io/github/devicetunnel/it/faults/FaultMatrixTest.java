package io.github.devicetunnel.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.BareClose;
import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.testing.Direction;
import io.github.devicetunnel.testing.FaultProxy;
import io.github.devicetunnel.testing.FaultProxy.AcceptAction;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every wire fault on the path to the cloud, in every kind of traffic, over {@code ws} and {@code
 * wss}: either every byte arrives, or the tunnel fails promptly with the right close reason.
 *
 * <p>Each case has two connections through the same client: one through a listener, whose socket
 * shows what a program sees, and a stream, which reports the close reason.
 */
final class FaultMatrixTest {
  /** Number of bytes of an endless transfer that move before the fault. */
  private static final long BYTES_BEFORE_FAULT = 256 << 10;

  @RegisterExtension final Leaks leaks = new Leaks();

  private static Stream<Arguments> cases(Stream<WireFault> faults) {
    return faults.flatMap(
        fault ->
            Arrays.stream(Traffic.values())
                .flatMap(
                    traffic ->
                        Stream.of("ws", "wss")
                            .map(scheme -> Arguments.of(fault, traffic, scheme))));
  }

  static Stream<Arguments> survived() {
    return cases(WireFault.survived());
  }

  static Stream<Arguments> fatal() {
    return cases(WireFault.fatal());
  }

  @ParameterizedTest(name = "{0}, {1}, {2}")
  @MethodSource("survived")
  void survivedFaultLosesNoByte(WireFault fault, Traffic traffic, String scheme) throws Exception {
    try (Bench bench = new Bench(scheme, builder -> {})) {
      try (Exchange first = Exchange.through(bench.listener);
          Exchange second = Exchange.through(bench.client)) {
        first.probe();
        second.probe();
        fault.begin(bench.proxy);
        if (traffic == Traffic.IDLE) {
          stallAndResume(fault, bench.proxy);
          first.probe();
          second.probe();
        } else {
          first.start(traffic, fault.bytes);
          second.start(traffic, fault.bytes);
          if (fault == WireFault.STALL_AND_RESUME) {
            first.awaitMoved(1);
            second.awaitMoved(1);
          }
          stallAndResume(fault, bench.proxy);
          first.assertComplete();
          second.assertComplete();
        }
      }
    }
  }

  private static void stallAndResume(WireFault fault, FaultProxy proxy)
      throws InterruptedException {
    if (fault != WireFault.STALL_AND_RESUME) {
      return;
    }
    for (Direction direction : Direction.values()) {
      proxy.faults(direction).stall();
    }
    // Fixed pause.
    boolean unused = new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS);
    proxy.clear();
  }

  @ParameterizedTest(name = "{0}, {1}, {2}")
  @MethodSource("fatal")
  void fatalFaultEndsTunnelWithReason(WireFault fault, Traffic traffic, String scheme)
      throws Exception {
    Setting setting =
        fault.isSilent()
            ? FaultMatrixTest::shortTimeouts
            : builder -> builder.bareClose(BareClose.RESET);
    try (Bench bench = new Bench(scheme, setting)) {
      try (Exchange first = Exchange.through(bench.listener);
          Exchange second = Exchange.through(bench.client)) {
        first.probe();
        second.probe();
        inject(fault, traffic, bench.proxy, first, second);

        assertThat(first.failure())
            .isInstanceOf(SocketException.class)
            .isNotInstanceOf(SocketTimeoutException.class);
        Throwable failure = second.failure();
        assertThat(failure).isInstanceOf(TunnelException.class);
        CloseReason reason = ((TunnelException) failure).reason();
        assertThat(reason.kind()).as(reason.message()).isIn(expected(fault, traffic, scheme));
        assertThat(reason.isOrderly()).isFalse();
      }
      bench.assertNewTunnelsWork();
    }
  }

  /**
   * The cloud closes its connection between two messages. Without TLS that is the end of the
   * stream. Over TLS it is truncation, because {@code close_notify} is missing.
   */
  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({"IDLE, ws", "IDLE, wss", "UPLOAD, ws", "UPLOAD, wss"})
  void finBetweenMessagesIsOrderlyOnlyWithoutTls(Traffic traffic, String scheme) throws Exception {
    try (Bench bench = new Bench(scheme, builder -> {});
        Exchange exchange = Exchange.through(bench.client)) {
      exchange.probe();
      exchange.start(traffic, Exchange.ENDLESS);
      exchange.awaitMoved(BYTES_BEFORE_FAULT);
      WireFault.FIN.inject(bench.proxy, traffic);

      CloseReason reason = exchange.closeReason();
      assertThat(reason.kind())
          .as(reason.message())
          .isEqualTo(scheme.equals("ws") ? Kind.REMOTE_CLOSED : Kind.CONNECTION_LOST);
      assertThat(reason.isOrderly()).isEqualTo(scheme.equals("ws"));
      assertThat(reason.code()).isEqualTo(scheme.equals("ws") ? 1006 : null);
      bench.assertNewTunnelsWork();
    }
  }

  private static void shortTimeouts(TunnelClient.Builder builder) {
    builder
        .pingInterval(Duration.ofMillis(100))
        .livenessTimeout(Duration.ofSeconds(1))
        .writeTimeout(Duration.ofMillis(1500));
  }

  private static void inject(
      WireFault fault, Traffic traffic, FaultProxy proxy, Exchange first, Exchange second)
      throws IOException {
    if (fault == WireFault.CORRUPT_BIT) {
      // No byte is in transit, so that the next byte is the first of a frame.
      fault.inject(proxy, traffic);
    }
    first.start(traffic, Exchange.ENDLESS);
    second.start(traffic, Exchange.ENDLESS);
    if (fault != WireFault.CORRUPT_BIT) {
      first.awaitMoved(BYTES_BEFORE_FAULT);
      second.awaitMoved(BYTES_BEFORE_FAULT);
      fault.inject(proxy, traffic);
    } else if (traffic == Traffic.IDLE) {
      triggerFault(first);
      triggerFault(second);
    }
  }

  private static void triggerFault(Exchange exchange) {
    try {
      exchange.send('x');
    } catch (IOException e) {
      // On a slow machine a ping may have triggered the fault.
    }
  }

  private static Set<Kind> expected(WireFault fault, Traffic traffic, String scheme) {
    return switch (fault) {
      case FIN, RST -> EnumSet.of(Kind.CONNECTION_LOST);
      case CORRUPT_BIT -> {
        if (scheme.equals("wss")) {
          yield EnumSet.of(Kind.CONNECTION_LOST);
        }
        // The cloud rejects the corrupted frame with close code 1002.
        yield EnumSet.of(traffic == Traffic.UPLOAD ? Kind.REMOTE_CLOSED : Kind.PROTOCOL_ERROR);
      }
      case BLACK_HOLE -> EnumSet.of(Kind.SILENT_CLOUD);
      case STALL_FOREVER ->
          traffic.sends()
              ? EnumSet.of(Kind.SILENT_CLOUD, Kind.WRITE_TIMEOUT)
              : EnumSet.of(Kind.SILENT_CLOUD);
      default -> throw new AssertionError(fault);
    };
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({"RESET, ws", "RESET, wss", "HANG, ws", "HANG, wss"})
  void failedDialIsReportedAndResetsClient(AcceptAction action, String scheme) throws Exception {
    try (Bench bench =
        new Bench(scheme, builder -> builder.connectTimeout(Duration.ofSeconds(2)))) {
      bench.proxy.onAccept(action);
      try (Socket socket = LocalEnd.connect(bench.listener)) {
        TunnelException e = catchThrowableOfType(TunnelException.class, bench.client::open);
        assertThat(e.reason().kind()).as(e.getMessage()).isEqualTo(Kind.DIAL_FAILED);

        SocketException reset =
            catchThrowableOfType(SocketException.class, socket.getInputStream()::read);
        assertThat(reset).hasMessageContaining("reset");
      }
      bench.assertNewTunnelsWork();
    }
  }

  private interface Setting {
    void applyTo(TunnelClient.Builder builder);
  }

  /** A service, a cloud, a fault proxy in front of the cloud, and a client with a listener. */
  private static final class Bench implements AutoCloseable {
    final TrafficService service = TrafficService.started();
    final TestingCloud cloud;
    final FaultProxy proxy;
    final TunnelClient client;
    final TunnelListener listener;

    Bench(String scheme, Setting setting) throws IOException {
      cloud = scheme.equals("wss") ? TestingCloud.startedWithTls() : TestingCloud.started();
      proxy = FaultProxy.start(cloud.uri());
      TunnelClient.Builder builder =
          cloud.client(service).cloudUri(proxy.uri()).drainTimeout(Duration.ZERO);
      setting.applyTo(builder);
      client = builder.build();
      listener = client.listen(Loopback.anyPort());
    }

    /** Clears the fault, and asserts that new tunnels work. */
    void assertNewTunnelsWork() throws IOException {
      proxy.clear();
      try (Exchange first = Exchange.through(listener);
          Exchange second = Exchange.through(client)) {
        first.start(Traffic.BOTH, 100_000);
        second.start(Traffic.BOTH, 100_000);
        first.assertComplete();
        second.assertComplete();
      }
    }

    @Override
    public void close() throws IOException {
      client.close();
      proxy.close();
      cloud.close();
      service.close();
    }
  }
}
