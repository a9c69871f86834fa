package io.github.devicetunnel.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A connection of a client to the cloud: two sockets, with a pump in each direction. */
final class ProxiedConnection implements WirePump.Connection {
  /** Requested size of the socket buffers. They are small, so that a stall takes effect quickly. */
  static final int SOCKET_BUFFER = 64 << 10;

  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  private final Socket client;
  private final Socket cloud = new Socket();
  private final WirePump towardCloud;
  private final WirePump towardClient;
  private final AtomicInteger openDirections = new AtomicInteger(2);
  private final Consumer<ProxiedConnection> onClosed;
  private volatile boolean cut;

  /**
   * Creates a connection that is not dialled yet.
   *
   * @param onClosed called once, when both sockets are closed
   */
  ProxiedConnection(
      Socket client,
      WireFaultPlan towardCloudPlan,
      WireFaultPlan towardClientPlan,
      Consumer<ProxiedConnection> onClosed) {
    this.client = client;
    this.towardCloud = new WirePump(this, client, cloud, towardCloudPlan);
    this.towardClient = new WirePump(this, cloud, client, towardClientPlan);
    this.onClosed = onClosed;
  }

  /**
   * Connects to the cloud. Returns false, with both sockets closed, if the cloud cannot be reached.
   */
  boolean dial(InetSocketAddress target) {
    try {
      cloud.setReceiveBufferSize(SOCKET_BUFFER);
      cloud.setSendBufferSize(SOCKET_BUFFER);
      cloud.setTcpNoDelay(true);
      cloud.connect(target, CONNECT_TIMEOUT_MILLIS);
      if (cut) {
        Sockets.reset(cloud); // The cut came before there was a connection to reset.
      }
      return true;
    } catch (IOException e) {
      cut(Cut.RST);
      closed();
      return false;
    }
  }

  /** Changes the wire faults of one direction. Never blocks. */
  void order(Direction direction, UnaryOperator<WireFaultPlan> change) {
    pumpFor(direction).order(change);
  }

  /** Pumps one direction on the calling thread. */
  void pump(Direction direction) {
    try {
      pumpFor(direction).run();
    } finally {
      if (openDirections.decrementAndGet() == 0) {
        closed();
      }
    }
  }

  /** Discards input and answers nothing, until the client disconnects. */
  void hang() {
    WirePump.discard(client);
    closed();
  }

  private WirePump pumpFor(Direction direction) {
    return direction == Direction.TOWARD_CLOUD ? towardCloud : towardClient;
  }

  @Override
  public boolean isCut() {
    return cut;
  }

  /**
   * Cuts the connection at both ends. Never blocks. After a FIN, the connection can still be reset.
   */
  @Override
  public void cut(Cut how) {
    cut = true;
    if (how == Cut.RST) {
      Sockets.reset(client);
      Sockets.reset(cloud);
    } else {
      Sockets.endOutput(client);
      Sockets.endOutput(cloud);
    }
    towardCloud.wake();
    towardClient.wake();
  }

  private void closed() {
    Sockets.close(client);
    Sockets.close(cloud);
    onClosed.accept(this);
  }
}
