package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.ProgramRun;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the jars on the module path; all other tests use the class path. */
final class ModulePathTest {
  private static final Path PROGRAM =
      Path.of(
          System.getProperty("tunnel.root"),
          "tunnel-cli/target/tunnel-cli-" + System.getProperty("tunnel.version"));

  @TempDir Path folder;

  /** The demo sends bytes through every module. */
  @Test
  void programRunsOnModulePath() throws Exception {
    String output =
        ProgramRun.in(
                folder,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path",
                PROGRAM.resolve("lib").toString(),
                "--module",
                "io.github.devicetunnel.cli/io.github.devicetunnel.cli.Main",
                "demo",
                "--once")
            .succeed();

    assertThat(output).contains("This page came through the tunnel.");
  }
}
