package io.github.devicetunnel.it.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;

/** A service whose behaviour a test defines in place. */
public final class Service extends GatewayService {
  /** Serves one connection. */
  public interface Script {
    void play(Socket socket) throws Exception;
  }

  private final Script script;

  private Service(Script script) throws IOException {
    this.script = script;
  }

  public static Service started(Script script) throws IOException {
    Service service = new Service(script);
    service.start();
    return service;
  }

  /** Reads a connection until the client closes or resets it. */
  public static void awaitEnd(Socket socket) {
    try {
      socket.getInputStream().readAllBytes();
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  @Override
  protected void serve(Socket socket) throws Exception {
    script.play(socket);
  }
}
