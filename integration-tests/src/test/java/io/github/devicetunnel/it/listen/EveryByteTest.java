package io.github.devicetunnel.it.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.LocalEnd.Entrance;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.SinkService;
import io.github.devicetunnel.it.support.SourceService;
import io.github.devicetunnel.it.support.Upload;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every byte arrives once and in order, for each kind of cloud and each entrance. */
final class EveryByteTest {
  private static final long COUNT = 16 << 20;

  /**
   * Short, for tests in which the local client closes first: the protocol cannot signal that to the
   * service.
   */
  private static final Duration HALF_CLOSE_TIMEOUT = Duration.ofMillis(500);

  @RegisterExtension final Leaks leaks = new Leaks();

  static Stream<Arguments> cloudsAndEntrances() {
    return Arrays.stream(CloudKind.values())
        .flatMap(cloud -> Arrays.stream(Entrance.values()).map(e -> Arguments.of(cloud, e)));
  }

  @ParameterizedTest
  @MethodSource("cloudsAndEntrances")
  void echoIsCompleteInBothDirections(CloudKind kind, Entrance entrance) throws Exception {
    try (EchoService service = EchoService.started();
        Cloud cloud = kind.start();
        TunnelClient client = cloud.client(service).halfCloseTimeout(HALF_CLOSE_TIMEOUT).build();
        LocalEnd end = entrance.open(client)) {
      Upload upload = Upload.start(end.out(), 1, COUNT);

      Digest echo = Digest.of(end.in(), COUNT);

      upload.await();
      assertThat(echo).isEqualTo(RandomBytes.digest(1, COUNT));
      assertThat(service.failures()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("cloudsAndEntrances")
  void downloadIsCompleteWhenServiceCloses(CloudKind kind, Entrance entrance) throws Exception {
    try (SourceService service = SourceService.started(2, COUNT);
        Cloud cloud = kind.start();
        TunnelClient client = cloud.client(service).build();
        LocalEnd end = entrance.open(client)) {
      assertThat(Digest.of(end.in(), Long.MAX_VALUE)).isEqualTo(service.digest());
      assertThat(service.failures()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("cloudsAndEntrances")
  void uploadIsCompleteWhenClientCloses(CloudKind kind, Entrance entrance) throws Exception {
    try (SinkService service = SinkService.started();
        Cloud cloud = kind.start();
        TunnelClient client = cloud.client(service).halfCloseTimeout(HALF_CLOSE_TIMEOUT).build()) {
      try (LocalEnd end = entrance.open(client)) {
        Upload.write(end.out(), 3, COUNT);
      }
      assertThat(service.received()).isEqualTo(RandomBytes.digest(3, COUNT));
      assertThat(service.failures()).isEmpty();
    }
  }
}
