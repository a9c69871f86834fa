package io.github.devicetunnel.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** Echoes its input, and buffers at most 64 KiB. */
final class EchoService extends TcpService {
  private EchoService() throws IOException {}

  static EchoService started() throws IOException {
    EchoService service = new EchoService();
    service.start();
    return service;
  }

  @Override
  void serve(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    byte[] buffer = new byte[64 << 10];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      out.write(buffer, 0, count);
    }
  }
}
