package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
  private static final String DEVICE = "017b7fddb124724840c1c7b800000000";

  @Test
  void deviceIdIsNormalizedToLowerCase() {
    Target target = new Target("017B7FDDB124724840C1C7B800000000", "127.0.0.1:80");
    assertThat(target.deviceId()).isEqualTo(DEVICE);
    assertThat(target).isEqualTo(new Target(DEVICE, "127.0.0.1:80"));
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 22, 127.0.0.1:22, 127.0.0.1",
    "plc.local, 502, plc.local:502, plc.local",
    "2001:db8::1, 80, [2001:db8::1]:80, 2001:db8::1",
    "[::1], 65535, [::1]:65535, ::1"
  })
  void hostAndPortBecomeTheServiceAddress(String host, int port, String address, String parsed) {
    Target target = Target.of(DEVICE, host, port);
    assertThat(target.serviceAddress()).isEqualTo(address);
    assertThat(target.host()).isEqualTo(parsed);
    assertThat(target.port()).isEqualTo(port);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 65536, 1_000_000})
  void portOutOfRangeIsRejected(int port) {
    assertThatThrownBy(() -> Target.of(DEVICE, "127.0.0.1", port))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("serviceAddress")
        .hasMessageContaining("127.0.0.1:" + port);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "host/path", "user@host", "host:80"})
  void invalidHostIsRejected(String host) {
    assertThatThrownBy(() -> Target.of(DEVICE, host, 80))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("serviceAddress");
  }
}
