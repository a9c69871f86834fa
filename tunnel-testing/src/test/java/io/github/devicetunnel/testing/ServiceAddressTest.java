package io.github.devicetunnel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ServiceAddressTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:80, /127.0.0.1:80",
    "192.168.255.10:65535, /192.168.255.10:65535",
    "localhost:1, localhost/127.0.0.1:1",
    "[::1]:80, '/[0:0:0:0:0:0:0:1]:80'",
    "[fe80::1]:5000, '/[fe80:0:0:0:0:0:0:1]:5000'",
  })
  void parsesAddress(String text, String address) {
    assertThat(ServiceAddress.parse(text)).hasToString(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "80",
        ":80",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:0",
        "127.0.0.1:65536",
        "127.0.0.1:080800",
        "127.0.0.1:-1",
        "127.0.0:80",
        "127.0.0.256:80",
        "127.0.0.1.:80",
        "::1:80",
        "[::1]",
        "[::g]:80",
        "[:::1]:80",
        "gateway.example:80",
        "127.0.0.1:80/x",
      })
  void returnsNullForInvalidAddress(String text) {
    assertThat(ServiceAddress.parse(text)).isNull();
  }
}
