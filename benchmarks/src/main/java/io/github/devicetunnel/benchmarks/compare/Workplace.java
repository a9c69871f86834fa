package io.github.devicetunnel.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.stream.Stream;

/**
 * The stage and a folder for files, both of which go at the end.
 *
 * @param folder for keys, certificates and what peers print
 */
record Workplace(Stage stage, Path folder, boolean tls) implements AutoCloseable {

  static Workplace create(boolean tls) throws IOException, GeneralSecurityException {
    Path folder = Files.createTempDirectory("tunnel-benchmark");
    return new Workplace(Stage.set(tls, folder), folder, tls);
  }

  /** When and where, for the line above a table. */
  String describe() {
    return "%s, %s %s, %d processors, %s%n"
        .formatted(
            LocalDate.now(ZoneOffset.UTC),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            Runtime.getRuntime().availableProcessors(),
            tls ? "wss" : "ws");
  }

  @Override
  public void close() throws IOException {
    stage.close();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
