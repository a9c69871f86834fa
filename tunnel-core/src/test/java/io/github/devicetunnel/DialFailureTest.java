package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.CloseReason.EndedBy;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Uses the exception messages of Java on Linux, macOS and Windows. */
class DialFailureTest {

  @ParameterizedTest
  @CsvSource({
    "Too many open files,"
        + " this process has too many open files to connect to the cloud; raise its limit",
    "Too many open files: socket,"
        + " this process has too many open files to connect to the cloud; raise its limit",
    "Too many open files in system,"
        + " this machine has too many open files or connections to connect to the cloud;"
        + " close some of them",
    "No buffer space available (maximum connections reached?): connect,"
        + " this machine has too many open files or connections to connect to the cloud;"
        + " close some of them",
    "Cannot assign requested address, 'this machine has no free local port for a connection to the"
        + " cloud; close connections or widen the range of local ports"
        + " (net.ipv4.ip_local_port_range on Linux)'",
    "Can't assign requested address, 'this machine has no free local port for a connection to the"
        + " cloud; close connections or widen the range of local ports"
        + " (net.ipv4.ip_local_port_range on Linux)'",
    "Address already in use: connect, 'this machine has no free local port for a connection to the"
        + " cloud; close connections or widen the range of local ports"
        + " (net.ipv4.ip_local_port_range on Linux)'",
  })
  void blamesThisMachineForExhaustedResources(String text, String message) {
    CloseCause cause = unreachable(new SocketException(text));

    assertThat(cause.message()).isEqualTo(message);
    assertThat(cause.endedBy()).isEqualTo(EndedBy.CLIENT);
  }

  /** Linux reports the same error if the loopback interface has no IPv6 address. */
  @Test
  void namesMissingIpv6AddressAsPossibleCause() {
    CloudUri cloud = CloudUri.parse("wss://[::1]:8443");
    BindException e = new BindException("Cannot assign requested address");
    CloseCause cause =
        new DialFailure(cloud, null, null, e)
            .closeCause(Duration.ofSeconds(1), "connecting to [::1]:8443");

    assertThat(cause.message())
        .startsWith(
            "this machine has no free local port or no IPv6 address for a connection to the cloud");
  }

  @Test
  void blamesCloudForOtherFailures() {
    CloseCause cause = unreachable(new SocketException("Network is unreachable"));

    assertThat(cause.message())
        .isEqualTo(
            "the cloud wss://cloud.example/ could not be reached: Network is unreachable,"
                + " while asleep");
    assertThat(cause.endedBy()).isEqualTo(EndedBy.CLOUD);
  }

  private static CloseCause unreachable(IOException e) {
    CloudUri cloud = CloudUri.parse("wss://cloud.example");
    return new DialFailure(cloud, null, null, e).closeCause(Duration.ofSeconds(1), "asleep");
  }

  /** The position of the most important cause does not matter. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void reportsMostImportantCause(int position) {
    List<IOException> failures =
        new ArrayList<>(
            List.of(
                new ConnectException("Failed to connect to cloud.example/[::1]:443"),
                new SocketTimeoutException("connect timed out")));
    failures.add(position, new SSLHandshakeException("Remote host terminated the handshake"));
    IOException thrown = failures.remove(0);
    failures.forEach(thrown::addSuppressed);

    assertThat(unreachable(thrown).message())
        .isEqualTo(
            "the cloud wss://cloud.example/ could not be reached: Remote host terminated the"
                + " handshake, while asleep");
  }

  /** OkHttp's message repeats the address without the brackets of RFC 3986 section 3.2.2. */
  @Test
  void reportsRefusedConnectionWithoutAddress() {
    IOException thrown = new ConnectException("Failed to connect to localhost/[::1]:443");
    thrown.initCause(new ConnectException("Connection refused"));

    assertThat(unreachable(thrown).message()).contains("reached: Connection refused, while");
  }

  @ParameterizedTest
  @CsvSource({
    "cloud.example, unknown host cloud.example",
    "cloud.example: Name or service not known, cloud.example: Name or service not known"
  })
  void reportsUnknownHost(String message, String text) {
    assertThat(unreachable(new UnknownHostException(message)).message())
        .contains("could not be reached: " + text + ", while");
  }
}
