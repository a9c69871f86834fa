package io.github.devicetunnel.it.support;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.java_websocket.WebSocketAdapter;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.WebSocketServerFactory;
import org.java_websocket.drafts.Draft;

/**
 * The channel of one connection of a Java-WebSocket server, with reads that can be paused. The
 * library itself has no flow control for reads.
 */
final class PausableChannel implements ByteChannel {
  /** Makes the library use pausable channels. */
  static final class Factory implements WebSocketServerFactory {
    @Override
    public WebSocketImpl createWebSocket(WebSocketAdapter adapter, Draft draft) {
      return new WebSocketImpl(adapter, draft);
    }

    @Override
    public WebSocketImpl createWebSocket(WebSocketAdapter adapter, List<Draft> drafts) {
      return new WebSocketImpl(adapter, drafts);
    }

    @Override
    public ByteChannel wrapChannel(SocketChannel channel, SelectionKey key) {
      return new PausableChannel(channel, key);
    }

    @Override
    public void close() {}
  }

  private final SocketChannel channel;
  private final SelectionKey key;
  private boolean paused; // guarded by this

  private PausableChannel(SocketChannel channel, SelectionKey key) {
    this.channel = channel;
    this.key = key;
  }

  /** Makes reads return no data until {@link #resume}. */
  synchronized void pause() {
    paused = true;
  }

  /** Resumes reading. */
  synchronized void resume() {
    if (!paused) {
      return;
    }
    paused = false;
    try {
      key.interestOpsOr(SelectionKey.OP_READ);
      key.selector().wakeup();
    } catch (CancelledKeyException e) {
      // The connection has ended.
    }
  }

  @Override
  public synchronized int read(ByteBuffer target) throws IOException {
    if (paused) {
      // The library sets this operation again whenever it has data to write.
      key.interestOpsAnd(~SelectionKey.OP_READ);
      return 0;
    }
    return channel.read(target);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return channel.write(source);
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
