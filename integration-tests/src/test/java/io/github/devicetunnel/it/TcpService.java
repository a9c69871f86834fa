package io.github.devicetunnel.it;

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
 * A service on a gateway: a free port on loopback, a thread for each connection. What goes wrong on
 * one is recorded, except by the closing of the service itself.
 */
abstract class TcpService implements Closeable {
  private static final int BACKLOG = 1024;

  private final ServerSocket serverSocket;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile boolean closed;

  TcpService() throws IOException {
    serverSocket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
  }

  /** Begins to accept. Not in the constructor, where subclasses are not complete yet. */
  final void start() {
    startThread("test-accept-" + address().getPort(), this::acceptConnections);
  }

  /** Serves one connection, which is closed when this returns. On the connection's own thread. */
  abstract void serve(Socket socket) throws Exception;

  final InetSocketAddress address() {
    return (InetSocketAddress) serverSocket.getLocalSocketAddress();
  }

  /** The address as a tunnel names it. */
  final String serviceAddress() {
    return "127.0.0.1:" + serverSocket.getLocalPort();
  }

  /** How many connections there were. */
  final int accepted() {
    return accepted.get();
  }

  /** How many connections there are. */
  final int open() {
    return sockets.size();
  }

  /** What went wrong so far. */
  final List<Throwable> failures() {
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

  /** Cuts what is open, and returns when all threads have ended. */
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
