package io.github.devicetunnel.it.listen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.testing.Fault;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/** Limits that an application configures. */
@ExtendWith(Leaks.class)
class BoundsTest {
  @Test
  void connectionAboveLimitWaitsForFreeSlot() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud
                .client(service)
                .maxConnections(1)
                .halfCloseTimeout(Duration.ofMillis(100))
                .build();
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      Socket first = LocalEnd.connect(listener);
      first.getOutputStream().write('1');
      assertThat(first.getInputStream().read()).isEqualTo('1');
      try (Socket second = LocalEnd.connect(listener)) {
        second.getOutputStream().write("two".getBytes(UTF_8));
        second.setSoTimeout(300);
        assertThatThrownBy(() -> second.getInputStream().read()).hasMessageContaining("timed out");
        assertThat(service.accepted()).isEqualTo(1);
        LocalEnd.reset(first);
        second.setSoTimeout((int) Await.LONG.toMillis());
        assertThat(second.getInputStream().readNBytes(3)).isEqualTo("two".getBytes(UTF_8));
      }
    }
  }

  @Test
  void listenerAtConnectionLimitCloses() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).maxConnections(1).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket first = LocalEnd.connect(listener)) {
      first.getOutputStream().write('1');
      assertThat(first.getInputStream().read()).isEqualTo('1');
      assertThat(listener.close(Duration.ZERO).aborted()).isEqualTo(1);
    }
  }

  @Test
  void idleTimeoutEndsConnectionDespiteAnsweredPings() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud
                .client(service)
                .pingInterval(Duration.ofMillis(100))
                .idleTimeout(Duration.ofMillis(500))
                .build();
        TunnelStream stream = client.open()) {
      stream.outputStream().write('x');
      assertThat(stream.inputStream().read()).isEqualTo('x');
      TunnelException failure =
          catchThrowableOfType(TunnelException.class, () -> stream.inputStream().read());
      assertThat(failure.reason().kind()).isEqualTo(Kind.IDLE_TIMEOUT);
      assertThat(failure).hasMessage("no data in either direction for 0.5 s");
    }
  }

  @Test
  void idleTimeoutSparesBusyConnection() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).idleTimeout(Duration.ofSeconds(2)).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener)) {
      CountDownLatch pause = new CountDownLatch(1);
      for (int i = 0; i < 15; i++) {
        local.getOutputStream().write(i);
        assertThat(local.getInputStream().read()).isEqualTo(i);
        assertThat(pause.await(200, TimeUnit.MILLISECONDS)).isFalse();
      }
      assertThatThrownBy(() -> local.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }

  /** An error in one step of closing a connection must not leak its slot. */
  @Test
  void connectionSlotIsReleasedWhenLogThrows() throws Exception {
    try (ClosedPort port = new ClosedPort();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(port.serviceAddress()).maxConnections(1).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        BrokenLog log = BrokenLog.of("LocalConnection", Level.WARN)) {
      for (int i = 0; i < 3; i++) {
        try (Socket local = LocalEnd.connect(listener)) {
          assertThatThrownBy(() -> local.getInputStream().read()).hasMessageContaining("reset");
        }
      }
      Await.until(() -> log.calls() == 3);
      // The log throws before the connection releases its slot.
      assertThat(client.close(Await.LONG).aborted()).isZero();
    }
  }

  /** The listener logs when it stops accepting at the limit. */
  @Test
  void listenerAcceptsWhenLogThrows() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).maxConnections(1).build();
        BrokenLog log = BrokenLog.of("TunnelListener", Level.INFO);
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket first = LocalEnd.connect(listener)) {
      first.getOutputStream().write('1');
      assertThat(first.getInputStream().read()).isEqualTo('1');
      Await.until(() -> log.calls() > 0);
      try (Socket second = LocalEnd.connect(listener)) {
        LocalEnd.reset(first);
        second.getOutputStream().write('2');
        assertThat(second.getInputStream().read()).isEqualTo('2');
        assertThat(listener.isOpen()).isTrue();
      }
    }
  }

  /** The end of a delay is logged while a tunnel opens, which must not cost the tunnel. */
  @Test
  void tunnelOpensAfterBackoffWhenLogThrows() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).backoffWait(Await.LONG).build();
        BrokenLog log = BrokenLog.of("BackoffEvents", Level.INFO)) {
      cloud.service().faults().onNextConnects(2, Fault.reject(503));
      assertThatThrownBy(client::open).isInstanceOf(TunnelException.class);
      assertThatThrownBy(client::open).isInstanceOf(TunnelException.class);
      try (TunnelStream stream = client.open()) {
        stream.outputStream().write('x');
        assertThat(stream.inputStream().read()).isEqualTo('x');
      }
      assertThat(log.calls()).isEqualTo(2);
    }
  }

  /** The listener warns about an address on all interfaces. */
  @Test
  void listensOnAllInterfacesWhenLogThrows() throws Exception {
    try (TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client("127.0.0.1:80").build();
        BrokenLog log = BrokenLog.of("TunnelListener", Level.WARN);
        TunnelListener listener = client.listen(new InetSocketAddress(0))) {
      assertThat(log.calls()).isEqualTo(1);
      assertThat(listener.isOpen()).isTrue();
    }
  }

  /** Throws an error on each line of a class, like a logging backend that is out of memory. */
  private static final class BrokenLog extends AppenderBase<ILoggingEvent>
      implements AutoCloseable {
    private final Logger logger;
    private final Level previousLevel;
    private final Thread.UncaughtExceptionHandler previousHandler;
    private final AtomicInteger calls = new AtomicInteger();

    private BrokenLog(Logger logger) {
      this.logger = logger;
      this.previousLevel = logger.getLevel();
      this.previousHandler = Thread.getDefaultUncaughtExceptionHandler();
    }

    static BrokenLog of(String className, Level level) {
      String logger = TunnelListener.class.getPackageName() + "." + className;
      BrokenLog log = new BrokenLog((Logger) LoggerFactory.getLogger(logger));
      Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {});
      log.logger.setLevel(level);
      log.logger.addAppender(log);
      log.start();
      return log;
    }

    @Override
    protected void append(ILoggingEvent event) {
      calls.incrementAndGet();
      throw new OutOfMemoryError("thrown by a test");
    }

    int calls() {
      return calls.get();
    }

    @Override
    public void close() {
      logger.detachAppender(this);
      logger.setLevel(previousLevel);
      Thread.setDefaultUncaughtExceptionHandler(previousHandler);
    }
  }
}
