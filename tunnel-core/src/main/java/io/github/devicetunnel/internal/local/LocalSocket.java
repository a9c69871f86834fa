package io.github.devicetunnel.internal.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** This end of a local connection: one thread reads from it while another writes. */
public interface LocalSocket {
  /** For the thread that reads. */
  InputStream inputStream() throws IOException;

  /** For the thread that writes. */
  OutputStream outputStream() throws IOException;

  /** Lets the local client read the end of the stream. */
  void shutdownOutput() throws IOException;

  /**
   * Closes the connection with a reset where the socket has one, so that the local client sees a
   * failure. What the client's system has not taken is lost: see {@link #undelivered}.
   */
  void reset();

  /** Frees both threads. */
  void close() throws IOException;

  /** Returns where the local client connected from; null when it has no address. */
  @Nullable InetSocketAddress client();

  /**
   * Checks whether the local client has closed its connection, or reset it, and left nothing to
   * read. A client that has only ended its output has not. Only while no thread reads; never waits.
   *
   * @param readToEnd whether everything that the client sent has been read
   * @return completed with false where the system cannot tell
   */
  CompletableFuture<Boolean> hasClientLeft(boolean readToEnd);

  /**
   * Counts the bytes that were written and that a reset would discard. Never waits.
   *
   * @return completed with empty where the system cannot tell
   */
  CompletableFuture<OptionalLong> undelivered();
}
