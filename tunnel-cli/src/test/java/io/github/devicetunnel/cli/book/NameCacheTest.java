package io.github.devicetunnel.cli.book;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.TestSignals;
import io.github.devicetunnel.cli.process.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class NameCacheTest {
  private static final String CLOUD = "wss://cloud.example";

  @TempDir private Path folder;

  private NameCache cache(String cloudUri) {
    return NameCache.of(cloudUri, environment("XDG_CACHE_HOME", folder.toString()));
  }

  private static Environment environment(String variable, String value) {
    return new Environment(
        Map.of(variable, value), InputStream.nullInputStream(), new TestSignals());
  }

  private Path file() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("device-tunnel"))) {
      return files.findFirst().orElseThrow();
    }
  }

  @Test
  void keepsNamesOfEachCloud() {
    cache(CLOUD).write(List.of("turbine-7", "pump-3"));
    cache("wss://other.example").write(List.of());

    assertThat(cache(CLOUD).read(Instant.now())).containsExactly("turbine-7", "pump-3");
    assertThat(cache("wss://other.example").read(Instant.now())).isEmpty();
    assertThat(cache("wss://third.example").read(Instant.now())).isNull();
  }

  @Test
  void omitsNamesThatAShellWouldHaveToQuote() {
    cache(CLOUD).write(List.of("turbine-7", "a b", "$(reboot)", "-x", "x\ny", "017b".repeat(8)));

    assertThat(cache(CLOUD).read(Instant.now())).containsExactly("turbine-7");
  }

  @Test
  void expiresAfterFiveMinutes() throws Exception {
    cache(CLOUD).write(List.of("turbine-7"));
    Instant written = Files.getLastModifiedTime(file()).toInstant();

    assertThat(cache(CLOUD).read(written.plus(Duration.ofMinutes(4)))).isNotNull();
    assertThat(cache(CLOUD).read(written.plus(Duration.ofMinutes(5)))).isNull();
    assertThat(cache(CLOUD).read(written.minusSeconds(1))).as("clock set back").isNull();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void onlyOwnerCanReadFile() throws Exception {
    cache(CLOUD).write(List.of("turbine-7"));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void ignoresForeignFiles() throws Exception {
    cache(CLOUD).write(List.of("turbine-7"));
    Path file = file();
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe});
    assertThat(cache(CLOUD).read(Instant.now())).isNull();
    Files.write(file, new byte[(1 << 20) + 1]);
    assertThat(cache(CLOUD).read(Instant.now())).isNull();
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(cache(CLOUD).read(Instant.now())).isNull();
    cache(CLOUD).write(List.of("pump-3")); // replaces an empty folder, or keeps it
  }

  @Test
  void worksWithoutFolder() throws Exception {
    NameCache homeless = NameCache.of(CLOUD, environment("LANG", "C"));
    homeless.write(List.of("turbine-7"));
    assertThat(homeless.read(Instant.now())).isNull();

    Path taken = Files.writeString(folder.resolve("file"), "");
    NameCache blocked = NameCache.of(CLOUD, environment("HOME", taken.toString()));
    blocked.write(List.of("turbine-7"));
    assertThat(blocked.read(Instant.now())).isNull();
  }
}
