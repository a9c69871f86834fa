package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.Redaction;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.process.Output;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;
import picocli.codegen.aot.graalvm.ReflectionConfigGenerator;

/** Checks the GraalVM configuration for reflection on commands and options. */
class NativeImageTest {
  private static final Path MODULE = Path.of(System.getProperty("tunnel.root"), "tunnel-cli");
  private static final Path KNOWN =
      MODULE.resolve(
          "src/main/resources/META-INF/native-image/picocli-generated"
              + "/io.github.devicetunnel/tunnel-cli/reflect-config.json");

  @Test
  void reflectionConfigContainsEveryOption() throws Exception {
    String expected = ReflectionConfigGenerator.generateReflectionConfig(program());
    Path folder = Files.createDirectories(MODULE.resolve("target/native-image"));
    Path file = Files.writeString(folder.resolve("reflect-config.json"), expected);

    assertThat(KNOWN).as("if options have changed: cp %s %s", file, KNOWN).hasContent(expected);
  }

  /** Returns the program with all its commands. */
  private static CommandSpec program() {
    Environment environment =
        new Environment(Map.of(), InputStream.nullInputStream(), new TestSignals());
    OutputStream nowhere = OutputStream.nullOutputStream();
    try (Output output =
        Output.of(environment, nowhere, nowhere, Charset.defaultCharset(), false)) {
      Console console = new Console(output, Redaction.of(new String[0], environment));
      return new Commands(environment, new Config(environment, console), console, command -> {})
          .all()
          .getCommandSpec();
    }
  }
}
