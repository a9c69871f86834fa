package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.internal.local.ListeningSocket;
import io.github.devicetunnel.internal.local.LocalSocket;
import io.github.devicetunnel.internal.local.TcpListeningSocket;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests a listener whose socket or thread fails. No dial succeeds, because there is no token. */
class TunnelListenerTest {
  private static final int LONG_MILLIS = (int) TimeUnit.SECONDS.toMillis(60);

  private final List<String> events = new CopyOnWriteArrayList<>();
  private final TunnelClient client =
      TunnelClient.builder()
          .cloudUri("wss://cloud.example")
          .credentials(
              Credentials.apiKey(
                  request -> {
                    throw new IOException("no token");
                  }))
          .deviceId("017b7fddb124724840c1c7b800000000")
          .serviceAddress("127.0.0.1:80")
          .addEventListener(
              new TunnelEventListener() {
                @Override
                public void listenerBound(ListenerInfo listener) {
                  events.add("bound");
                }

                @Override
                public void listenerClosed(ListenerInfo listener) {
                  events.add("closed");
                }
              })
          .build();

  private FailingSocket socket;

  @BeforeEach
  void bind() throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    socket = new FailingSocket(TcpListeningSocket.bind(anyPort, 1));
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    socket.close();
  }

  private Socket connect() throws IOException {
    Socket local = new Socket(InetAddress.getLoopbackAddress(), socket.address().getPort());
    local.setSoTimeout(LONG_MILLIS);
    return local;
  }

  @Test
  void acceptsAfterErrorsThatCannotBeReported() throws Exception {
    socket.failures.add(new UnreportableError());
    socket.failures.add(new UnreportableError());
    TunnelListener listener = client.listenOn(socket, client.target().orElseThrow());
    for (int i = 0; i < 3; i++) {
      try (Socket local = connect()) {
        assertThatThrownBy(() -> local.getInputStream().read()).hasMessageContaining("reset");
      }
    }
    assertThat(socket.failures).isEmpty();
    assertThat(listener.isOpen()).isTrue();
    listener.close();
    assertThat(listener.isOpen()).isFalse();
  }

  @Test
  void closesSocketIfThreadCannotBeStarted() {
    socket.isThreadless = true;
    assertThatExceptionOfType(OutOfMemoryError.class)
        .isThrownBy(() -> client.listenOn(socket, client.target().orElseThrow()));
    assertThatExceptionOfType(ConnectException.class).isThrownBy(this::connect);
    assertThat(events).containsExactly("bound", "closed");
  }

  @Test
  void closesSocketIfClientIsClosed() {
    client.close();
    assertThatThrownBy(() -> client.listenOn(socket, client.target().orElseThrow()))
        .isInstanceOf(IllegalStateException.class);
    assertThatExceptionOfType(ConnectException.class).isThrownBy(this::connect);
    assertThat(events).containsExactly("bound", "closed");
  }

  /** An error that also fails when it is logged. */
  private static final class UnreportableError extends Error {
    private static final long serialVersionUID = 1;

    @Override
    public String getMessage() {
      throw new NoClassDefFoundError("thrown by a test");
    }
  }

  /** A socket that throws errors before it accepts clients. */
  private static final class FailingSocket implements ListeningSocket {
    final Queue<Error> failures = new ConcurrentLinkedQueue<>();
    volatile boolean isThreadless;
    private final TcpListeningSocket socket;

    FailingSocket(TcpListeningSocket socket) {
      this.socket = socket;
    }

    @Override
    public LocalSocket accept() throws IOException {
      Error failure = failures.poll();
      if (failure != null) {
        throw failure;
      }
      return socket.accept();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }

    @Override
    public InetSocketAddress address() {
      return socket.address();
    }

    @Override
    public String name() {
      return socket.name();
    }

    /** Called when the thread is created. */
    @Override
    public String threadName() {
      if (isThreadless) {
        throw new OutOfMemoryError("thrown by a test");
      }
      return socket.threadName();
    }
  }
}
