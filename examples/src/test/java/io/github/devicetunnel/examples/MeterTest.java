package io.github.devicetunnel.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.testing.Fault;
import io.github.devicetunnel.testing.TunnelService;
import io.github.devicetunnel.testing.WithTunnelService;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * Shows how an application tests its code without the cloud. The test implements a service of the
 * gateway and injects a fault of the cloud. A tunnel that is left open fails the test.
 */
@WithTunnelService(apiKeys = "ak_test", devices = MeterTest.DEVICE)
class MeterTest {
  static final String DEVICE = "017b7fddb124724840c1c7b800000000";
  private static final String METER = "127.0.0.1:502";

  /** The code under test, which is part of the application. */
  private static int readMeter(TunnelClient client) throws IOException {
    try (TunnelStream stream = client.open()) {
      return stream.inputStream().read();
    }
  }

  private static TunnelClient client(TunnelService cloud) {
    return TunnelClient.builder()
        .cloudUri(cloud.uri())
        .credentials(Credentials.apiKey("ak_test"))
        .deviceId(DEVICE)
        .serviceAddress(METER)
        .build();
  }

  @Test
  void readsMeterAfterCloudRecovers(TunnelService cloud) throws Exception {
    cloud
        .device(DEVICE)
        .onConnect(METER, stream -> stream.outputStream().write(42))
        .faults()
        .onNextConnect(Fault.reject(503));
    try (TunnelClient client = client(cloud)) {
      assertThatThrownBy(() -> readMeter(client))
          .isInstanceOfSatisfying(
              TunnelRejectedException.class, e -> assertThat(e.statusCode()).isEqualTo(503));
      assertThat(readMeter(client)).isEqualTo(42);
    }
  }
}
