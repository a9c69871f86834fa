package io.github.devicetunnel.internal.local;

import java.io.IOException;
import java.net.SocketAddress;

/** A socket that accepts local clients. */
public interface ListeningSocket {
  /** Waits for a client and accepts it. Throws an exception when the socket is closed. */
  LocalSocket accept() throws IOException;

  /** Releases the address. Accepted connections stay open. */
  void close() throws IOException;

  /** Returns the address. */
  SocketAddress address();

  /** Returns the address as text for messages. */
  String name();

  /** Returns a short form of the address for the name of a thread. */
  String threadName();
}
