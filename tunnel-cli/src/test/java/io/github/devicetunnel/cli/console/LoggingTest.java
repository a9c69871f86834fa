package io.github.devicetunnel.cli.console;

import static io.github.devicetunnel.cli.LocalClient.address;
import static io.github.devicetunnel.cli.LocalClient.awaitClose;
import static io.github.devicetunnel.cli.LocalClient.connect;
import static io.github.devicetunnel.cli.LocalClient.fetch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.github.devicetunnel.cli.ListenProcess;
import io.github.devicetunnel.cli.Program;
import io.github.devicetunnel.cli.WebCloud;
import io.github.devicetunnel.testing.Fault;
import java.net.Socket;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks {@code --log-level} and {@code --log-format}, with the program as a process. */
@DisabledOnOs(OS.WINDOWS)
class LoggingTest {
  @AutoClose private final WebCloud cloud = new WebCloud();

  /** Runs the program for one rejected tunnel and one that opens. */
  private ListenProcess run(String... options) throws Exception {
    cloud.device().faults().onNextConnect(Fault.reject(404).message("not there"));
    ListenProcess process = ListenProcess.start(cloud.uri(), options);
    String address = address(process.nextLine());
    awaitClose(address);
    try (Socket socket = connect(address)) {
      fetch(socket);
    }
    assertThat(process.terminate().exitCode()).isZero();
    return process;
  }

  @Test
  void logsWarningsByDefault() throws Exception {
    try (ListenProcess process = run()) {
      assertThat(process.output())
          .contains(" WARN  ", "not there", "Stopped; ")
          .doesNotContain("DEBUG", "TRACE", "\tat ", "okhttp");
    }
  }

  @Test
  void logsOnlyErrorsAtLevelError() throws Exception {
    try (ListenProcess process = run("--log-level=error")) {
      assertThat(process.output()).contains("Stopped; ").doesNotContain("WARN", "not there");
    }
  }

  @Test
  void logsTunnelsAtLevelDebug() throws Exception {
    try (ListenProcess process = run("--log-level", "debug")) {
      assertThat(process.output()).contains(" DEBUG ", " opened\n").doesNotContain("okhttp3");
    }
  }

  @Test
  void logsHttpClientAtLevelTrace() throws Exception {
    try (ListenProcess process = run("--log-level", "trace", "--log-format", "json")) {
      assertThat(process.output()).contains("\"okhttp3.").doesNotContain("ak_test");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"info", "trace"})
  void writesOneJsonObjectPerLine(String level) throws Exception {
    try (ListenProcess process = run("--log-format=json", "--log-level=" + level)) {
      for (Map<String, Object> line = process.nextErrorObject();
          !((String) line.get("message")).startsWith("Stopped; ");
          line = process.nextErrorObject()) {
        assertThat(line).containsKeys("time", "level", "logger", "thread", "message");
        assertThat(Instant.parse((String) line.get("time"))).isBefore(Instant.now());
        if (((String) line.get("message")).contains("not there")) {
          assertThat(line)
              .contains(
                  entry("level", "WARN"),
                  entry("logger", "io.github.devicetunnel.LocalConnection"));
        }
      }
    }
  }

  @Test
  void writesMistakesAsJson() throws Exception {
    try (ListenProcess process =
        ListenProcess.start(cloud.uri(), "--log-format=json", "--device=ak_oops")) {
      assertThat(process.exitCode()).isEqualTo(2);
      Map<String, Object> error = process.nextErrorObject();
      assertThat(error).contains(entry("level", "ERROR"));
      assertThat((String) error.get("message")).startsWith("--device: ").doesNotContain("ak_oops");
    }
  }

  @Test
  void rejectsUnknownLevelAndFormat() throws Exception {
    Program level = new Program().run("--log-level=loud");
    assertThat(level.exitCode()).isEqualTo(2);
    assertThat(level.nextErrorLine())
        .isEqualTo(
            "tunnel: --log-level: must be error, warn, info, debug or trace, but is \"loud\"");
    Program format = new Program().run("--log-format=xml");
    assertThat(format.exitCode()).isEqualTo(2);
    assertThat(format.nextErrorLine())
        .isEqualTo("tunnel: --log-format: must be text or json, but is \"xml\"");
  }
}
