package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/** Makes named pipes. Not on Windows. */
final class Pipes {
  private Pipes() {}

  /** Makes a pipe. A reader of it blocks until another program opens it for writing. */
  static Path make(Path path) throws IOException, InterruptedException {
    ProcessBuilder command = new ProcessBuilder("mkfifo", path.toString());
    assertThat(TestProcess.start(command).awaitExit()).isZero();
    return path;
  }
}
