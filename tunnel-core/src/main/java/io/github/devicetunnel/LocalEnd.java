package io.github.devicetunnel;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** This end of a local connection: one thread reads from it, while another writes. */
interface LocalEnd {
  /** For the thread that reads. */
  InputStream inputStream() throws IOException;

  /** For the thread that writes. */
  OutputStream outputStream() throws IOException;

  /** Lets the local client read the end of the stream. */
  void shutdownOutput() throws IOException;

  /** Closes so that the local client learns, where the system can tell it, that this was no end. */
  void reset();

  /** Frees both threads. */
  void close() throws IOException;

  /** Where the local client connected from; null when it has no address. */
  @Nullable InetSocketAddress client();
}
