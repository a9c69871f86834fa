package io.github.devicetunnel.internal.socket;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A socket without TCP below it. Its options can be set and read, as callers expect, but have no
 * effect.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // The options are in a concurrent map.
public abstract class SocketOptionsBase extends Socket {
  private static final int BUFFER_SIZE = 64 << 10;
  private static final int NO_LINGER = -1;

  private final Map<SocketOption<?>, Object> options =
      new ConcurrentHashMap<>(
          Map.of(
              StandardSocketOptions.TCP_NODELAY,
              true,
              StandardSocketOptions.SO_KEEPALIVE,
              false,
              StandardSocketOptions.SO_REUSEADDR,
              false,
              StandardSocketOptions.SO_LINGER,
              NO_LINGER,
              StandardSocketOptions.SO_SNDBUF,
              BUFFER_SIZE,
              StandardSocketOptions.SO_RCVBUF,
              BUFFER_SIZE,
              StandardSocketOptions.IP_TOS,
              0));

  public SocketOptionsBase() throws SocketException {
    super((SocketImpl) null);
  }

  /**
   * Sets any option, because drivers set options that only some systems support, such as
   * TCP_KEEPIDLE.
   */
  @Override
  public <T> Socket setOption(SocketOption<T> name, T value) throws IOException {
    checkNotClosed();
    options.put(name, name.type().cast(value));
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    checkNotClosed();
    return get(name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return Set.copyOf(options.keySet());
  }

  private <T> T get(SocketOption<T> name) {
    Object value = options.get(name);
    if (value == null) {
      throw new UnsupportedOperationException(
          "a tunnel does not support the socket option " + name);
    }
    return name.type().cast(value);
  }

  private <T> void set(SocketOption<T> name, T value) throws SocketException {
    checkNotClosed();
    options.put(name, value);
  }

  private <T> T checkedGet(SocketOption<T> name) throws SocketException {
    checkNotClosed();
    return get(name);
  }

  /** Throws an exception if the socket is closed, as every method of a closed socket does. */
  protected final void checkNotClosed() throws SocketException {
    if (isClosed()) {
      throw new SocketException("Socket is closed");
    }
  }

  private static int positive(String name, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be positive, but is " + value);
    }
    return value;
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    set(StandardSocketOptions.TCP_NODELAY, on);
  }

  @Override
  public boolean getTcpNoDelay() throws SocketException {
    return checkedGet(StandardSocketOptions.TCP_NODELAY);
  }

  @Override
  public void setSoLinger(boolean on, int linger) throws SocketException {
    if (on && linger < 0) {
      throw new IllegalArgumentException("linger must not be negative, but is " + linger);
    }
    set(StandardSocketOptions.SO_LINGER, on ? linger : NO_LINGER);
  }

  @Override
  public int getSoLinger() throws SocketException {
    return checkedGet(StandardSocketOptions.SO_LINGER);
  }

  @Override
  public void sendUrgentData(int data) throws SocketException {
    throw new SocketException("a tunnel does not support urgent data");
  }

  @Override
  public void setOOBInline(boolean on) throws SocketException {
    checkNotClosed();
    if (on) {
      throw new SocketException("a tunnel does not support urgent data");
    }
  }

  @Override
  public boolean getOOBInline() throws SocketException {
    checkNotClosed();
    return false;
  }

  @Override
  public void setSendBufferSize(int size) throws SocketException {
    set(StandardSocketOptions.SO_SNDBUF, positive("size", size));
  }

  @Override
  public int getSendBufferSize() throws SocketException {
    return checkedGet(StandardSocketOptions.SO_SNDBUF);
  }

  @Override
  public void setReceiveBufferSize(int size) throws SocketException {
    set(StandardSocketOptions.SO_RCVBUF, positive("size", size));
  }

  @Override
  public int getReceiveBufferSize() throws SocketException {
    return checkedGet(StandardSocketOptions.SO_RCVBUF);
  }

  @Override
  public void setKeepAlive(boolean on) throws SocketException {
    set(StandardSocketOptions.SO_KEEPALIVE, on);
  }

  @Override
  public boolean getKeepAlive() throws SocketException {
    return checkedGet(StandardSocketOptions.SO_KEEPALIVE);
  }

  @Override
  public void setTrafficClass(int trafficClass) throws SocketException {
    if (trafficClass < 0 || trafficClass > 255) {
      throw new IllegalArgumentException(
          "trafficClass must be from 0 to 255, but is " + trafficClass);
    }
    set(StandardSocketOptions.IP_TOS, trafficClass);
  }

  @Override
  public int getTrafficClass() throws SocketException {
    return checkedGet(StandardSocketOptions.IP_TOS);
  }

  @Override
  public void setReuseAddress(boolean on) throws SocketException {
    set(StandardSocketOptions.SO_REUSEADDR, on);
  }

  @Override
  public boolean getReuseAddress() throws SocketException {
    return checkedGet(StandardSocketOptions.SO_REUSEADDR);
  }

  @Override
  public void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
    // Only a hint, and not applicable to a tunnel.
  }

  @Override
  public @Nullable SocketChannel getChannel() {
    return null;
  }
}
