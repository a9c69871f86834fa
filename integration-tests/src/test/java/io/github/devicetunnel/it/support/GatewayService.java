package io.github.devicetunnel.it.support;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A service on a gateway: a free port on loopback and one thread for each connection. It records
 * the failures of connections, except those that closing the service causes.
 */
public abstract class GatewayService implements Closeable {
  private static final int BACKLOG = 1024;

  private final ServerSocket serverSocket;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile boolean closed;

  protected GatewayService() throws IOException {
    serverSocket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
  }

  /** Starts to accept connections. Not part of the constructor, where subclasses are incomplete. */
  public final void start() {
    startThread("test-accept-" + address().getPort(), this::acceptConnections);
  }

  /** Serves one connection on its own thread. The connection is closed when this method returns. */
  protected abstract void serve(Socket socket) throws Exception;

  public final InetSocketAddress address() {
    return (InetSocketAddress) serverSocket.getLocalSocketAddress();
  }

  /** Returns the address in the form of a service address. */
  public final String serviceAddress() {
    return "127.0.0.1:" + serverSocket.getLocalPort();
  }

  /** Returns the number of accepted connections. */
  public final int accepted() {
    return accepted.get();
  }

  /** Returns the number of open connections. */
  public final int open() {
    return sockets.size();
  }

  /** Returns the failures so far. */
  public final List<Throwable> failures() {
    return failures;
  }

  private void acceptConnections() {
    while (!closed) {
      try {
        Socket socket = serverSocket.accept();
        sockets.add(socket);
        int number = accepted.incrementAndGet();
        startThread("test-serve-" + address().getPort() + "-" + number, () -> handle(socket));
      } catch (IOException e) {
        record(e);
        return;
      }
    }
  }

  private void handle(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      serve(socket);
    } catch (Exception | AssertionError e) {
      record(e);
    } finally {
      sockets.remove(socket);
    }
  }

  private void record(Throwable failure) {
    if (!closed) {
      failures.add(failure);
    }
  }

  private void startThread(String name, Runnable task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } finally {
                threads.remove(Thread.currentThread());
              }
            },
            name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  /** Closes all connections, and returns when all threads have ended. */
  @Override
  public void close() throws IOException {
    closed = true;
    serverSocket.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    for (Thread thread : threads) {
      join(thread);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join(Await.LONG.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      throw Await.expired("the end of " + thread.getName());
    }
  }
}
