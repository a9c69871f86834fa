package io.github.devicetunnel.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A connection to a service, as its gateway holds it: a socket, or pipes to a handler. One thread
 * may read while another writes, and any may end it.
 */
interface ServiceEnd {
  /** What the service sends. */
  InputStream input();

  /** What the service gets. */
  OutputStream output();

  /** Tells the service that nothing more comes. */
  void endOutput() throws IOException;

  /** Whether nothing more can be written. */
  boolean isOutputEnded();

  /** Closes both directions, and frees whoever reads or writes here. Never waits. */
  void close();
}
