package io.github.devicetunnel.internal.local;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/**
 * The file of a unix socket. Only its owner may connect, from the first moment on: it is made in a
 * folder that nobody else may enter, and moved to its place when its mode is right.
 */
final class SocketFile {
  private static final FileAttribute<Set<PosixFilePermission>> OWNERS_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final Set<PosixFilePermission> OWNERS_SOCKET =
      PosixFilePermissions.fromString("rw-------");

  /**
   * In bytes. A system's address of a unix socket has 108 on Linux and 104 on macOS and the BSDs,
   * and Java leaves the last two free.
   */
  private static final int LONGEST_PATH =
      (System.getProperty("os.name", "").startsWith("Linux") ? 108 : 104) - 2;

  /** Of a file's mode. */
  private static final int TYPE = 0170000;

  private static final int SOCKET = 0140000;

  private final Path path;
  private final Object key;

  private SocketFile(Path path, Object key) {
    this.path = path;
    this.key = key;
  }

  /** Makes a socket at a path. */
  interface Binding {
    void bindTo(Path path) throws IOException;
  }

  /**
   * Makes it. The file that a dead program has left is replaced; any other is an exception.
   *
   * @throws UnsupportedOperationException where files have no such modes
   */
  static SocketFile create(Path path, Binding binding) throws IOException {
    if (length(path) > LONGEST_PATH) {
      throw new IOException(
          "a socket's path has at most " + LONGEST_PATH + " bytes, but this " + length(path));
    }
    String name = "." + UUID.randomUUID().toString().substring(0, 6);
    Path folder = Files.createDirectory(path.resolveSibling(name), OWNERS_FOLDER);
    Path fresh = folder.resolve("s");
    try {
      bind(fresh, binding);
      Files.setPosixFilePermissions(fresh, OWNERS_SOCKET);
      Object key = key(fresh);
      removeStale(path);
      Files.move(fresh, path);
      return new SocketFile(path, key);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("there is another file", e);
    } finally {
      Files.deleteIfExists(fresh);
      Files.delete(folder);
    }
  }

  private static int length(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  /** Where the path itself is too long for a socket's address, a link leads to its folder. */
  private static void bind(Path fresh, Binding binding) throws IOException {
    if (length(fresh) <= LONGEST_PATH) {
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

  private static void removeStale(Path path) throws IOException {
    try {
      Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      if (((Integer) mode & TYPE) != SOCKET) {
        throw new IOException("there is a file that is no socket");
      }
    } catch (NoSuchFileException e) {
      return;
    }
    if (isAlive(path)) {
      throw new IOException("the socket is in use by another program");
    }
    Files.deleteIfExists(path);
  }

  /** Nobody answers for a program that has ended. Does not wait for one that does not accept. */
  private static boolean isAlive(Path path) throws IOException {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.configureBlocking(false);
      boolean unused = probe.connect(UnixDomainSocketAddress.of(path));
      return true;
    } catch (ConnectException e) {
      return false;
    } catch (SocketException e) {
      if (Files.isWritable(path)) {
        // As many wait for it to accept as may.
        return true;
      }
      throw e;
    }
  }

  /** Removes it, unless somebody has put another in its place. */
  void delete() throws IOException {
    try {
      if (key.equals(key(path))) {
        Files.delete(path);
      }
    } catch (NoSuchFileException e) {
      // Somebody else has removed it.
    }
  }

  private static Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }
}
