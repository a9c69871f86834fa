package io.github.devicetunnel.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.TestSignals;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {
  private static final String ERASE = "\r\u001b[2K";

  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

  private Terminal terminal(Map<String, String> variables) {
    return Terminal.of(
        new Environment(variables, InputStream.nullInputStream(), new TestSignals()),
        screen,
        screen);
  }

  private static void print(OutputStream stream, String text) throws IOException {
    stream.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private String written() {
    String text = screen.toString(StandardCharsets.UTF_8);
    screen.reset();
    return text;
  }

  private static String line(String text) {
    return ERASE + "\u001b[?7l" + text + "\u001b[?7h\r";
  }

  @Test
  void erasesStatusLineBeforeOutput() throws Exception {
    Terminal terminal = terminal(Map.of("TUNNEL_TERMINAL", "yes", "TERM", "xterm"));
    terminal.show("1 open");
    assertThat(written()).isEqualTo(line("1 open"));
    terminal.show("1 open");
    assertThat(written()).as("when nothing changed").isEmpty();
    print(terminal.err(), "a warning\n");
    assertThat(written()).isEqualTo(ERASE + "a warning\n");
    print(terminal.out(), "a result\n");
    assertThat(written()).isEqualTo("a result\n");
    terminal.show("1 open");
    assertThat(written()).isEqualTo(line("1 open"));
    terminal.show("");
    assertThat(written()).isEqualTo(ERASE);
  }

  @Test
  void waitsForEndOfOutputLine() throws Exception {
    Terminal terminal = terminal(Map.of("TUNNEL_TERMINAL", "yes"));
    print(terminal.out(), "half");
    terminal.show("1 open");
    assertThat(written()).isEqualTo("half");
    print(terminal.out(), " a line\n");
    terminal.show("1 open");
    assertThat(written()).isEqualTo(" a line\n" + line("1 open"));
  }

  @Test
  void showsNothingWithoutTerminal() throws Exception {
    for (Map<String, String> variables :
        List.of(Map.<String, String>of(), Map.of("TUNNEL_TERMINAL", "yes", "TERM", "dumb"))) {
      Terminal terminal = terminal(variables);
      terminal.show("1 open");
      print(terminal.out(), "a result\n");
      assertThat(written()).isEqualTo("a result\n");
      assertThat(terminal.hasColours()).isFalse();
    }
  }

  @Test
  void disablesColoursWithNoColor() {
    assertThat(terminal(Map.of("TUNNEL_TERMINAL", "yes")).hasColours()).isTrue();
    assertThat(terminal(Map.of("TUNNEL_TERMINAL", "yes", "NO_COLOR", "1")).hasColours()).isFalse();
  }
}
