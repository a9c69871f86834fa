package io.github.devicetunnel.cli.completion;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.Program;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks the text of completion scripts. The integration tests run them in bash, zsh and fish.
 * There is no test in PowerShell.
 */
class CompletionScriptTest {
  private static String script(String shell) {
    Program program = new Program().run("completion", shell);
    assertThat(program.errors()).isEmpty();
    assertThat(program.exitCode()).isZero();
    return program.output();
  }

  @Test
  void powerShellTableDescribesCommandsAndOptions() {
    List<String> rows =
        script("powershell")
            .lines()
            .dropWhile(line -> !line.endsWith("@'"))
            .skip(1)
            .takeWhile(line -> !line.startsWith("'@"))
            .toList();

    assertThat(rows)
        .allMatch(row -> row.matches("[a-z -]*\\|[\\w-]+\\|=?[a-z ]+\\|[ -~]+"))
        .contains(
            "|--device|devices|Name or ID (32 hex digits) of the gateway",
            "|stdio|command|Connects standard input and output to one tunnel, and prints nothing"
                + " else",
            "jwt create|--service|services|Name or IP:PORT of the service that the token is limited"
                + " to")
        .anyMatch(row -> row.startsWith("exec|-L|target|"))
        .anyMatch(row -> row.startsWith("check|--profile|profiles|"))
        .anyMatch(row -> row.startsWith("check|--config|value|"))
        .anyMatch(row -> row.startsWith("completion|powershell|word|"))
        .noneMatch(row -> row.contains("|names|") || row.contains("man-page"));
  }

  @Test
  void powerShellCodeIsComplete() {
    String script = script("powershell");
    String code =
        script
            .replaceAll("(?s)@'\n.*?\n'@", "''")
            .replaceAll("'[^'\n]*'", "")
            .replaceAll("#.*", "");
    for (String pair : List.of("{}", "()", "[]")) {
      assertThat(code.chars().filter(c -> c == pair.charAt(0)).count())
          .as(pair)
          .isPositive()
          .isEqualTo(code.chars().filter(c -> c == pair.charAt(1)).count());
    }
    assertThat(code).doesNotContain("@TABLE@", "'").contains("Register-ArgumentCompleter -Native");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish", "powershell"})
  void scriptExecutesNoText(String shell) {
    assertThat(script(shell))
        .contains("completion names")
        .doesNotContainPattern("(?i)\\b(eval|iex|invoke-expression|source)\\b *[\"$(]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcsh", ""})
  void unsupportedShellIsUsageError(String shell) {
    Program program = new Program().run("completion", shell);
    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.errors()).contains("specify bash, zsh, fish or powershell");
  }
}
