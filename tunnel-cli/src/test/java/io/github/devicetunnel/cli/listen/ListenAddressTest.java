package io.github.devicetunnel.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.cli.failure.CommandFailure;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenAddressTest {

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:3131, 127.0.0.1:3131",
    "0.0.0.0:0, 0.0.0.0:0",
    ":8181, 127.0.0.1:8181",
    "[::1]:80, [::1]:80",
    "[0:0:0:0:0:0:0:1]:80, [::1]:80",
    "[::]:80, [::]:80",
    "[2001:db8::8:800:200c:417a]:65535, [2001:db8::8:800:200c:417a]:65535",
  })
  void parsesAndFormatsAddresses(String text, String canonical) {
    assertThat(ListenAddress.text(ListenAddress.parsePort(ListenAddress.OPTION, text)))
        .isEqualTo(canonical);
  }

  @Test
  void resolvesHostNames() {
    InetSocketAddress address = ListenAddress.parsePort(ListenAddress.OPTION, "localhost:8181");

    assertThat(address.getAddress().isLoopbackAddress()).isTrue();
    assertThat(address.getPort()).isEqualTo(8181);
  }

  /** Names of interfaces may contain dashes and dots, such as those of VLANs. */
  @ParameterizedTest
  @CsvSource({"fe80::1%eth0", "fe80::1%wlx-00.17", "fe80::1%4"})
  void parsesIpv6Zones(String host) {
    assertThat(ListenAddress.parsePort(ListenAddress.OPTION, "[" + host + "]:80").getPort())
        .isEqualTo(80);
  }

  @Test
  void formatsUnresolvedName() {
    assertThat(ListenAddress.text(InetSocketAddress.createUnresolved("nowhere.invalid", 1)))
        .isEqualTo("nowhere.invalid:1");
  }

  @ParameterizedTest
  @CsvSource({
    "8181, has no port",
    "'', has no port",
    "127.0.0.1, has no port",
    "127.0.0.1:, has a malformed host or port",
    "127.0.0.1:x, has a malformed host or port",
    "127.0.0.1:-1, has a malformed host or port",
    "127.0.0.1:65536, has a port above 65535",
    "::1:8181, has an IPv6 address without brackets",
    "http://127.0.0.1:8181, 'contains a slash, as in a URL'",
  })
  void rejectsInvalidAddress(String text, String defect) {
    assertThatThrownBy(() -> ListenAddress.parsePort(ListenAddress.OPTION, text))
        .isInstanceOf(CommandFailure.class)
        .hasMessageStartingWith("--listen-uri: must be host:port")
        .hasMessageEndingWith("\"" + text + "\" " + defect);
  }

  @Test
  void mentionsUnixSocketOnlyWhereSupported() {
    assertThatThrownBy(() -> ListenAddress.parsePort("--metrics-listen", "unix:/path"))
        .hasMessage(
            "--metrics-listen: must be host:port, [ipv6]:port or :port, such as 127.0.0.1:8181,"
                + " but \"unix:/path\" is a unix socket");
    assertThatThrownBy(() -> ListenAddress.parse(ListenAddress.OPTION, "x"))
        .hasMessageStartingWith(
            "--listen-uri: must be host:port, [ipv6]:port, :port or unix:/path, such as ");
  }
}
