package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.PackagedProgram;
import io.github.devicetunnel.it.support.ProgramRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Completes command lines in real shells. There is no test in PowerShell. */
@DisabledOnOs(OS.WINDOWS)
final class ShellCompletionTest {
  private static final String OTHER_DEVICE = Cloud.DEVICE.replace("00000000", "000000ff");

  /** Calls the function as bash does, and as the bashcompinit of zsh does. */
  private static final String COMPLETE =
      """
      complete_line() {
        COMP_LINE=$1 COMP_POINT=${#1}
        COMP_WORDS=($1)
        case $1 in *' ') COMP_WORDS+=('') ;; esac
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
        _complete_tunnel
        echo "${COMPREPLY[*]}"
      }
      """;

  private static final String BASH_SCRIPT = "share/bash-completion/completions/tunnel";

  /**
   * A shell with its packaged script, and the code that loads it and defines {@code complete_line}.
   */
  enum Shell {
    BASH(BASH_SCRIPT, ". '%s'\n" + COMPLETE),
    ZSH(
        BASH_SCRIPT,
        "autoload -U compinit && compinit -D -u\n. '%s'\nemulate sh\nsetopt kshglob\n" + COMPLETE),
    FISH(
        "share/fish/vendor_completions.d/tunnel.fish",
        """
        source '%s'
        function complete_line
            echo (complete -C $argv | string replace -r '\\t.*' '' | sort)
        end
        """);

    private final String script;
    private final String code;

    Shell(String script, String code) {
      this.script = script;
      this.code = code;
    }

    String program() {
      return Externals.program(name().toLowerCase(Locale.ROOT));
    }

    /** Returns a completion that the shell inserts after a part of a word. */
    String after(String start, String rest) {
      return this == BASH ? rest : start + rest;
    }
  }

  @TempDir Path folder;
  private Path bin;
  private Path calls;

  @BeforeEach
  void createFolder() throws IOException {
    bin = Files.createDirectory(folder.resolve("bin"));
    calls = folder.resolve("calls");
  }

  /** Returns the completions of lines, separated by spaces. */
  private List<String> complete(Shell shell, Map<String, String> variables, String... lines)
      throws Exception {
    StringBuilder code =
        new StringBuilder(shell.code.formatted(PackagedProgram.HOME.resolve(shell.script)));
    for (String line : lines) {
      code.append("complete_line '").append(line).append("'\n");
    }
    ProgramRun.Builder run =
        ProgramRun.in(folder, shell.program(), "-c", code.toString())
            .variable("JAVA_HOME", System.getProperty("java.home"))
            .variable("PATH", bin + ":" + System.getenv("PATH"));
    variables.forEach(run::variable);
    return run.succeed().lines().map(String::strip).toList();
  }

  /** Replaces the program by one that records its arguments and prints a text. */
  private void installStub(String text) throws IOException {
    Path printed = Files.writeString(folder.resolve("printed"), text);
    Path stub = bin.resolve("tunnel");
    Files.writeString(stub, "#!/bin/sh\necho \"$*\" >>'%s'\ncat '%s'\n".formatted(calls, printed));
    Files.setPosixFilePermissions(stub, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String config(String... lines) throws IOException {
    return Files.write(folder.resolve("tunnel.yaml"), List.of(lines)).toString();
  }

  @ParameterizedTest
  @EnumSource
  void completesNamesOfConfiguration(Shell shell) throws Exception {
    Files.createSymbolicLink(bin.resolve("tunnel"), PackagedProgram.LAUNCHER);
    String config =
        config(
            "devices:",
            "  turbine-7: " + Cloud.DEVICE,
            "  pump-3: {id: " + OTHER_DEVICE + ", services: {scada: '10.0.0.5:22'}}",
            "services: {ssh: '127.0.0.1:22'}",
            "profiles: {plant-a: {}, '$(touch x)': {}, '`touch x`': {}}");

    assertThat(
            complete(
                shell,
                Map.of("TUNNEL_CONFIG", config),
                "tunnel --device ",
                "tunnel stdio --device pump-3 --service s",
                "tunnel -L :0=pump-3/s",
                "tunnel check --profile "))
        .containsExactly(
            "pump-3 turbine-7",
            "scada ssh",
            shell.after(":0=", "pump-3/scada") + " " + shell.after(":0=", "pump-3/ssh"),
            "plant-a");
    assertThat(folder.resolve("x")).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource
  void invalidConfigurationHasNoNames(Shell shell) throws Exception {
    Files.createSymbolicLink(bin.resolve("tunnel"), PackagedProgram.LAUNCHER);
    String config = config("devices: {\"'$(touch x)`touch x`\\n\": " + Cloud.DEVICE + "}");

    assertThat(complete(shell, Map.of(), "tunnel --config " + config + " --device "))
        .containsExactly("");
    assertThat(folder.resolve("x")).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource
  void passesWordsOfCommandLine(Shell shell) throws Exception {
    installStub("turbine-7\npump-3\n");

    assertThat(
            complete(
                shell,
                Map.of(),
                "tunnel --config my.yaml --profile=plant-a --device tur",
                "tunnel listen --device=tur",
                "tunnel jwt create --config ~/my.yaml --device x --service=p",
                "tunnel exec -L 127.0.0.1:0=tur",
                "tunnel -L unix:/run/x=turbine-7/p",
                "tunnel check --device x --profile p"))
        .containsExactly(
            "turbine-7",
            shell.after("--device=", "turbine-7"),
            shell.after("--service=", "pump-3"),
            shell.after("127.0.0.1:0=", "turbine-7/"),
            shell.after("unix:/run/x=", "turbine-7/pump-3"),
            "pump-3");
    assertThat(calls)
        .hasContent(
            """
            completion names devices --config=my.yaml --profile=plant-a
            completion names devices
            completion names services x --config=%s/my.yaml
            completion names devices
            completion names services turbine-7
            completion names profiles
            """
                .formatted(folder));
  }

  /** Outside of an interactive shell, zsh neither selects matching words nor completes files. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ZSH")
  void completesCommandsOptionsAndFiles(Shell shell) throws Exception {
    Files.createFile(folder.resolve("my.yaml"));

    assertThat(
            complete(
                shell,
                Map.of(),
                "tunnel st",
                "tunnel stdio --half",
                "tunnel --config my.y",
                "tunnel listen --device x --api-key-file my.y",
                "tunnel completion f",
                "tunnel jwt c"))
        .containsExactly("stdio", "--half-close-timeout", "my.yaml", "my.yaml", "fish", "create");
  }

  @ParameterizedTest
  @EnumSource
  void runsProgramOnlyForNames(Shell shell) throws Exception {
    installStub("turbine-7\n");

    complete(
        shell,
        Map.of(),
        "tunnel ",
        "tunnel --dev",
        "tunnel --device x ",
        "tunnel --device x --log-level ",
        "tunnel -L :8080",
        "tunnel check --config x",
        "tunnel exec -- curl --device x");
    assertThat(calls).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource
  void ignoresOutputThatIsNoName(Shell shell) throws Exception {
    installStub("$(touch x)\n`touch x`\n;touch x\n'\n\"\n*\n\n-\\n\n\u001b[1m\nplain\n");

    assertThat(complete(shell, Map.of(), "tunnel --device ")).containsExactly("plain");
    assertThat(folder.resolve("x")).doesNotExist();
  }
}
