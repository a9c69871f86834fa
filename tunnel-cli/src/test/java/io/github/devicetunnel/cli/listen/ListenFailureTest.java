package io.github.devicetunnel.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.process.Platform;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uses the exception messages of Java on Linux, macOS and Windows. */
class ListenFailureTest {
  private static final String LOW_PORT = "permission denied: ports below 1024 require privileges";
  private static final String RESERVED =
      "permission denied: the port is reserved or used exclusively by another program";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Linux | Address already in use",
        "Mac OS X | Address already in use",
        "Windows 11 | Address already in use: bind",
        "Windows 11 | Only one usage of each socket address (protocol/network address/port) is",
      })
  void reportsPortInUse(String system, String text) {
    assertThat(cause(port(8181), text, system)).isEqualTo("the port is in use by another program");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Linux | Cannot assign requested address",
        "Mac OS X | Can't assign requested address",
        "Windows Server 2025 | Cannot assign requested address: bind",
        "Windows Server 2025 | The requested address is not valid in its context",
      })
  void reportsAddressOfAnotherMachine(String system, String text) {
    assertThat(cause(port(8181), text, system)).isEqualTo("this machine has no such address");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Linux | 80 | Permission denied | " + LOW_PORT,
        "FreeBSD | 1023 | Permission denied | " + LOW_PORT,
        "Linux | 1024 | Permission denied | permission denied",
        "Mac OS X | 80 | Permission denied | permission denied",
        "Windows 10 | 80 | Permission denied: bind | " + RESERVED,
        "Windows 10 | 8181 | An attempt was made to access a socket in a way forbidden by its"
            + " access permissions | "
            + RESERVED,
      })
  void explainsMissingPermission(String system, int port, String text, String reason) {
    assertThat(cause(port(port), text, system)).isEqualTo(reason);
  }

  @Test
  void omitsPortFromErrorOfUnixSocket() {
    assertThat(cause(UnixDomainSocketAddress.of("socket"), "Permission denied", "Linux"))
        .isEqualTo("permission denied");
  }

  @Test
  void repeatsUnknownError() {
    assertThat(cause(port(8181), "Die Adresse wird bereits verwendet", "Linux"))
        .isEqualTo("Die Adresse wird bereits verwendet");
  }

  private static SocketAddress port(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** Wraps the system's exception in one that names the address, as the library does. */
  private static String cause(SocketAddress address, String text, String system) {
    BindException named = new BindException("cannot listen on " + address);
    named.initCause(new SocketException(text));
    return ListenFailure.cause(address, named, Platform.named(system));
  }
}
