package io.github.devicetunnel.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.ProxySettings;
import io.github.devicetunnel.TlsSettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.ProxyProgram;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.ServerProgram;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.Upload;
import java.io.IOException;
import java.net.Authenticator;
import java.net.PasswordAuthentication;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import okhttp3.Dns;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests tunnels through third-party proxies. */
final class ThirdPartyProxyTest {
  @TempDir static Path folder;
  private static final Map<ProxyProgram, ServerProgram> RUNNING = new EnumMap<>(ProxyProgram.class);

  @RegisterExtension final Leaks leaks = new Leaks();

  @BeforeAll
  static void startProxies() throws Exception {
    for (ProxyProgram program : ProxyProgram.values()) {
      RUNNING.put(program, program.start(folder));
    }
  }

  @AfterAll
  static void stopProxies() throws IOException {
    for (ServerProgram program : RUNNING.values()) {
      program.close();
    }
    RUNNING.clear();
  }

  private static ProxySettings settings(ProxyProgram program) {
    return program.settings(RUNNING.get(program).port());
  }

  private static ProxySettings proxy(ProxyProgram program) {
    return settings(program).credentials(ProxyProgram.USER, ProxyProgram.PASSWORD);
  }

  static Stream<Arguments> proxiesAndClouds() {
    return Stream.of(ProxyProgram.values())
        .flatMap(
            proxy ->
                Stream.of(CloudKind.TESTING, CloudKind.TESTING_TLS, CloudKind.NODE)
                    .map(cloud -> Arguments.of(proxy, cloud)));
  }

  @ParameterizedTest
  @MethodSource("proxiesAndClouds")
  void carriesBytesInBothDirections(ProxyProgram program, CloudKind kind) throws Exception {
    int count = 4 << 20;
    try (EchoService service = EchoService.started();
        Cloud cloud = kind.start();
        TunnelClient client = cloud.client(service).proxy(proxy(program)).build();
        LocalEnd end = LocalEnd.Entrance.STREAM.open(client)) {
      Upload upload = Upload.start(end.out(), 1, count);
      assertThat(Digest.of(end.in(), count)).isEqualTo(RandomBytes.digest(1, count));
      upload.await();
    }
  }

  /** The name may be known only in the network of the proxy, and the local DNS must not see it. */
  @ParameterizedTest
  @EnumSource(ProxyProgram.class)
  void proxyResolvesNameOfCloud(ProxyProgram program) throws Exception {
    Dns failingDns =
        host -> {
          throw new UnknownHostException("looked up here: " + host);
        };
    OkHttpClient okHttpClient = new OkHttpClient.Builder().dns(failingDns).build();
    Path certificate = Files.writeString(folder.resolve("ca.pem"), TestingCloud.certificate());
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.startedWithTls();
        TunnelClient client =
            cloud
                .client(service)
                .okHttpClient(okHttpClient)
                .tls(TlsSettings.builder().trustOnly(certificate).build())
                .proxy(proxy(program))
                .build();
        TunnelStream stream = client.open()) {
      assertThat(cloud.uri()).startsWith("wss://localhost:");
      stream.outputStream().write('x');
      assertThat(stream.inputStream().read()).isEqualTo('x');
    } finally {
      okHttpClient.connectionPool().evictAll();
      okHttpClient.dispatcher().executorService().shutdown();
    }
  }

  @ParameterizedTest
  @EnumSource(ProxyProgram.class)
  void doesNotUseDefaultAuthenticator(ProxyProgram program) throws Exception {
    AtomicInteger requests = new AtomicInteger();
    Authenticator.setDefault(
        new Authenticator() {
          @Override
          protected PasswordAuthentication getPasswordAuthentication() {
            requests.incrementAndGet();
            return null;
          }
        });
    try (EchoService service = EchoService.started();
        Cloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).proxy(proxy(program)).build();
        TunnelClient withoutPassword = client.newBuilder().proxy(settings(program)).build();
        TunnelStream stream = client.open()) {
      stream.outputStream().write('x');
      assertThat(stream.inputStream().read()).isEqualTo('x');
      assertThat(catchThrowableOfType(TunnelException.class, withoutPassword::open)).isNotNull();
      assertThat(requests).hasValue(0);
    } finally {
      Authenticator.setDefault(null);
    }
  }

  @ParameterizedTest
  @EnumSource(ProxyProgram.class)
  void reportsMissingPassword(ProxyProgram program) throws Exception {
    try (TestingCloud cloud = TestingCloud.started()) {
      assertRejected(
          cloud,
          settings(program),
          switch (program) {
            case TINYPROXY ->
                " rejected the connection to CLOUD with 407 Proxy Authentication Required: it"
                    + " requires a user name and password, but none are set; set both";
            case MICROSOCKS -> " requires a user name and password, but none are set; set both";
          });
    }
  }

  @ParameterizedTest
  @EnumSource(ProxyProgram.class)
  void reportsWrongPassword(ProxyProgram program) throws Exception {
    try (TestingCloud cloud = TestingCloud.started()) {
      assertRejected(
          cloud,
          settings(program).credentials(ProxyProgram.USER, "wr0ng-one"),
          switch (program) {
            case TINYPROXY ->
                " rejected the connection to CLOUD with 401 Unauthorized: it does not accept the"
                    + " user name and password; check both";
            case MICROSOCKS -> " does not accept the user name and password; check both";
          });
    }
  }

  @ParameterizedTest
  @EnumSource(ProxyProgram.class)
  void reportsCloudThatProxyCannotReach(ProxyProgram program) throws Exception {
    try (ClosedPort closedPort = new ClosedPort();
        TunnelClient client =
            TunnelClient.builder()
                .cloudUri("ws://" + closedPort.serviceAddress())
                .credentials(Credentials.apiKey(Cloud.KEY))
                .deviceId(Cloud.DEVICE)
                .serviceAddress("127.0.0.1:80")
                .proxy(proxy(program))
                .build()) {
      TunnelException e = catchThrowableOfType(TunnelException.class, client::open);

      assertThat(e)
          .hasMessage(
              "the cloud ws://"
                  + closedPort.serviceAddress()
                  + "/ could not be reached: the proxy 127.0.0.1:"
                  + RUNNING.get(program).port()
                  + switch (program) {
                    case TINYPROXY ->
                        " rejected the connection to "
                            + closedPort.serviceAddress()
                            + " with 500 Unable to connect: it could not connect; check the cloud"
                            + " URI, or ask its administrator";
                    case MICROSOCKS ->
                        " rejected the connection to "
                            + closedPort.serviceAddress()
                            + " with code 5: the connection was refused; check the cloud URI";
                  });
    }
  }

  private static void assertRejected(TestingCloud cloud, ProxySettings proxy, String expected) {
    try (TunnelClient client = cloud.client("127.0.0.1:80").proxy(proxy).build()) {
      TunnelException e = catchThrowableOfType(TunnelException.class, client::open);

      String address = cloud.uri().replace("ws://", "");
      assertThat(e.reason().kind()).isEqualTo(CloseReason.Kind.DIAL_FAILED);
      assertThat(e)
          .hasMessage(
              "the cloud "
                  + cloud.uri()
                  + "/ could not be reached: the proxy "
                  + proxy.toString().replaceFirst(".*//", "")
                  + expected.replace("CLOUD", address));
      assertThat(cloud.service().requestCount()).isZero();
    }
  }
}
