package io.github.devicetunnel.it.support;

import static java.util.Comparator.comparingDouble;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Programs that are not part of the build. Tests that require a missing program are skipped, or
 * fail if the system property {@code tunnel.requireExternals} is true.
 */
public final class Externals {
  private static final Path POSTGRESQL = Path.of("/usr/lib/postgresql");

  private Externals() {}

  /** Returns if the program is present; otherwise skips or fails the test. */
  public static void need(boolean present, String reason) {
    if (!present && Boolean.getBoolean("tunnel.requireExternals")) {
      throw new AssertionError(reason);
    }
    assumeTrue(present, reason);
  }

  /** Returns the absolute path of a program in {@code PATH} or {@code /usr/sbin}. */
  public static String program(String name) {
    Stream<Path> path =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)).map(Path::of);
    return firstWith(name, Stream.concat(path, Stream.of(Path.of("/usr/sbin"))));
  }

  /** As {@link #program}, for a program of the newest PostgreSQL that Debian installed. */
  public static String postgresProgram(String name) throws IOException {
    need(Files.isDirectory(POSTGRESQL), "there is no " + POSTGRESQL);
    try (Stream<Path> versions = Files.list(POSTGRESQL)) {
      return firstWith(
          name,
          versions
              .sorted(comparingDouble(Externals::version).reversed())
              .map(version -> version.resolve("bin")));
    }
  }

  private static double version(Path folder) {
    try {
      return Double.parseDouble(folder.getFileName().toString());
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String firstWith(String name, Stream<Path> folders) {
    Optional<Path> found =
        folders.map(folder -> folder.resolve(name)).filter(Files::isExecutable).findFirst();
    need(found.isPresent(), "there is no program " + name);
    return found.orElseThrow().toAbsolutePath().toString();
  }
}
