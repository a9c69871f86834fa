package io.github.devicetunnel.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.SourceService;
import io.github.devicetunnel.testing.Direction;
import io.github.devicetunnel.testing.FaultProxy;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests a slow connection on which one TLS record takes longer than a timeout of the tunnel. No
 * byte of a record can be read before the whole record has arrived.
 */
final class SlowTlsRecordTest {
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final Duration LONG = Await.LONG.multipliedBy(2);
  private static final int RECORD = 16_000;
  private static final int BYTES_PER_SECOND = 4_000;

  @RegisterExtension final Leaks leaks = new Leaks();

  /** The timeout that closes a silent tunnel. */
  enum Limit {
    LIVENESS(
        builder ->
            builder
                .pingInterval(Duration.ofMillis(500))
                .livenessTimeout(SHORT)
                .halfCloseTimeout(LONG)),
    HALF_CLOSE(builder -> builder.livenessTimeout(LONG).halfCloseTimeout(SHORT)),
    IDLE(builder -> builder.livenessTimeout(LONG).halfCloseTimeout(LONG).idleTimeout(SHORT));

    @SuppressWarnings("ImmutableEnumChecker") // a function
    private final Consumer<TunnelClient.Builder> setting;

    Limit(Consumer<TunnelClient.Builder> setting) {
      this.setting = setting;
    }
  }

  @ParameterizedTest
  @EnumSource
  void slowRecordDoesNotExpireTimeout(Limit limit) throws Exception {
    try (SourceService service = SourceService.started(5, RECORD);
        Cloud cloud = CloudKind.TESTING_TLS.start();
        FaultProxy proxy = FaultProxy.start(cloud.uri())) {
      proxy.faults(Direction.TOWARD_CLIENT).throttle(BYTES_PER_SECOND);
      TunnelClient.Builder builder = cloud.client(service).cloudUri(proxy.uri());
      limit.setting.accept(builder);
      try (TunnelClient client = builder.build();
          TunnelStream stream = client.open()) {
        stream.shutdownOutput();
        assertThat(Digest.of(stream.inputStream(), Long.MAX_VALUE)).isEqualTo(service.digest());
      }
    }
  }
}
