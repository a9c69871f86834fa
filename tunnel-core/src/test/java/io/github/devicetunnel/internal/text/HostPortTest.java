package io.github.devicetunnel.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostPortTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1:80",
    "::1, [::1]:80",
    "::, [::]:80",
    "2001:db8:0:0:1:0:0:1, [2001:db8::1:0:0:1]:80",
    "::ffff:192.0.2.1, 192.0.2.1:80"
  })
  void formatsAddressAsInUrl(String host, String text) throws Exception {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(host), 80);

    assertThat(HostPort.of(address)).isEqualTo(text);
  }

  @Test
  void formatsUnresolvedName() {
    assertThat(HostPort.of(InetSocketAddress.createUnresolved("gw.example", 443)))
        .isEqualTo("gw.example:443");
  }
}
