package io.github.devicetunnel.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The gateway end of a connection to a service: a socket, or pipes to a handler. One thread may
 * read while another one writes, and any thread may close it.
 */
interface ServiceEnd {
  /** Returns the stream of bytes from the service. */
  InputStream input();

  /** Returns the stream of bytes to the service. */
  OutputStream output();

  /** Ends the output to the service. */
  void endOutput() throws IOException;

  /** Returns whether the output has ended. */
  boolean isOutputEnded();

  /** Closes both directions and unblocks readers and writers. Never blocks. */
  void close();
}
