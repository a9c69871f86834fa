package io.github.devicetunnel.internal.local;

import java.io.IOException;
import java.net.SocketAddress;

/** A socket that local clients connect to. */
public interface ListeningSocket {
  /** Waits for the next one; ends with an exception when it is closed. */
  LocalSocket accept() throws IOException;

  /** Gives its address free. */
  void close() throws IOException;

  /** Where it listens. */
  SocketAddress address();

  /** For a person. */
  String name();

  /** What the name of a thread can hold of it. */
  String threadName();
}
