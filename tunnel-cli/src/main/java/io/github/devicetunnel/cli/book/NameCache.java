package io.github.devicetunnel.cli.book;

import io.github.devicetunnel.cli.process.Environment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file with the names of a directory's devices, for the completion of names in a shell, which
 * must not wait for a request. Only its owner can read it. A failure to read or write the file has
 * no other effect.
 */
public final class NameCache {
  private static final Logger LOG = LoggerFactory.getLogger(NameCache.class);

  private static final Duration MAX_AGE = Duration.ofMinutes(5);

  /** No more names are of use in a shell. */
  public static final int MAX_NAMES = 10_000;

  private static final long MAX_BYTES = 1 << 20;

  private final @Nullable Path file;

  private NameCache(@Nullable Path file) {
    this.file = file;
  }

  /**
   * Returns the cache for the directory of a cloud.
   *
   * @param cloudUri the URI of the cloud, as configured
   */
  public static NameCache of(String cloudUri, Environment environment) {
    String cache = environment.variable("XDG_CACHE_HOME");
    String home = environment.variable("HOME");
    String cloud = UUID.nameUUIDFromBytes(cloudUri.getBytes(StandardCharsets.UTF_8)).toString();
    try {
      if (cache != null && Path.of(cache).isAbsolute()) {
        return new NameCache(Path.of(cache, "device-tunnel", "names-" + cloud));
      }
      return new NameCache(
          home == null ? null : Path.of(home, ".cache", "device-tunnel", "names-" + cloud));
    } catch (InvalidPathException e) {
      return new NameCache(null);
    }
  }

  /** Returns the names, or null if there are none or they are too old. */
  public @Nullable List<String> read(Instant now) {
    if (file == null) {
      return null;
    }
    try {
      Instant written = Files.getLastModifiedTime(file).toInstant();
      boolean fresh = !written.isAfter(now) && written.plus(MAX_AGE).isAfter(now);
      if (!fresh || !Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
        return null;
      }
      try (Stream<String> lines = Files.lines(file)) {
        return lines.filter(AddressBook::isName).toList();
      }
    } catch (IOException | RuntimeException e) {
      return null; // no file, or not one of ours
    }
  }

  /** Replaces the names. Omits names that a shell would have to quote. */
  public void write(Collection<String> names) {
    if (file == null) {
      return;
    }
    try {
      Path folder = file.toAbsolutePath().getParent();
      Files.createDirectories(folder);
      // Files.createTempFile creates a file that only its owner can read.
      Path fresh = Files.createTempFile(folder, "names-", ".tmp");
      try {
        Files.write(fresh, names.stream().filter(AddressBook::isName).limit(MAX_NAMES).toList());
        Files.move(
            fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("the names of devices could not be cached", e);
    }
  }
}
