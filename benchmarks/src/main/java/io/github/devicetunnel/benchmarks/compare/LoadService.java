package io.github.devicetunnel.benchmarks.compare;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * The service behind the peers. A connection starts with an order, which is one byte and an
 * eight-byte count. Depending on the order, the service receives that many bytes and replies with
 * one, sends that many bytes, or does both. Other orders are to echo, and to reply with one byte
 * and close.
 */
final class LoadService implements AutoCloseable {
  static final int TAKE = 'T';
  static final int SEND = 'S';
  static final int BOTH = 'B';
  static final int ECHO = 'E';
  static final int END = 'Q';

  private static final int CHUNK = 64 << 10;

  private final ServerSocket server;

  private LoadService(ServerSocket server) {
    this.server = server;
  }

  static LoadService start(InetAddress address) throws IOException {
    ServerSocket server = new ServerSocket(0, 1000, address);
    LoadService service = new LoadService(server);
    Relays.thread("service", service::accept);
    return service;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        Relays.thread("service-connection", () -> serve(socket));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private static void serve(Socket accepted) {
    try (Socket socket = accepted) {
      socket.setTcpNoDelay(true);
      DataInputStream head = new DataInputStream(socket.getInputStream());
      int order = head.read();
      if (order < 0) {
        return;
      }
      long count = head.readLong();
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      switch (order) {
        case TAKE -> {
          take(in, count);
          out.write(1);
        }
        case SEND -> send(out, count);
        case BOTH -> {
          Thread sender = Relays.thread("service-sender", () -> sendQuietly(out, count));
          take(in, count);
          sender.join();
        }
        case ECHO -> echo(in, out);
        case END -> {
          out.write(1);
          return;
        }
        default -> throw new IOException("unknown order " + order);
      }
      // The client closes first, after it has received everything.
      while (in.read() >= 0) {}
    } catch (IOException e) {
      // The client has gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads and discards {@code count} bytes. */
  static void take(InputStream in, long count) throws IOException {
    byte[] buffer = new byte[CHUNK];
    long left = count;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(left, CHUNK));
      if (read < 0) {
        throw new IOException("the connection ended " + left + " bytes early");
      }
      left -= read;
    }
  }

  /** Writes {@code count} bytes. */
  static void send(OutputStream out, long count) throws IOException {
    byte[] buffer = new byte[CHUNK];
    for (int i = 0; i < CHUNK; i++) {
      buffer[i] = (byte) (i * 31);
    }
    for (long left = count; left > 0; left -= CHUNK) {
      out.write(buffer, 0, (int) Math.min(left, CHUNK));
    }
  }

  private static void sendQuietly(OutputStream out, long count) {
    try {
      send(out, count);
    } catch (IOException e) {
      // The reader at the other end reports the missing bytes.
    }
  }

  private static void echo(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[CHUNK];
    int read;
    while ((read = in.read(buffer)) >= 0) {
      out.write(buffer, 0, read);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
