package io.github.devicetunnel.it.drivers;

import java.io.IOException;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;

/** A web server that closes each connection after the answer without announcing the close. */
final class ClosingWebServer implements AutoCloseable {
  static final String PAGE = "once";

  private final MockWebServer server = new MockWebServer();

  private ClosingWebServer() {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder()
                .body(PAGE)
                .onResponseEnd(new SocketEffect.CloseSocket())
                .build();
          }
        });
  }

  static ClosingWebServer started() throws IOException {
    ClosingWebServer server = new ClosingWebServer();
    server.server.start();
    return server;
  }

  String serviceAddress() {
    return "127.0.0.1:" + server.getPort();
  }

  @Override
  public void close() {
    server.close();
  }
}
