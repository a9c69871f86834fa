package io.github.devicetunnel.it;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/**
 * Does on each connection what the client asks for in nine bytes, its {@link Traffic} and a count.
 * Probes before that are answered: they tell the client that the tunnel is open.
 */
final class TrafficService extends TcpService {
  static final int PROBE = '?';

  private TrafficService() throws IOException {}

  static TrafficService started() throws IOException {
    TrafficService service = new TrafficService();
    service.start();
    return service;
  }

  @Override
  void serve(Socket socket) throws Exception {
    // Who gets less than was announced breaks off, and does not end in order as if that were all.
    socket.setSoLinger(true, 0);
    play(new DataInputStream(socket.getInputStream()), socket.getOutputStream());
    socket.setSoLinger(false, 0);
  }

  private static void play(DataInputStream in, OutputStream out) throws Exception {
    int first = in.readByte();
    while (first == PROBE) {
      out.write(PROBE);
      first = in.readByte();
    }
    Traffic traffic = Traffic.of(first);
    long count = in.readLong();
    switch (traffic) {
      case IDLE -> echo(in, out);
      case DOWNLOAD -> new RandomBytes(Traffic.DOWN_SEED, count).transferTo(out);
      case UPLOAD -> confirm(out, Digest.of(in, count), count);
      case BOTH -> {
        Upload download = Upload.start(out, Traffic.DOWN_SEED, count);
        Digest digest = Digest.of(in, count);
        download.await();
        confirm(out, digest, count);
      }
    }
  }

  /** By the digest the client learns that every byte has arrived, and by the end that this did. */
  private static void confirm(OutputStream out, Digest digest, long count) throws IOException {
    if (digest.count() < count) {
      throw new EOFException(digest.count() + " bytes have come of " + count);
    }
    out.write(digest.sha256().getBytes(US_ASCII));
  }

  private static void echo(InputStream in, OutputStream out) throws IOException {
    for (int b = in.read(); b >= 0; b = in.read()) {
      out.write(b);
    }
  }
}
