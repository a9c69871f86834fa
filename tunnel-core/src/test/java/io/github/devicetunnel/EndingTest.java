package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.CloseReason.EndedBy;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By the texts that Java has on each system, or takes from it. */
class EndingTest {

  @ParameterizedTest
  @CsvSource({
    "Too many open files, this process has too many open files to reach the cloud: raise its limit",
    "Too many open files: socket,"
        + " this process has too many open files to reach the cloud: raise its limit",
    "Too many open files in system,"
        + " this machine has too many open files or connections to reach the cloud: end some",
    "No buffer space available (maximum connections reached?): connect,"
        + " this machine has too many open files or connections to reach the cloud: end some",
  })
  void whatIsExhaustedHereIsNoFaultOfTheCloud(String text, String message) {
    Ending ending = unreachable(new SocketException(text));

    assertThat(ending.message()).isEqualTo(message);
    assertThat(ending.endedBy()).isEqualTo(EndedBy.CLIENT);
  }

  @Test
  void otherFailuresNameTheCloud() {
    Ending ending = unreachable(new SocketException("Network is unreachable"));

    assertThat(ending.message())
        .isEqualTo(
            "the cloud wss://cloud.example/ could not be reached: Network is unreachable,"
                + " while asleep");
    assertThat(ending.endedBy()).isEqualTo(EndedBy.CLOUD);
  }

  private static Ending unreachable(IOException e) {
    CloudUri cloud = CloudUri.parse("wss://cloud.example");
    return Ending.unreachable(cloud, Duration.ofSeconds(1), "asleep", e);
  }
}
