package io.github.devicetunnel.cli.listen;

import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that contains the addresses of the listeners for other programs. It is replaced
 * atomically, after the listeners in it have been opened.
 */
public final class PortFile {
  public static final String OPTION = "--port-file";

  private static final Logger LOG = LoggerFactory.getLogger(PortFile.class);

  /**
   * Identifies a version of the file. Its content is not read, because a file that has replaced it
   * may be a pipe or a device.
   *
   * @param key the inode; null on Windows
   */
  private record Version(@Nullable Object key, long size, FileTime modified) {
    static Version of(Path file) throws IOException {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return new Version(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
    }
  }

  private final Path file;

  /** Null before the first write. */
  private @Nullable Version written;

  private PortFile(Path file) {
    this.file = file;
  }

  /**
   * Checks that the file can be written, and removes it. A killed run may have left a file with
   * addresses that do not accept connections.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if the file cannot be written or removed
   */
  public static PortFile at(Path path) {
    Path file = path.toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw rejected(file, "is a directory; specify a file");
    }
    if (!Files.isWritable(folder)) {
      throw rejected(file, "the directory does not exist or is not writable");
    }
    try {
      FileChange removal = () -> Files.deleteIfExists(file);
      removal.makeWithin(FileChange.PATIENCE);
    } catch (IOException e) {
      throw rejected(file, "cannot be written: " + FileChange.describe(e));
    }
    return new PortFile(file);
  }

  void write(List<SocketAddress> addresses) {
    String text =
        addresses.stream().map(a -> ListenAddress.text(a) + "\n").collect(Collectors.joining());
    try {
      replace(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw rejected(file, "cannot be written: " + FileChange.describe(e));
    }
  }

  private void replace(byte[] bytes) throws IOException {
    // Other users and containers may create files in the directory. CREATE_NEW follows no link, and
    // fails if the file exists. The default mode lets other programs read the file.
    Path fresh = file.resolveSibling("." + UUID.randomUUID() + ".port");
    OutputStream created =
        Files.newOutputStream(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      try (created) {
        created.write(bytes);
      }
      Version version = Version.of(fresh);
      FileChange replacement = () -> Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      replacement.makeWithin(FileChange.PATIENCE);
      written = version;
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Removes the file, unless another program has replaced or changed it. */
  void delete() {
    try {
      if (Version.of(file).equals(written)) {
        FileChange removal = () -> Files.delete(file);
        removal.makeWithin(FileChange.PATIENCE);
      }
    } catch (NoSuchFileException e) {
      // The file was never written, or has already been removed.
    } catch (IOException e) {
      LOG.warn("{} could not be removed: {}", file, FileChange.describe(e));
    }
  }

  private static CommandFailure rejected(Path file, String why) {
    return CommandFailure.usage(OPTION + ": " + file + ": " + why);
  }
}
