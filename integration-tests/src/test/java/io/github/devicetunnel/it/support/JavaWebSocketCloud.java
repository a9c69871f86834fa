package io.github.devicetunnel.it.support;

import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/** A cloud built on the library Java-WebSocket. It does not check credentials. */
final class JavaWebSocketCloud extends Cloud {
  private static final Pattern PATH =
      Pattern.compile("/v3/devices/[0-9a-f]{32}/services/127.0.0.1:([0-9]+)/connection");

  private static final int STOP_MILLIS = 2_000;

  private final Server server = new Server();

  private JavaWebSocketCloud() {}

  static JavaWebSocketCloud started() throws InterruptedException {
    JavaWebSocketCloud cloud = new JavaWebSocketCloud();
    cloud.server.start();
    Await.reached(cloud.server.started);
    return cloud;
  }

  @Override
  public String uri() {
    return "ws://127.0.0.1:" + server.getPort();
  }

  @Override
  public void close() {
    try {
      server.stop(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Server extends WebSocketServer {
    private final CountDownLatch started = new CountDownLatch(1);

    Server() {
      super(Loopback.anyPort());
      setDaemon(true);
      setTcpNoDelay(true);
      setMaxPendingConnections(1024);
      setWebSocketFactory(new PausableChannel.Factory());
    }

    @Override
    public void onStart() {
      started.countDown();
    }

    @Override
    public void onOpen(WebSocket webSocket, ClientHandshake handshake) {
      String path = URLDecoder.decode(handshake.getResourceDescriptor(), StandardCharsets.UTF_8);
      Matcher matcher = PATH.matcher(path);
      if (!matcher.matches()) {
        webSocket.close(1008, "there is nothing at " + path);
        return;
      }
      PausableChannel channel = (PausableChannel) ((WebSocketImpl) webSocket).getChannel();
      InetSocketAddress target = Loopback.port(Integer.parseInt(matcher.group(1)));
      Runnable nudge = () -> onWriteDemand(webSocket);
      JavaWebSocketRelay relay = new JavaWebSocketRelay(webSocket, channel, target, nudge);
      webSocket.setAttachment(relay);
      relay.start();
    }

    @Override
    public void onMessage(WebSocket webSocket, ByteBuffer message) {
      JavaWebSocketRelay relay = webSocket.getAttachment();
      relay.fromClient(message);
    }

    @Override
    public void onMessage(WebSocket webSocket, String message) {
      onMessage(webSocket, StandardCharsets.UTF_8.encode(message));
    }

    @Override
    public void onClose(WebSocket webSocket, int code, String reason, boolean remote) {
      JavaWebSocketRelay relay = webSocket.getAttachment();
      if (relay != null) {
        relay.clientEnded();
      }
    }

    @Override
    public void onError(WebSocket webSocket, Exception e) {
      // onClose handles the effect on a connection.
    }
  }
}
