package io.github.devicetunnel.it.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.PackagedProgram;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.TestProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the packaged program with pipes as standard streams, which a parent process has prepared.
 */
final class PipedProgram implements AutoCloseable {
  /** Makes the descriptors in the first argument non-blocking, and runs the other arguments. */
  static final String NON_BLOCKING =
      """
      use Fcntl;
      for (split ",", shift) {
        open(my $pipe, "+<&=", $_) or die;
        fcntl($pipe, F_SETFL, fcntl($pipe, F_GETFL, 0) | O_NONBLOCK) or die;
      }
      exec { $ARGV[0] } @ARGV;
      """;

  /** Fills the pipe of the descriptor in the first argument, and runs the other arguments. */
  static final String FULL =
      """
      use Fcntl;
      open(my $pipe, ">&=", shift) or die;
      my $flags = fcntl($pipe, F_GETFL, 0);
      fcntl($pipe, F_SETFL, $flags | O_NONBLOCK) or die;
      1 while defined syswrite($pipe, "." x 4096);
      1 while defined syswrite($pipe, ".");
      fcntl($pipe, F_SETFL, $flags) or die;
      exec { $ARGV[0] } @ARGV;
      """;

  private final TestProcess process;

  private PipedProgram(TestProcess process) {
    this.process = process;
  }

  /**
   * Starts the program.
   *
   * @param parent a Perl script that takes the descriptors and runs the program
   */
  static PipedProgram start(
      ProgramBench bench, String parent, String descriptors, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(List.of(Externals.program("perl"), "-e", parent, descriptors));
    command.add(PackagedProgram.LAUNCHER.toString());
    command.addAll(List.of(arguments));
    return new PipedProgram(TestProcess.start(bench.prepare(command)));
  }

  /**
   * Starts {@code listen} on a terminal that Ctrl-S has stopped before the program starts.
   *
   * @param options options that require no quotes in a shell
   */
  static PipedProgram onStoppedTerminal(ProgramBench bench, String... options) throws IOException {
    String line =
        "read -r line; exec '" + PackagedProgram.LAUNCHER + "' listen " + String.join(" ", options);
    PipedProgram program =
        new PipedProgram(
            TestProcess.start(
                bench.prepare(
                    List.of(Externals.program("script"), "-q", "-e", "-c", line, "/dev/null"))));
    // The terminal consumes Ctrl-S, and the shell waits for the newline.
    program.input().write(new byte[] {'S' - '@', '\n'});
    program.input().flush();
    return program;
  }

  InputStream output() {
    return process.getInputStream();
  }

  InputStream errors() {
    return process.getErrorStream();
  }

  OutputStream input() {
    return process.getOutputStream();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for the file that names the port of the only listener. */
  int awaitPort(Path portFile) throws IOException {
    Await.until("" + portFile, () -> Files.exists(portFile) || !isAlive());
    String address = Files.readString(portFile).strip();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  /** Sends SIGTERM to the program, and not to the terminal around it. */
  void terminate() {
    ProcessHandle innermost =
        process.descendants().reduce((parent, child) -> child).orElse(process.toHandle());
    assertThat(innermost.destroy()).isTrue();
  }

  /** Waits until the program exits, without reading its output. */
  int exitCode() throws InterruptedException {
    return process.awaitExit();
  }

  @Override
  public void close() throws IOException {
    process.end();
    process.getOutputStream().close();
    process.getInputStream().close();
    process.getErrorStream().close();
  }
}
