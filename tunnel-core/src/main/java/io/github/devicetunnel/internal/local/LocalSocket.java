package io.github.devicetunnel.internal.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The accepted side of a local connection. One thread may read while another one writes. */
public interface LocalSocket {
  /** Returns the input, for the reading thread. */
  InputStream inputStream() throws IOException;

  /** Returns the output, for the writing thread. */
  OutputStream outputStream() throws IOException;

  /** Ends the output, so that the local client reads the end of the stream. */
  void shutdownOutput() throws IOException;

  /**
   * Closes the connection with a reset, if the kind of socket has one, so that the local client
   * detects a failure. Bytes that the client's system has not accepted are lost; see {@link
   * #undelivered}.
   */
  void reset();

  /** Closes the connection and unblocks its reader and writer. */
  void close() throws IOException;

  /** Returns the address of the local client, or null if it has none. */
  @Nullable InetSocketAddress client();

  /**
   * Checks whether the local client has closed or reset its connection and left no bytes to read. A
   * client that has only ended its output has not left. Call it only while no thread reads. Does
   * not block.
   *
   * @param readToEnd whether everything that the client sent has been read
   * @return completed with false if the system does not report it
   */
  CompletableFuture<Boolean> hasClientLeft(boolean readToEnd);

  /**
   * Returns the number of written bytes that a reset would discard. Does not block.
   *
   * @return completed with an empty value if the system does not report it
   */
  CompletableFuture<OptionalLong> undelivered();
}
