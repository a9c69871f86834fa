package io.github.devicetunnel.testing;

import io.github.devicetunnel.testing.FaultProxy.Cut;
import io.github.devicetunnel.testing.FaultProxy.Direction;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A connection of a client to the cloud: two sockets, with a lane in each direction. */
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
   * Creates a connection that is not dialled yet.
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

  /**
   * Connects to the cloud. Returns false, with both sockets closed, if the cloud cannot be reached.
   */
  boolean dial(InetSocketAddress target) {
    try {
      cloud.setReceiveBufferSize(FaultProxy.SOCKET_BUFFER);
      cloud.setSendBufferSize(FaultProxy.SOCKET_BUFFER);
      cloud.setTcpNoDelay(true);
      cloud.connect(target, CONNECT_TIMEOUT_MILLIS);
      if (cut) {
        reset(cloud); // The cut came before there was a connection to reset.
      }
      return true;
    } catch (IOException e) {
      cut(Cut.RST);
      closed();
      return false;
    }
  }

  /** Carries one direction on the calling thread. */
  void carry(Direction direction) {
    try {
      lane(direction).run();
    } finally {
      if (lanes.decrementAndGet() == 0) {
        closed();
      }
    }
  }

  /** Discards input and answers nothing, until the client disconnects. */
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

  /**
   * Cuts the connection at both ends. Never blocks. After a FIN, the connection can still be reset.
   */
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
      // The socket is closed or was never connected.
    }
    closeQuietly(socket);
  }

  private static void endOutput(Socket socket) {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      // The output has already ended.
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // The socket is closed in any case.
    }
  }
}
