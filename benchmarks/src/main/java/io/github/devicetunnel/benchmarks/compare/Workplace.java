package io.github.devicetunnel.benchmarks.compare;

import io.github.devicetunnel.benchmarks.machine.SlowPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The stage and a temporary directory, both removed on close.
 *
 * @param folder the directory for keys, certificates and the output of peers
 * @param place a description of the connection between the peers and the stage
 */
record Workplace(Stage stage, Path folder, String place) implements AutoCloseable {

  static Workplace create(boolean tls) throws IOException, GeneralSecurityException {
    return create(tls, null);
  }

  /** Creates a workplace with a slow path to the stage, which the caller closes. */
  static Workplace create(boolean tls, @Nullable SlowPath path)
      throws IOException, GeneralSecurityException {
    Path folder = Files.createTempDirectory("tunnel-benchmark");
    String place = (tls ? "wss" : "ws") + (path == null ? "" : ", " + path.describe());
    return new Workplace(Stage.set(tls, folder, path), folder, place);
  }

  /** Returns the date and the environment, for the line above a table. */
  String describe() {
    return "%s, %s %s, %d processors, %s%n"
        .formatted(
            LocalDate.now(ZoneOffset.UTC),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            Runtime.getRuntime().availableProcessors(),
            place);
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
