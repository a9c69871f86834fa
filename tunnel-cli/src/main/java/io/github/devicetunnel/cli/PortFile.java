package io.github.devicetunnel.cli;

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
 * The file that tells other programs where this one listens. Whoever sees it sees all of it, and
 * everything that it names listens.
 */
final class PortFile {
  static final String OPTION = "--port-file";

  private static final Logger LOG = LoggerFactory.getLogger(PortFile.class);

  private final Path file;
  private String written = "";

  private PortFile(Path file) {
    this.file = file;
  }

  /**
   * Removes what a run that was killed has left there: it would lead others to a port on which this
   * one does not listen yet. Writes nothing.
   */
  static PortFile at(Path path) {
    Path file = path.toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw refused(file, "is a folder");
    }
    if (!Files.isWritable(folder)) {
      throw refused(file, "there is no such folder, or you may not write to it");
    }
    try {
      FileChange removal = () -> Files.deleteIfExists(file);
      removal.makeWithin(FileChange.PATIENCE);
    } catch (IOException e) {
      throw refused(file, "cannot be written: " + FileChange.describe(e));
    }
    return new PortFile(file);
  }

  void write(List<SocketAddress> addresses) {
    String text =
        addresses.stream().map(a -> ListenAddress.text(a) + "\n").collect(Collectors.joining());
    try {
      // With the mode that any other file gets, since it is for other programs.
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
      throw refused(file, "cannot be written: " + FileChange.describe(e));
    }
  }

  /** Unless another program has written its own there. */
  void delete() {
    try {
      if (Files.readString(file).equals(written)) {
        FileChange removal = () -> Files.delete(file);
        removal.makeWithin(FileChange.PATIENCE);
      }
    } catch (NoSuchFileException e) {
      // It was never written, or somebody else has removed it.
    } catch (IOException e) {
      LOG.warn("{} could not be removed: {}", file, FileChange.describe(e));
    }
  }

  private static CommandFailure refused(Path file, String why) {
    return CommandFailure.usage(OPTION + ": " + file + ": " + why);
  }
}
