package io.github.devicetunnel.it.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.TunnelProgram;
import io.github.devicetunnel.testing.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Tests the status line that the packaged program shows on a terminal and nowhere else. */
final class TerminalOutputTest {
  private static final Pattern ERASED = Pattern.compile("[^\n]*\r\u001b\\[2K");
  private static final Pattern CONTROL = Pattern.compile("\u001b\\[[?\\d;]*[A-Za-z]|\r");

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;

  private TestingCloud cloud;

  @BeforeEach
  void start() throws IOException {
    cloud = TunnelProgram.echo();
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  private Map<String, String> variables(String... more) {
    Map<String, String> variables = new HashMap<>(TunnelProgram.settings(cloud));
    variables.put("TERM", "xterm");
    for (int i = 0; i < more.length; i += 2) {
      variables.put(more[i], more[i + 1]);
    }
    return variables;
  }

  /**
   * Opens a connection that is rejected, and one that carries a thousand bytes in each direction.
   */
  private static void connectTwice(int port) throws IOException {
    TunnelProgram.connectAndExpectClose(port);
    TunnelProgram.connectAndExchange(port).close();
  }

  /** Returns the lines that remain on the screen. */
  private static List<String> screen(String output) {
    return ERASED.matcher(output).replaceAll("").lines().map(TerminalOutputTest::plain).toList();
  }

  private static String plain(String line) {
    return CONTROL.matcher(line).replaceAll("");
  }

  @Test
  void statusLineDisappearsAtExit() throws Exception {
    cloud.service().device(TunnelProgram.DEVICE).faults().onNextConnect(Fault.reject(404));
    try (TunnelProgram program = TunnelProgram.onTerminal(folder, variables())) {
      int port = program.awaitPort();
      program.await("0 open, 0 total  up 0 B/s \\(0 B\\)  down 0 B/s \\(0 B\\)  0 failed");
      connectTwice(port);
      program.await(
          "0 open, 1 total  up [^ ]+ k?B/s \\(1.00 kB\\)  down [^ ]+ k?B/s \\(1.00 kB\\)"
              + "  \u001b\\[31m1 failed");
      assertThat(program.terminate()).isZero();

      assertThat(screen(program.output()))
          .satisfiesExactly(
              line -> assertThat(line).startsWith("Listening on 127.0.0.1:" + port + " -> "),
              line -> assertThat(line).contains(" WARN  Connection 1 ").contains("404"),
              line -> assertThat(line).startsWith("Stopping; "),
              line -> assertThat(line).startsWith("Stopped; "));
    }
  }

  @Test
  void noColorVariableDisablesColors() throws Exception {
    cloud.service().device(TunnelProgram.DEVICE).faults().onNextConnect(Fault.reject(404));
    try (TunnelProgram program = TunnelProgram.onTerminal(folder, variables("NO_COLOR", "1"))) {
      connectTwice(program.awaitPort());
      program.await("1 failed");
      assertThat(program.terminate()).isZero();

      assertThat(program.output()).doesNotContainPattern("\u001b\\[[0-9;]*m");
    }
  }

  @Test
  void dumbTerminalShowsNoStatusLine() throws Exception {
    try (TunnelProgram program = TunnelProgram.onTerminal(folder, variables("TERM", "dumb"))) {
      assertPlain(program);
    }
  }

  /** The status line would overwrite the input of the user. */
  @Test
  void backgroundProgramShowsNoStatusLine() throws Exception {
    cloud.service().device(TunnelProgram.DEVICE).faults().onNextConnect(Fault.reject(404));
    try (TunnelProgram program = TunnelProgram.inBackground(folder, variables())) {
      connectTwice(program.awaitPort());
      assertThat(program.terminate()).isZero();
      assertThat(program.output()).contains("Stopped; ").doesNotContain("\u001b[2K", " total");
    }
  }

  @Test
  void jsonOutputContainsNoStatusLine() throws Exception {
    try (TunnelProgram program = TunnelProgram.onTerminal(folder, variables(), "--output=json")) {
      program.await("\"event\":\"listening\"");
      assertThat(program.terminate()).isZero();
      assertThat(program.output()).doesNotContain("\u001b", " total");
    }
  }

  @Test
  void fileContainsNoStatusLine() throws Exception {
    try (TunnelProgram program = TunnelProgram.start(folder, variables("TUNNEL_TERMINAL", "yes"))) {
      assertPlain(program);
    }
  }

  private static void assertPlain(TunnelProgram program) throws Exception {
    program.awaitPort();
    assertThat(program.terminate()).isZero();
    assertThat(program.output()).contains("Stopped; ").doesNotContain("\u001b", " total");
  }
}
