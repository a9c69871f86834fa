package io.github.devicetunnel.it.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.Target;
import io.github.devicetunnel.TokenRequest;
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
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One client, with a target for each call and without a default target. */
@ExtendWith(Leaks.class)
class TargetPerCallTest {
  private static final String OTHER_DEVICE = "017b7fddb1247248ffffffffffffffff";

  private final List<TokenRequest> tokenRequests = new CopyOnWriteArrayList<>();
  private final List<ConnectionInfo> connections = new CopyOnWriteArrayList<>();

  @TempDir Path folder;

  private TunnelClient.Builder clientWithoutTarget(Cloud cloud) {
    return TunnelClient.builder()
        .cloudUri(cloud.uri())
        .credentials(
            Credentials.apiKey(
                request -> {
                  tokenRequests.add(request);
                  return Cloud.KEY;
                }))
        .addEventListener(
            new TunnelEventListener() {
              @Override
              public void opened(ConnectionInfo connection) {
                connections.add(connection);
              }
            });
  }

  private static TestingCloud cloudOfTwoDevices() throws Exception {
    return TestingCloud.started(TestingCloud.builder().device(OTHER_DEVICE));
  }

  private static void assertEchoes(TunnelStream stream, int b) throws Exception {
    stream.outputStream().write(b);
    assertThat(stream.inputStream().read()).isEqualTo(b);
  }

  @Test
  void eachCallReachesItsTarget() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = cloudOfTwoDevices();
        TunnelClient client = clientWithoutTarget(cloud).name("fleet").build()) {
      Target first = new Target(Cloud.DEVICE, service.serviceAddress());
      Target second = new Target(OTHER_DEVICE.toUpperCase(Locale.ROOT), service.serviceAddress());
      Executor executor = task -> new Thread(task, "executor of the caller").start();
      try (TunnelStream stream = client.open(first);
          TunnelStream async = Await.get(client.openAsync(second));
          TunnelStream onExecutor = Await.get(client.openAsync(first, executor));
          TunnelListener tcp = client.listen(Loopback.anyPort(), second);
          Socket local = LocalEnd.connect(tcp)) {
        assertEchoes(stream, 1);
        assertEchoes(async, 2);
        assertEchoes(onExecutor, 3);
        local.getOutputStream().write(4);
        assertThat(local.getInputStream().read()).isEqualTo(4);
        assertThat(tcp.target()).isEqualTo(second);
        assertThat(tcp.isOpen()).isTrue();
        tcp.stopAccepting();
        assertThat(tcp.isOpen()).isFalse();
      }
      client.checkCredentials(second);

      Target normalized = new Target(OTHER_DEVICE, service.serviceAddress());
      assertThat(connections)
          .extracting(ConnectionInfo::target)
          .containsExactly(first, normalized, first, normalized);
      assertThat(connections).extracting(ConnectionInfo::client).containsOnly("fleet");
      assertThat(tokenRequests)
          .extracting(TokenRequest::target)
          .containsExactly(first, normalized, first, normalized, normalized);
      assertThat(client.target()).isEmpty();
      assertThat(client.toString()).isEqualTo("TunnelClient[" + client.cloudUri() + "]");
    }
  }

  @Test
  void unixSocketHasItsTarget() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = clientWithoutTarget(cloud).build();
        TunnelListener listener =
            client.listen(
                UnixDomainSocketAddress.of(folder.resolve("socket")),
                new Target(Cloud.DEVICE, service.serviceAddress()))) {
      assertThat(listener.localAddress())
          .isEqualTo(UnixDomainSocketAddress.of(folder.resolve("socket")));
      assertThatIllegalStateException()
          .isThrownBy(listener::localPort)
          .withMessageContaining("unix socket");
    }
  }

  @Test
  void missingTargetIsReportedBeforeAnythingIsOpened() throws Exception {
    Path socket = folder.resolve("socket");
    try (TestingCloud cloud = TestingCloud.started();
        TunnelClient client = clientWithoutTarget(cloud).build()) {
      String message =
          "this TunnelClient has no default target; call the method that takes a Target, or set"
              + " deviceId and serviceAddress in the builder";
      assertThatIllegalStateException().isThrownBy(client::open).withMessage(message);
      assertThatIllegalStateException().isThrownBy(client::openAsync).withMessage(message);
      assertThatIllegalStateException().isThrownBy(client::socketFactory).withMessage(message);
      assertThatIllegalStateException().isThrownBy(client::checkCredentials).withMessage(message);
      assertThatIllegalStateException().isThrownBy(client::probe).withMessage(message);
      assertThatIllegalStateException()
          .isThrownBy(() -> client.listen(Loopback.anyPort()))
          .withMessage(message);
      assertThatIllegalStateException()
          .isThrownBy(() -> client.listen(UnixDomainSocketAddress.of(socket)))
          .withMessage(message);
      assertThat(Files.exists(socket)).isFalse();
      assertThat(cloud.service().requestCount()).isZero();
      assertThat(tokenRequests).isEmpty();
    }
  }

  @SuppressWarnings("try") // the test closes the client before the end of the block
  @Test
  void openReportsItsStateOnClientAndStream() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build()) {
      assertThat(client.isOpen()).isTrue();
      TunnelStream stream = client.open();
      assertThat(stream.isOpen()).isTrue();
      stream.close();
      assertThat(stream.isOpen()).isFalse();
      client.close();
      assertThat(client.isOpen()).isFalse();
    }
  }

  @Test
  void threadsCarryTheNameOfTheClient() throws Exception {
    CompletableFuture<String> dialling = new CompletableFuture<>();
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud
                .client(service)
                .name("plant-a")
                .addEventListener(
                    new TunnelEventListener() {
                      @Override
                      public void opened(ConnectionInfo connection) {
                        dialling.complete(Thread.currentThread().getName());
                      }
                    })
                .build()) {
      Await.get(client.openAsync()).close();
      assertThat(Await.get(dialling)).isEqualTo("plant-a-dial " + client.target().orElseThrow());
      try (TunnelClient derived = client.newBuilder().build()) {
        assertThat(derived.name()).isEqualTo("plant-a");
      }
    }
  }
}
