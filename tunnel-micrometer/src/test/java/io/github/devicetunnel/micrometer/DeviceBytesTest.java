package io.github.devicetunnel.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.Target;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.testing.ServiceStream;
import io.github.devicetunnel.testing.TunnelService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Counts the bytes of devices with real tunnels. */
class DeviceBytesTest {
  private static final String KEY = "ak_test";
  private static final String SERVICE = "127.0.0.1:22";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private TunnelService cloud;

  @BeforeEach
  void start() throws IOException {
    cloud =
        TunnelService.builder()
            .apiKey(KEY)
            .device(device(1))
            .device(device(2))
            .device(device(3))
            .build()
            .start();
    for (int number = 1; number <= 3; number++) {
      cloud.device(device(number)).onConnect(SERVICE, DeviceBytesTest::answer);
    }
  }

  @AfterEach
  void close() {
    cloud.close();
  }

  private static String device(int number) {
    return "%032x".formatted(number);
  }

  /** Sends as many bytes as the first byte says. */
  private static void answer(ServiceStream stream) throws IOException {
    stream.outputStream().write(new byte[stream.inputStream().read()]);
  }

  private double bytes(String device, String direction) {
    return registry
        .get("tunnel.device.bytes")
        .tags("device", device, "direction", direction)
        .counter()
        .count();
  }

  private void exchange(TunnelClient client, String device, int count) throws IOException {
    try (TunnelStream stream = client.open(new Target(device, SERVICE))) {
      stream.outputStream().write(count);
      assertThat(stream.inputStream().readAllBytes()).hasSize(count);
    }
  }

  @Test
  void countsEachDeviceUpToLimitAndOthersTogether() throws Exception {
    try (TunnelClient client =
        TunnelClient.builder()
            .cloudUri(cloud.uri())
            .credentials(Credentials.apiKey(KEY))
            .addEventListener(new DeviceBytes(registry, 1))
            .build()) {
      exchange(client, device(1), 10);
      exchange(client, device(2), 20);
      exchange(client, device(3), 30);
      exchange(client, device(1), 40);
    }

    assertThat(bytes(device(1), "up")).isEqualTo(2);
    assertThat(bytes(device(1), "down")).isEqualTo(50);
    assertThat(bytes(DeviceBytes.OTHERS, "up")).isEqualTo(2);
    assertThat(bytes(DeviceBytes.OTHERS, "down")).isEqualTo(50);
  }

  @Test
  void rejectsLimitBelowOne() {
    assertThatThrownBy(() -> new DeviceBytes(registry, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxDevices must be at least 1 but is 0");
  }
}
