package io.github.devicetunnel.it.drivers;

import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.RandomBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Creates files of {@link RandomBytes}. */
final class RandomFile {
  private RandomFile() {}

  static Path create(Path file, long seed, long count) throws IOException {
    Files.copy(new RandomBytes(seed, count), file);
    return file;
  }

  /** Returns the digest of any file. */
  static Digest digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Digest.of(in);
    }
  }
}
