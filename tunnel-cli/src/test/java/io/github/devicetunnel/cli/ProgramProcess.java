package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.testing.TunnelService;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs the program as a process, with a cloud, device, service and key in its environment. */
final class ProgramProcess implements AutoCloseable {
  private final TestProcess process;

  private ProgramProcess(TestProcess process) {
    this.process = process;
  }

  static ProgramProcess start(TunnelService cloud, String... args) throws IOException {
    return start(cloud.uri(), args);
  }

  static ProgramProcess start(String cloudUri, String... args) throws IOException {
    return start(ProgramCommand.of(cloudUri, List.of(args)));
  }

  static ProgramProcess start(ProcessBuilder command) throws IOException {
    return new ProgramProcess(TestProcess.start(command));
  }

  /** Returns the standard input, which stays open until the test closes it. */
  OutputStream input() {
    return process.getOutputStream();
  }

  InputStream output() {
    return process.getInputStream();
  }

  BufferedReader errors() {
    return process.errorReader();
  }

  /** Sends SIGTERM. {@code Process.destroy()} would also close the streams. */
  void terminate() {
    assertThat(process.toHandle().destroy()).isTrue();
  }

  /** Returns false if the process ignores a signal, and true if it does not or if unknown. */
  boolean handles(int signal) throws IOException {
    long bit = 1L << (signal - 1);
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    return !Files.exists(status)
        || Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .noneMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & bit) != 0);
  }

  /** Sends a signal, named without SIG. */
  void signal(String name) throws IOException, InterruptedException {
    String pid = Long.toString(process.pid());
    ProcessBuilder kill = new ProcessBuilder("sh", "-c", "kill -s \"$0\" \"$1\"", name, pid);
    assertThat(TestProcess.start(kill).awaitExit()).isZero();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  int exitCode() throws InterruptedException {
    return process.awaitExit();
  }

  /** Kills the process and its descendants, unless it has ended. */
  @Override
  public void close() {
    process.end();
  }
}
