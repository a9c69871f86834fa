package io.github.devicetunnel.benchmarks;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The service behind the tunnels. It handles the request in the first bytes of each connection and
 * then closes. If the input ends too early, it resets the connection.
 */
final class SoakService implements AutoCloseable {
  /** The requests of clients. */
  enum Request {
    /** Receives a number of bytes and replies with their digest. */
    TAKE('t'),
    /** Sends a number of bytes, generated from the seed. */
    SEND('s'),
    /** Echoes a number of bytes. */
    ECHO('e');

    private final byte code;

    Request(char code) {
      this.code = (byte) code;
    }

    /** Returns the encoded request. */
    byte[] encode(long count, long seed) {
      return ByteBuffer.allocate(17).put(code).putLong(count).putLong(seed).array();
    }
  }

  private static final int BACKLOG = 1024;

  private final ServerSocket serverSocket;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private SoakService() throws IOException {
    serverSocket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
  }

  static SoakService start() throws IOException {
    SoakService service = new SoakService();
    service.startThread("soak-accept", service::acceptConnections);
    return service;
  }

  /** Returns the service address. */
  String serviceAddress() {
    return "127.0.0.1:" + serverSocket.getLocalPort();
  }

  private void acceptConnections() {
    while (!closed) {
      try {
        Socket socket = serverSocket.accept();
        open.add(socket);
        startThread("soak-serve", () -> serve(socket));
      } catch (IOException e) {
        if (!closed) {
          throw new IllegalStateException("the service cannot accept connections", e);
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      socket.setSoLinger(true, 0);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte code = in.readByte();
      answer(code, in.readLong(), in.readLong(), in, socket.getOutputStream());
      socket.setSoLinger(false, 0);
    } catch (IOException e) {
      // The client sees the failure as well and knows whether it is expected.
    } finally {
      open.remove(socket);
    }
  }

  private static void answer(byte code, long count, long seed, InputStream in, OutputStream out)
      throws IOException {
    if (code == Request.TAKE.code) {
      out.write(Payload.digest(in, count));
    } else if (code == Request.SEND.code) {
      Payload.write(out, seed, count);
    } else if (code == Request.ECHO.code) {
      byte[] buffer = new byte[16 << 10];
      for (long left = count; left > 0; ) {
        int number = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (number < 0) {
          throw new IOException("the client closed the connection");
        }
        out.write(buffer, 0, number);
        left -= number;
      }
    } else {
      throw new IOException("unknown request " + code);
    }
  }

  private void startThread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    serverSocket.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
