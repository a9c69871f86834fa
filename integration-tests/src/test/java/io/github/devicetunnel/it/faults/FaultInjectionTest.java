package io.github.devicetunnel.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.DialTimings;
import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Lets every socket operation, log call, event callback and token request of a run fail once, in
 * turn, with an error as if there was no memory. Afterwards nothing is left, and the client works.
 */
final class FaultInjectionTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @RegisterExtension final Leaks leaks = new Leaks();

  @Test
  void noSingleErrorLeavesAnythingBehind() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started()) {
      int point = 1;
      while (isReached(point, cloud, service)) {
        point++;
      }
      assertThat(point).as("places that can fail").isGreaterThan(60);
    }
  }

  /** Lets one place fail. Returns false if a run does not pass so many places. */
  private static boolean isReached(int point, TestingCloud cloud, EchoService service)
      throws Exception {
    try (InjectedError error = new InjectedError(point)) {
      run(cloud, service, error);
      return error.hasOccurred();
    }
  }

  private static void run(TestingCloud cloud, EchoService service, InjectedError error)
      throws Exception {
    OkHttpClient http = new OkHttpClient.Builder().socketFactory(new ErrorSockets(error)).build();
    try (TunnelClient client =
            cloud
                .client(service)
                .credentials(Credentials.apiKey(request -> token(error)))
                .okHttpClient(http)
                .addEventListener(new ErrorEvents(error))
                .connectTimeout(Duration.ofSeconds(5))
                .maxBackoff(Duration.ZERO)
                .drainTimeout(SECOND)
                .build();
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      error.arm();
      boolean unused = useListener(listener);
      useStream(client);
      error.await("no open connection", () -> client.stats().connections().isEmpty());
      error.await("no tunnel at the cloud", () -> cloud.service().openConnections() == 0);
      error.disarm();
      assertThat(useListener(listener))
          .as("served after the failure of %s", error.place())
          .isTrue();
      error.await("no open connection", () -> client.stats().connections().isEmpty());
      CompletableFuture<DrainReport> closing =
          CompletableFuture.supplyAsync(() -> client.close(SECOND));
      assertThat(Await.get(closing).aborted()).isZero();
    }
  }

  private static String token(InjectedError error) {
    error.pass("token request");
    return Cloud.KEY;
  }

  /** Returns whether a byte was echoed. Otherwise the connection must have ended. */
  private static boolean useListener(TunnelListener listener) {
    try (Socket local = LocalEnd.connect(listener)) {
      local.getOutputStream().write('x');
      return local.getInputStream().read() == 'x';
    } catch (SocketTimeoutException e) {
      throw new AssertionError("a connection is open but silent", e);
    } catch (IOException e) {
      return false;
    }
  }

  private static void useStream(TunnelClient client) throws Exception {
    try (TunnelStream stream = client.openAsync().get(Await.LONG.toSeconds(), TimeUnit.SECONDS)) {
      stream.setReadTimeout(Await.LONG);
      stream.outputStream().write('x');
      assertThat(stream.inputStream().read()).isIn((int) 'x', -1);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("a stream is open but silent", e);
    } catch (IOException | OutOfMemoryError | ExecutionException e) {
      // The injected error ended this stream.
    }
  }

  /** Callbacks that fail. */
  private static final class ErrorEvents extends TunnelEventListener {
    private final InjectedError error;

    ErrorEvents(InjectedError error) {
      this.error = error;
    }

    @Override
    public void dialStarted(ConnectionInfo connection, int attempt) {
      error.pass("event dialStarted");
    }

    @Override
    public void upgraded(ConnectionInfo connection, DialTimings timings) {
      error.pass("event upgraded");
    }

    @Override
    public void opened(ConnectionInfo connection) {
      error.pass("event opened");
    }

    @Override
    public void bytesSent(ConnectionInfo connection, int count) {
      error.pass("event bytesSent");
    }

    @Override
    public void bytesReceived(ConnectionInfo connection, int count) {
      error.pass("event bytesReceived");
    }

    @Override
    public void closed(ConnectionInfo connection, CloseReason reason) {
      error.pass("event closed");
    }
  }
}
