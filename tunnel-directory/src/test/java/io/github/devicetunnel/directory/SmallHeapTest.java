package io.github.devicetunnel.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists more devices than a small heap can hold. */
class SmallHeapTest {
  private static final int DEVICES = 10_000;
  private static final int ATTRIBUTES = 12;
  private static final int LENGTH = 500;

  @TempDir Path folder;

  /** Another JVM that lists all devices. */
  static final class ListingProgram {
    public static void main(String[] arguments) {
      try (TunnelClient client =
          TunnelClient.builder()
              .cloudUri(arguments[0])
              .credentials(Credentials.apiKey(DirectoryServer.KEY))
              .build()) {
        long characters =
            DeviceDirectory.of(client)
                .list(DeviceQuery.all())
                .flatMap(device -> device.customAttributes().values().stream())
                .mapToLong(String::length)
                .sum();
        System.out.println(characters);
      }
    }
  }

  @Test
  void listsMoreDevicesThanFitIntoHeap() throws Exception {
    String attributes =
        IntStream.range(0, ATTRIBUTES)
            .mapToObj(i -> "\"key-" + i + "\":\"" + "x".repeat(LENGTH) + "\"")
            .collect(Collectors.joining(","));
    try (DirectoryServer server = new DirectoryServer()) {
      server.serve(
          DEVICES,
          i ->
              "{\"id\":\""
                  + DirectoryServer.id(i)
                  + "\",\"custom_attributes\":{"
                  + attributes
                  + "}}");
      Path output = folder.resolve("output");
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx64m",
                  "-XX:+ExitOnOutOfMemoryError",
                  "-cp",
                  System.getProperty("java.class.path"),
                  ListingProgram.class.getName(),
                  server.uri())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try {
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      } finally {
        process.destroyForcibly();
      }
      // 60 MB in all, and 6 MB in a page
      assertThat(Files.readString(output, StandardCharsets.UTF_8).lines())
          .last()
          .isEqualTo(String.valueOf((long) DEVICES * ATTRIBUTES * LENGTH));
      assertThat(server.requests()).hasSize(10);
    }
  }
}
