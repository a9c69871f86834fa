package io.github.devicetunnel.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.failure.CommandFailure;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uses exception messages of Java on other systems, which {@code ExecTest} cannot produce. */
class ChildProgramTest {
  private static final String NOT_FOUND = "program not found; check its name and PATH";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "error=2, No such file or directory | 127 | " + NOT_FOUND,
        "Exec failed, error: 2 (No such file or directory)  | 127 | " + NOT_FOUND,
        "error=13, Permission denied | 126 | Permission denied",
        "CreateProcess error=2, The system cannot find the file specified"
            + " | 127 | "
            + NOT_FOUND,
        "CreateProcess error=3, The system cannot find the path specified"
            + " | 127 | "
            + NOT_FOUND,
        "CreateProcess error=193, %1 is not a valid Win32 application"
            + " | 126 | %1 is not a valid Win32 application",
      })
  void mapsStartFailureToExitCode(String text, int exitCode, String reason) {
    CommandFailure failure =
        ChildProgram.cannotRun("psql", new IOException("Cannot run program \"psql\": " + text));

    assertThat(failure.exitCode()).isEqualTo(exitCode);
    assertThat(failure).hasMessage("cannot run \"psql\": " + reason);
  }
}
