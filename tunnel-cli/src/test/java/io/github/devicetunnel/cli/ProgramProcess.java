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

/** The program as a process, with a cloud, device, service and key in its environment. */
final class ProgramProcess implements AutoCloseable {
  private final TestProcess process;

  private ProgramProcess(TestProcess process) {
    this.process = process;
  }

  static ProgramProcess start(TunnelService cloud, String... args) throws IOException {
    return start(cloud.uri(), args);
  }

  static ProgramProcess start(String cloudUri, String... args) throws IOException {
    return new ProgramProcess(TestProcess.start(ProgramCommand.of(cloudUri, List.of(args))));
  }

  /** Its standard input, open until it is closed here. */
  OutputStream input() {
    return process.getOutputStream();
  }

  InputStream output() {
    return process.getInputStream();
  }

  BufferedReader errors() {
    return process.errorReader();
  }

  /** Sends SIGTERM; destroy() of the process itself would close its streams as well. */
  void terminate() {
    assertThat(process.toHandle().destroy()).isTrue();
  }

  /**
   * False if it was told to ignore a signal when it was started. Where that cannot be seen, true.
   */
  boolean heeds(int signal) throws IOException {
    long bit = 1L << (signal - 1);
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    return !Files.exists(status)
        || Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .noneMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & bit) != 0);
  }

  /** Sends a signal, by its name without SIG. */
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

  /** Kills it, unless it has ended, with the program that it runs. */
  @Override
  public void close() {
    process.end();
  }
}
