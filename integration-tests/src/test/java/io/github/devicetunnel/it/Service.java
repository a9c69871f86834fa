package io.github.devicetunnel.it;

import java.io.IOException;
import java.net.Socket;

/** A service whose behaviour a test defines in place. */
final class Service extends TcpService {
  /** Serves one connection. */
  interface Script {
    void play(Socket socket) throws Exception;
  }

  private final Script script;

  private Service(Script script) throws IOException {
    this.script = script;
  }

  static Service started(Script script) throws IOException {
    Service service = new Service(script);
    service.start();
    return service;
  }

  @Override
  void serve(Socket socket) throws Exception {
    script.play(socket);
  }
}
