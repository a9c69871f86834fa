package io.github.devicetunnel.it.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.devicetunnel.Target;
import io.github.devicetunnel.TargetResolver;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelSocketFactory;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Map;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tests that a failing resolver of an application appears as an IOException of the socket. */
final class TargetResolverTest {
  private static final Map<String, String> DEVICES = Map.of("turbine-7", Cloud.DEVICE);

  @RegisterExtension final Leaks leaks = new Leaks();

  /**
   * Returns the failure of a socket that is created for a host, and checks that connect fails
   * alike.
   */
  private static Throwable failure(TargetResolver resolver) throws Exception {
    try (TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client("127.0.0.1:1").build()) {
      TunnelSocketFactory sockets = client.socketFactory(resolver);
      Throwable failure = catchThrowable(() -> sockets.createSocket("turbine-8", 80));
      try (Socket socket = sockets.createSocket()) {
        InetSocketAddress address = InetSocketAddress.createUnresolved("turbine-8", 80);
        assertThatThrownBy(() -> socket.connect(address))
            .hasSameClassAs(failure)
            .hasMessage(failure.getMessage());
      }
      assertThat(cloud.service().requestCount()).isZero();
      assertThat(client.stats().connections()).isEmpty();
      return failure;
    }
  }

  @Test
  void reportsNullAsUnknownHost() throws Exception {
    assertThat(failure((host, port) -> null))
        .isExactlyInstanceOf(UnknownHostException.class)
        .hasMessage(
            "the TargetResolver returned null for turbine-8:80;"
                + " throw UnknownHostException for an unknown host");
  }

  @Test
  void reportsInvalidTarget() throws Exception {
    assertThat(failure((host, port) -> new Target(DEVICES.get(host), "127.0.0.1:" + port)))
        .isExactlyInstanceOf(ConnectException.class)
        .hasMessageStartingWith("the TargetResolver failed for turbine-8:80: ")
        .hasMessageContaining("deviceId must be 32 hex digits")
        .hasCauseExactlyInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void reportsUncheckedException() throws Exception {
    assertThat(
            failure(
                (host, port) -> {
                  throw new IllegalStateException("the directory\nis closed");
                }))
        .isExactlyInstanceOf(ConnectException.class)
        .hasMessage(
            "the TargetResolver failed for turbine-8:80:"
                + " java.lang.IllegalStateException: the directory?is closed")
        .hasCauseExactlyInstanceOf(IllegalStateException.class);
  }

  /** The socket throws a ConnectException, so that clients do not retry the dial. */
  @Test
  void reportsIoException() throws Exception {
    assertThat(
            failure(
                (host, port) -> {
                  throw new IOException("503 from the directory");
                }))
        .isExactlyInstanceOf(ConnectException.class)
        .hasMessage(
            "the TargetResolver failed for turbine-8:80: java.io.IOException: 503 from the"
                + " directory")
        .hasCauseExactlyInstanceOf(IOException.class);
  }

  @Test
  void rethrowsSocketExceptions() throws Exception {
    assertThat(
            failure(
                (host, port) -> {
                  throw new UnknownHostException(host);
                }))
        .isExactlyInstanceOf(UnknownHostException.class)
        .hasMessage("turbine-8");
    assertThat(
            failure(
                (host, port) -> {
                  throw new SocketTimeoutException("the directory is slow");
                }))
        .isExactlyInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void okHttpReportsUnknownHost() throws Exception {
    try (TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client("127.0.0.1:1").build()) {
      OkHttpClient http =
          new OkHttpClient.Builder()
              .socketFactory(client.socketFactory((host, port) -> null))
              .dns(TunnelSocketFactory.dns())
              .build();
      Request request = new Request.Builder().url("http://turbine-8").build();
      assertThatThrownBy(() -> http.newCall(request).execute().close())
          .isInstanceOf(UnknownHostException.class)
          .hasMessageContaining("turbine-8");
    }
  }

  @Test
  void targetNamesInvalidComponent() {
    assertThatThrownBy(() -> new Target(null, "127.0.0.1:80"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("deviceId must be ")
        .hasMessageEndingWith("but is null");
    assertThatThrownBy(() -> new Target(Cloud.DEVICE, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("serviceAddress must be ")
        .hasMessageEndingWith("but is null");
    assertThatThrownBy(() -> TunnelClient.builder().deviceId(null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TunnelClient.builder().serviceAddress(null))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
