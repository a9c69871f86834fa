package io.github.devicetunnel.testing;

import io.github.devicetunnel.testing.FaultProxy.Cut;
import io.github.devicetunnel.testing.FaultProxy.Direction;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One client's connection to the cloud: two sockets, and a lane each way between them. */
final class ProxiedConnection {
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  private final Socket client;
  private final Socket cloud = new Socket();
  private final FaultLane towardCloud;
  private final FaultLane towardClient;
  private final AtomicInteger lanes = new AtomicInteger(2);
  private final Consumer<ProxiedConnection> onClosed;
  private volatile boolean cut;

  /**
   * Nothing is dialled yet.
   *
   * @param onClosed called once, when both sockets are closed
   */
  ProxiedConnection(
      Socket client,
      FaultPlan towardCloudPlan,
      FaultPlan towardClientPlan,
      Consumer<ProxiedConnection> onClosed) {
    this.client = client;
    this.towardCloud = new FaultLane(this, client, cloud, towardCloudPlan);
    this.towardClient = new FaultLane(this, cloud, client, towardClientPlan);
    this.onClosed = onClosed;
  }

  /** Dials; false when there is nobody, and the connection is over. */
  boolean dial(InetSocketAddress target) {
    try {
      cloud.setReceiveBufferSize(FaultProxy.SOCKET_BUFFER);
      cloud.setSendBufferSize(FaultProxy.SOCKET_BUFFER);
      cloud.setTcpNoDelay(true);
      cloud.connect(target, CONNECT_TIMEOUT_MILLIS);
      if (cut) {
        reset(cloud); // The cut found nothing yet to be cut.
      }
      return true;
    } catch (IOException e) {
      cut(Cut.RST);
      closed();
      return false;
    }
  }

  /** Carries one direction, on the calling thread. */
  void carry(Direction direction) {
    try {
      lane(direction).run();
    } finally {
      if (lanes.decrementAndGet() == 0) {
        closed();
      }
    }
  }

  /** Takes what comes and answers nothing, until the client leaves. */
  void hang() {
    FaultLane.discard(client);
    closed();
  }

  FaultLane lane(Direction direction) {
    return direction == Direction.TOWARD_CLOUD ? towardCloud : towardClient;
  }

  boolean isCut() {
    return cut;
  }

  /** Ends it at both ends. Never waits; after a FIN it may still be reset. */
  void cut(Cut how) {
    cut = true;
    if (how == Cut.RST) {
      reset(client);
      reset(cloud);
    } else {
      endOutput(client);
      endOutput(cloud);
    }
    towardCloud.wake();
    towardClient.wake();
  }

  private void closed() {
    closeQuietly(client);
    closeQuietly(cloud);
    onClosed.accept(this);
  }

  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // It is closed, or was never connected.
    }
    closeQuietly(socket);
  }

  private static void endOutput(Socket socket) {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      // It has ended already.
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}
