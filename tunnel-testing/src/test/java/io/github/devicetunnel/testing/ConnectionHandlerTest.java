package io.github.devicetunnel.testing;

import static io.github.devicetunnel.testing.Clients.DEVICE;
import static io.github.devicetunnel.testing.Clients.SERVICE;
import static io.github.devicetunnel.testing.Clients.client;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.BareClose;
import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checks services of a gateway that the test implements. */
final class ConnectionHandlerTest {
  private TunnelService service;
  private TunnelClient client;

  @BeforeEach
  void start() throws IOException {
    service = Clients.service().build().start();
    // A tunnel that ends with a FIN only must fail here.
    client = client(service).bareClose(BareClose.RESET).build();
  }

  @AfterEach
  void stop() {
    client.close();
    service.close();
  }

  private void onConnect(ConnectionHandler handler) {
    service.device(DEVICE).onConnect(SERVICE, handler);
  }

  @Test
  void writesFirstAndClosesNormally() throws Exception {
    onConnect(
        stream -> {
          String greeting = stream.deviceId() + "/" + stream.serviceAddress();
          stream.outputStream().write(greeting.getBytes(UTF_8));
        });

    try (TunnelStream stream = client.open()) {
      assertThat(stream.inputStream().readAllBytes()).asString().isEqualTo(DEVICE + "/" + SERVICE);
    }
    service.verify();
  }

  @Test
  void carriesAllBytesInBothDirections() throws Exception {
    onConnect(Clients::echo);
    byte[] sent = new byte[3 << 20];
    new Random(1).nextBytes(sent);

    try (TunnelStream stream = client.open()) {
      Thread sender = new Thread(() -> write(stream, sent), "test-sender");
      sender.start();
      assertThat(stream.inputStream().readNBytes(sent.length)).isEqualTo(sent);
      sender.join();
    }
    service.verify();
  }

  private static void write(TunnelStream stream, byte[] bytes) {
    try {
      stream.outputStream().write(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void servesTunnelsConcurrently() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    onConnect(
        stream -> {
          both.countDown();
          assertThat(both.await(60, TimeUnit.SECONDS)).isTrue();
        });

    try (TunnelStream first = client.open();
        TunnelStream second = client.open()) {
      assertThat(first.inputStream().read()).isEqualTo(-1);
      assertThat(second.inputStream().read()).isEqualTo(-1);
    }
    service.verify();
  }

  @Test
  void reportsExceptionOfHandlerAndResetsTunnel() throws Exception {
    onConnect(stream -> assertThat(stream.inputStream().read()).isEqualTo('x'));

    try (TunnelStream stream = client.open()) {
      stream.outputStream().write('y');
      assertThatThrownBy(() -> stream.inputStream().read())
          .isInstanceOfSatisfying(
              TunnelException.class, e -> assertThat(e.reason().code()).isEqualTo(1011));
    }
    assertThatThrownBy(service::verify)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the handler of tunnel 1 to " + DEVICE + "/" + SERVICE + " threw")
        .satisfies(
            error ->
                assertThat(error.getSuppressed()[0].getCause())
                    .isInstanceOf(AssertionError.class)
                    .hasStackTraceContaining("reportsExceptionOfHandlerAndResetsTunnel"));
    service.verify(); // Reported once.
  }

  @Test
  void reportsUnexpectedEndOfInput() throws Exception {
    onConnect(
        stream -> {
          if (stream.inputStream().readNBytes(4).length < 4) {
            throw new EOFException("half a header");
          }
        });

    try (TunnelStream stream = client.open()) {
      stream.outputStream().write('x');
    }
    assertThatThrownBy(service::verify).hasMessageContaining("half a header");
  }

  @Test
  void ignoresFailedWriteAfterClientDisconnects() throws Exception {
    BlockingQueue<Throwable> thrown = new LinkedBlockingQueue<>();
    onConnect(
        stream -> {
          try {
            while (true) {
              stream.outputStream().write(new byte[1024]);
            }
          } catch (IOException e) {
            thrown.add(e);
            throw e;
          }
        });

    try (TunnelStream stream = client.open()) {
      assertThat(stream.inputStream().read()).isZero();
    }
    assertThat(thrown.poll(60, TimeUnit.SECONDS))
        .hasMessage("the client of this tunnel has disconnected");
    service.verify();
  }

  @Test
  void resetsConnection() throws Exception {
    onConnect(ServiceStream::reset);

    try (TunnelStream stream = client.open()) {
      assertThatThrownBy(() -> stream.inputStream().read())
          .isInstanceOfSatisfying(
              TunnelException.class, e -> assertThat(e.reason().code()).isEqualTo(1011));
    }
    service.verify();
  }

  /** The protocol has no half-close. */
  @Test
  void shutdownOutputClosesTunnel() throws Exception {
    BlockingQueue<Integer> read = new LinkedBlockingQueue<>();
    onConnect(
        stream -> {
          stream.outputStream().write('a');
          stream.shutdownOutput();
          read.add(stream.inputStream().read());
          assertThatThrownBy(() -> stream.outputStream().write('b'))
              .hasMessage("the output was shut down");
        });

    try (TunnelStream stream = client.open()) {
      assertThat(stream.inputStream().readAllBytes()).asString().isEqualTo("a");
      assertThat(read.poll(60, TimeUnit.SECONDS)).isEqualTo(-1);
    }
    service.verify();
  }

  /** The service answers pings while the handler neither reads nor writes. */
  @Test
  void answersPingsWhileHandlerIsIdle() throws Exception {
    BlockingQueue<Character> dots = new LinkedBlockingQueue<>();
    onConnect(
        stream -> {
          while (true) {
            stream.outputStream().write(dots.take());
          }
        });

    try (RawClient raw = new RawClient(service.uri())) {
      raw.send(RawClient.request(DEVICE, SERVICE, Clients.KEY), RawClient.frame("never read"));
      assertThat(raw.readHead()).startsWith("HTTP/1.1 101 ");
      raw.ping("alive?");
      while (raw.pongs.isEmpty()) {
        dots.add('.'); // next() returns only when data arrives.
        assertThat(raw.next()).isNotNull();
      }
      assertThat(raw.pongs).containsExactly("alive?");
    }
  }

  @Test
  void interruptsHandlerWhenServiceCloses() throws Exception {
    BlockingQueue<Throwable> thrown = new LinkedBlockingQueue<>();
    onConnect(
        stream -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            thrown.add(e);
            throw e;
          }
        });

    try (TunnelStream stream = client.open()) {
      service.close();
      assertThat(thrown).hasSize(1);
      assertThatThrownBy(() -> stream.inputStream().read())
          .isInstanceOfSatisfying(
              TunnelException.class,
              e -> assertThat(e.reason().kind()).isEqualTo(CloseReason.Kind.CONNECTION_LOST));
    }
  }
}
