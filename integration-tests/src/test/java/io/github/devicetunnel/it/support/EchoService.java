package io.github.devicetunnel.it.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** Echoes its input, and buffers at most 64 KiB. */
public final class EchoService extends GatewayService {
  private EchoService() throws IOException {}

  public static EchoService started() throws IOException {
    EchoService service = new EchoService();
    service.start();
    return service;
  }

  @Override
  protected void serve(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    byte[] buffer = new byte[64 << 10];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      out.write(buffer, 0, count);
    }
  }
}
