package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxySettingsTest {
  @ParameterizedTest
  @CsvSource({
    "http://proxy.example:3128, http://proxy.example:3128",
    "HTTP://proxy.example:3128/, http://proxy.example:3128",
    "proxy.example:3128, http://proxy.example:3128",
    "proxy.example, http://proxy.example:80",
    "http://[::1]:3128, http://[::1]:3128",
    "http://[::1], http://[::1]:80",
    "socks5://10.0.0.1, socks5://10.0.0.1:1080",
    "socks5://10.0.0.1:80, socks5://10.0.0.1:80",
    "socks5h://proxy_1.example:9050, socks5://proxy_1.example:9050",
    "http://us%40er:p%3Aa%40s%2Fs@proxy.example:1, http://proxy.example:1",
    "http://user:p@ss@proxy.example:1, http://proxy.example:1",
    "socks5://user@proxy.example, socks5://proxy.example:1080",
    "socks://proxy.example, socks5://proxy.example:1080",
    "https://proxy.example, https://proxy.example:443",
    "HTTPS://us%40er:pass@[::1]:3129/, https://[::1]:3129",
    "https://proxy.example:80, https://proxy.example:80",
    "none, none",
    "Direct, none",
    "direct://, none",
    "http://none, http://none:80",
  })
  void parsesProxyUrl(String url, String expected) {
    assertThat(ProxySettings.parse(url)).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "'', is malformed",
    "http://, is malformed",
    "http://proxy.example:0x, is malformed",
    "http://proxy.example:99999, is malformed",
    "http://proxy.example/path, is malformed",
    "http://proxy.example?x, is malformed",
    "socks4://proxy.example, has the scheme socks4",
  })
  void rejectsInvalidProxyUrl(String url, String defect) {
    assertThatThrownBy(() -> ProxySettings.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "proxy must be none, or SCHEME://[USER:PASSWORD@]HOST:PORT with the scheme http, https"
                + " or socks5, but \""
                + url
                + "\" "
                + defect);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://user:s3cret@",
        "http://user:s3cret@host:x",
        "ftp://user:s3cret@host",
        "http://user:s3cret @host",
        "http://us%3Aer:s3cret@host",
        "http://user:s3cret%00@host",
        "http://:s3cret@host/path"
      })
  void omitsPasswordFromErrors(String url) {
    assertThatThrownBy(() -> ProxySettings.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(e -> assertThat(String.valueOf(e.getMessage())).doesNotContain("s3cret"));
  }

  @Test
  void rejectsInvalidHostOrPort() {
    assertThat(ProxySettings.socks5("::1", 1080)).hasToString("socks5://[::1]:1080");
    assertThatThrownBy(() -> ProxySettings.http("a b", 1))
        .hasMessage("proxy host must be a name or an IP address, but is \"a b\"");
    assertThatThrownBy(() -> ProxySettings.http("user@host", 1))
        .hasMessage("proxy host must be a name or an IP address, but is \"user@host\"");
    assertThatThrownBy(() -> ProxySettings.http("host", 0))
        .hasMessage("proxy port must be from 1 to 65535, but is 0");
  }

  @Test
  void rejectsCredentialsWithoutProxy() {
    assertThat(ProxySettings.none()).hasToString("none");
    assertThatThrownBy(() -> ProxySettings.none().credentials("user", "s3cret"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("proxy is none, which has no user name and password");
  }

  @Test
  void rejectsCredentialsThatProtocolCannotCarry() {
    ProxySettings http = ProxySettings.http("host", 1);
    ProxySettings socks = ProxySettings.socks5("host", 1);
    assertThat(http.credentials("user", "a:b")).hasToString("http://host:1");
    ProxySettings https = ProxySettings.https("host", 1);
    assertThat(https.credentials("user", "a:b")).hasToString("https://host:1");
    assertThatThrownBy(() -> https.credentials("us:er", "x"))
        .hasMessageStartingWith("proxy user contains a colon, which HTTP does not allow");
    assertThat(socks.credentials("us:er", "")).hasToString("socks5://host:1");
    assertThatThrownBy(() -> http.credentials("us:er", "x"))
        .hasMessageStartingWith("proxy user contains a colon, which HTTP does not allow");
    assertThatThrownBy(() -> http.credentials("", "x")).hasMessage("proxy user is empty");
    assertThatThrownBy(() -> http.credentials("u", "s3cret\n"))
        .hasMessage("proxy password contains a control character");
    assertThatThrownBy(() -> socks.credentials("u", "ü".repeat(128)))
        .hasMessage("proxy password is longer than 255 bytes, the limit of SOCKS5");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.example cloud.example   | true",
        "a.example;cloud.example   | true",
        "a.example, \tcloud.example, | true",
        "cloud.example.            | true",
        "*cloud.example            | true",
        "*loud.example             | true",
        "*.cloud.example           | true",
        ".example                  | true",
        "example                   | true",
        "*oud.example.             | true",
        "*other.example            | false",
        "oud.example               | false",
        "cloud                     | false",
        "cloud.example.org         | false",
      })
  void matchesNoProxyEntries(String list, boolean exempt) {
    for (String cloud : new String[] {"wss://cloud.example", "wss://cloud.example."}) {
      Map<String, String> environment = Map.of("ALL_PROXY", "http://a:1", "NO_PROXY", list);
      assertThat(ProxySettings.fromEnvironment(environment, cloud).isEmpty())
          .as(cloud)
          .isEqualTo(exempt);
    }
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "wss://cloud.example, HTTPS_PROXY=http://a:1 HTTP_PROXY=http://b:2, http://a:1",
        "ws://cloud.example, HTTPS_PROXY=http://a:1 HTTP_PROXY=http://b:2, http://b:2",
        "wss://cloud.example, https_proxy=http://a:1 ALL_PROXY=http://b:2, http://a:1",
        "wss://cloud.example, HTTPS_PROXY=http://a:1 https_proxy=http://b:2, http://a:1",
        "ws://cloud.example, HTTPS_PROXY=http://a:1 ALL_PROXY=socks5://b:2, socks5://b:2",
        "ws://cloud.example, HTTP_PROXY= all_proxy=socks5://b:2, socks5://b:2",
        "ws://cloud.example, HTTPS_PROXY=http://a:1, -",
        "wss://cloud.example, , -",
        "wss://cloud.example, HTTPS_PROXY=https://a:1, https://a:1",
        "wss://cloud.example, HTTPS_PROXY=, -",
        "wss://cloud.example, HTTPS_PROXY=none ALL_PROXY=http://b:2, -",
        "wss://cloud.example, https_proxy=direct:// ALL_PROXY=http://b:2, -",
        "wss://cloud.example, HTTP_PROXY=none ALL_PROXY=http://b:2, http://b:2",
        // A cloud on this machine is never proxied.
        "wss://localhost:1, HTTPS_PROXY=http://a:1, -",
        "wss://127.1.2.3:1, HTTPS_PROXY=http://a:1, -",
        "wss://[::1]:1, HTTPS_PROXY=http://a:1, -",
        // NO_PROXY excludes the cloud.
        "wss://cloud.example, ALL_PROXY=http://a:1 NO_PROXY=*, -",
        "wss://cloud.example, ALL_PROXY=http://a:1 NO_PROXY=cloud.example, -",
        "wss://cloud.example, ALL_PROXY=http://a:1 no_proxy=other;CLOUD.Example, -",
        "wss://eu.cloud.example, ALL_PROXY=http://a:1 NO_PROXY=cloud.example, -",
        "wss://eu.cloud.example, ALL_PROXY=http://a:1 NO_PROXY=.cloud.example, -",
        "wss://eu.cloud.example, ALL_PROXY=http://a:1 NO_PROXY=*.cloud.example, -",
        "wss://cloud.example, ALL_PROXY=http://a:1 NO_PROXY=.cloud.example, -",
        "wss://mycloud.example, ALL_PROXY=http://a:1 NO_PROXY=cloud.example, http://a:1",
        "wss://cloud.example, ALL_PROXY=http://a:1 NO_PROXY=cloud.example:443, -",
        "wss://cloud.example:8443, ALL_PROXY=http://a:1 NO_PROXY=cloud.example:443, http://a:1",
        "ws://cloud.example, ALL_PROXY=http://a:1 NO_PROXY=cloud.example:80, -",
        "wss://10.1.2.3, ALL_PROXY=http://a:1 NO_PROXY=10.1.2.3, -",
        "wss://10.1.2.3, ALL_PROXY=http://a:1 NO_PROXY=10.0.0.0/8, -",
        "wss://11.1.2.3, ALL_PROXY=http://a:1 NO_PROXY=10.0.0.0/8, http://a:1",
        "wss://10.1.2.3, ALL_PROXY=http://a:1 NO_PROXY=10.1.2.0/23, -",
        "wss://10.1.4.3, ALL_PROXY=http://a:1 NO_PROXY=10.1.2.0/23, http://a:1",
        "wss://10.1.2.3, ALL_PROXY=http://a:1 NO_PROXY=10.0.0.0/99, http://a:1",
        "wss://[fd00::1], ALL_PROXY=http://a:1 NO_PROXY=fd00::/8, -",
        "wss://[fd00::1], ALL_PROXY=http://a:1 NO_PROXY=fd00::1, -",
        "wss://[fd00::1]:9, ALL_PROXY=http://a:1 NO_PROXY=[fd00::1]:9, -",
        "wss://[fd00::1]:9, ALL_PROXY=http://a:1 NO_PROXY=[fd00::1]:8, http://a:1",
        "wss://cloud.example, ALL_PROXY=http://a:1 NO_PROXY=10.0.0.0/8, http://a:1",
        "wss://cloud.example, ALL_PROXY=http://a:1 NO_PROXY=;, http://a:1",
      })
  void choosesProxyFromEnvironment(String cloud, String variables, String expected) {
    Map<String, String> environment = new HashMap<>();
    if (variables != null) {
      for (String variable : variables.split(" ", -1)) {
        String[] parts = variable.split("=", 2);
        environment.put(parts[0], parts[1].replace(';', ','));
      }
    }
    assertThat(ProxySettings.fromEnvironment(environment, cloud).map(ProxySettings::toString))
        .isEqualTo(Optional.ofNullable(expected));
  }

  @Test
  void namesInvalidEnvironmentVariable() {
    assertThatThrownBy(
            () ->
                ProxySettings.fromEnvironment(
                    Map.of("https_proxy", "ftp://u:s3cret@proxy"), "wss://cloud.example"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("but the value has the scheme ftp (the value of https_proxy)");
  }
}
