package io.github.devicetunnel.cli.listen;

import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that contains the addresses of the listeners for other programs. It is replaced
 * atomically, after the listeners in it have been opened.
 */
public final class PortFile {
  public static final String OPTION = "--port-file";

  private static final Logger LOG = LoggerFactory.getLogger(PortFile.class);

  private final Path file;
  private String written = "";

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
      // Created with the default mode, so that other programs can read it.
      Path fresh = file.resolveSibling("." + ProcessHandle.current().pid() + ".port");
      try {
        Files.writeString(fresh, text);
        FileChange replacement = () -> Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        replacement.makeWithin(FileChange.PATIENCE);
        written = text;
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw rejected(file, "cannot be written: " + FileChange.describe(e));
    }
  }

  /** Removes the file, unless another program has replaced it. */
  void delete() {
    try {
      if (Files.readString(file).equals(written)) {
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
