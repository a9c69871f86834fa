package io.github.devicetunnel.internal.local;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/**
 * The file of a unix socket. Only its owner can connect at any time: the socket is created in a
 * folder that only the owner can enter, and linked to its path after its mode has been set. If
 * several programs create a file at the same path, only one succeeds: {@code
 * docs/rationale/streams-and-listeners.md}.
 */
final class SocketFile {
  private static final boolean LINUX = System.getProperty("os.name", "").startsWith("Linux");

  private static final FileAttribute<Set<PosixFilePermission>> OWNERS_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final Set<PosixFilePermission> OWNERS_SOCKET =
      PosixFilePermissions.fromString("rw-------");

  /**
   * Maximum length of a path in bytes. The address of a unix socket has 108 bytes on Linux and 104
   * on macOS and the BSDs. Java does not use the last two.
   */
  private static final int MAX_PATH_BYTES = (LINUX ? 108 : 104) - 2;

  /** Maximum number of attempts, because another program may replace the file in between. */
  private static final int MAX_ATTEMPTS = 3;

  /** Mask of the file type in a file mode. */
  private static final int TYPE = 0170000;

  private static final int SOCKET = 0140000;

  private static final String IN_USE = "the socket is in use by another program";

  private final Path path;
  private final Object key;

  private SocketFile(Path path, Object key) {
    this.path = path;
    this.key = key;
  }

  /** An operation that creates a socket at a path. */
  interface Binding {
    void bindTo(Path path) throws IOException;
  }

  /** Returns whether a process listens on the socket at a path. */
  interface Probe {
    boolean isAlive(Path path) throws IOException;
  }

  /**
   * Creates the file. Replaces a socket file that no process uses. Fails if any other file exists.
   *
   * @throws UnsupportedOperationException if the file system has no POSIX permissions
   */
  static SocketFile create(Path path, Binding binding) throws IOException {
    return create(path, binding, SocketFile::isAlive);
  }

  static SocketFile create(Path path, Binding binding, Probe probe) throws IOException {
    if (length(path) > MAX_PATH_BYTES) {
      throw new IOException(
          "the path must have at most " + MAX_PATH_BYTES + " bytes, but has " + length(path));
    }
    String name = "." + UUID.randomUUID().toString().substring(0, 6);
    Path folder = Files.createDirectory(path.resolveSibling(name), OWNERS_FOLDER);
    Path fresh = folder.resolve("s");
    Path old = folder.resolve("o");
    try {
      bind(fresh, binding);
      Files.setPosixFilePermissions(fresh, OWNERS_SOCKET);
      Object key = key(fresh);
      place(fresh, path, old, probe);
      return new SocketFile(path, key);
    } finally {
      Files.deleteIfExists(fresh);
      Files.deleteIfExists(old);
      Files.delete(folder);
    }
  }

  /** Gives a new socket its path. Another program may create or remove a file there meanwhile. */
  private static void place(Path fresh, Path path, Path old, Probe probe) throws IOException {
    IOException last = new IOException("another file exists at this path");
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      try {
        putNew(fresh, path);
        return;
      } catch (FileAlreadyExistsException e) {
        try {
          removeStale(path, old, probe);
        } catch (SocketException unreachable) {
          last = unreachable; // the file may have been missing when it was probed
        }
      }
    }
    throw last;
  }

  /**
   * Puts a socket at a path where no file exists. On Linux, this is atomic. Moving is not, and
   * replaces a file that appears between the check and the move.
   */
  private static void putNew(Path socket, Path path) throws IOException {
    if (LINUX) {
      try {
        Files.createLink(path, socket);
        return;
      } catch (FileAlreadyExistsException e) {
        throw e;
      } catch (FileSystemException | UnsupportedOperationException e) {
        // The file system has no hard links.
      }
    }
    Files.move(socket, path);
  }

  private static int length(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  /**
   * Binds to a path. If the path is too long for a socket address, binds through a symbolic link to
   * its folder.
   */
  private static void bind(Path fresh, Binding binding) throws IOException {
    if (length(fresh) <= MAX_PATH_BYTES) {
      binding.bindTo(fresh);
      return;
    }
    Path own = Files.createTempDirectory("tunnel", OWNERS_FOLDER);
    Path link = own.resolve("l");
    try {
      Files.createSymbolicLink(link, fresh.toAbsolutePath().getParent());
      binding.bindTo(link.resolve(fresh.getFileName()));
    } finally {
      Files.deleteIfExists(link);
      Files.delete(own);
    }
  }

  /**
   * Removes a socket file that no process uses. Moves it first, because another program may replace
   * it after the check, and puts the file of such a program back.
   */
  private static void removeStale(Path path, Path old, Probe probe) throws IOException {
    try {
      Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      if (((Integer) mode & TYPE) != SOCKET) {
        throw new IOException("a file exists at this path and is not a socket");
      }
      Object key = key(path);
      if (probe.isAlive(path)) {
        throw new IOException(IN_USE);
      }
      Files.move(path, old, StandardCopyOption.ATOMIC_MOVE);
      if (!key(old).equals(key)) {
        putNew(old, path);
        throw new IOException(IN_USE);
      }
      Files.delete(old);
    } catch (NoSuchFileException e) {
      // Another program has removed the file.
    }
  }

  /** Returns whether a process listens on the socket. Does not wait until the process accepts. */
  private static boolean isAlive(Path path) throws IOException {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.configureBlocking(false);
      boolean unused = probe.connect(UnixDomainSocketAddress.of(path));
      return true;
    } catch (ConnectException e) {
      return false;
    } catch (SocketException e) {
      if (Files.isWritable(path)) {
        // The accept queue is full.
        return true;
      }
      throw e;
    }
  }

  /** Deletes the file, unless another file has replaced it. */
  void delete() throws IOException {
    try {
      if (key.equals(key(path))) {
        Files.delete(path);
      }
    } catch (NoSuchFileException e) {
      // The file has already been deleted.
    }
  }

  private static Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }
}
