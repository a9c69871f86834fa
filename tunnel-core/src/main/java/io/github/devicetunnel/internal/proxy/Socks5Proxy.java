package io.github.devicetunnel.internal.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.devicetunnel.internal.text.HostPort;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** A SOCKS5 proxy (RFC 1928), with optional user and password authentication (RFC 1929). */
public final class Socks5Proxy extends ProxyServer {
  private static final int VERSION = 5;
  private static final int NO_AUTHENTICATION = 0;
  private static final int USER_AND_PASSWORD = 2;
  private static final int CONNECT = 1;
  private static final int IPV4 = 1;
  private static final int NAME = 3;
  private static final int IPV6 = 4;

  private final @Nullable String user;
  private final String password;

  /**
   * Creates the description of a proxy.
   *
   * @param user at most 255 bytes in UTF-8; null for no authentication
   * @param password at most 255 bytes in UTF-8
   */
  public Socks5Proxy(String host, int port, @Nullable String user, String password) {
    super(host, port);
    this.user = user;
    this.password = password;
  }

  @Override
  void openConnection(InputStream in, OutputStream out, String host, int port) throws IOException {
    String target = HostPort.of(host, port);
    try {
      DataInputStream data = new DataInputStream(in);
      authenticate(data, out, target);
      request(data, out, host, port, target);
    } catch (EOFException e) {
      throw failure(
          "closed the connection during the request for "
              + target
              + "; check that it is a SOCKS5 proxy");
    }
  }

  private void authenticate(DataInputStream in, OutputStream out, String target)
      throws IOException {
    out.write(
        user == null
            ? new byte[] {VERSION, 1, NO_AUTHENTICATION}
            : new byte[] {VERSION, 2, NO_AUTHENTICATION, USER_AND_PASSWORD});
    readVersion(in, target);
    int method = in.readUnsignedByte();
    if (method == USER_AND_PASSWORD && user != null) {
      sendPassword(in, out, user);
    } else if (method != NO_AUTHENTICATION) {
      throw rejection(
          user == null
              ? "requires a user name and password, but none are set; set both"
              : "offers neither password nor anonymous authentication; ask its administrator");
    }
  }

  private void readVersion(DataInputStream in, String target) throws IOException {
    int version = in.readUnsignedByte();
    if (version != VERSION) {
      throw rejection(
          "did not answer the request for "
              + target
              + " in SOCKS5"
              + (version == 'H'
                  ? "; if it is an HTTP proxy, use http://"
                  : ": the first byte is " + version + "; check its port"));
    }
  }

  /** Sends user and password (RFC 1929). */
  private void sendPassword(DataInputStream in, OutputStream out, String name) throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.write(1);
    writeText(message, name);
    writeText(message, password);
    out.write(message.toByteArray());
    in.readUnsignedByte();
    if (in.readUnsignedByte() != 0) {
      throw rejection("does not accept the user name and password; check both");
    }
  }

  private void request(DataInputStream in, OutputStream out, String host, int port, String target)
      throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(new byte[] {VERSION, CONNECT, 0});
    if (isAddress(host)) {
      byte[] address = InetAddress.getByName(host).getAddress();
      message.write(address.length == 4 ? IPV4 : IPV6);
      message.writeBytes(address);
    } else {
      message.write(NAME);
      writeText(message, host);
    }
    message.write(port >> 8);
    message.write(port);
    out.write(message.toByteArray());
    readVersion(in, target);
    int reply = in.readUnsignedByte();
    if (reply != 0) {
      throw rejected(reply, "rejected the connection to " + target + " with code " + reply + ": ");
    }
    in.readUnsignedByte();
    skipAddress(in, target);
  }

  private ProxyException rejected(int reply, String what) {
    return switch (reply) {
      case 1 -> failure(what + "general failure; ask its administrator");
      case 2 -> rejection(what + "its rules do not allow the connection; ask its administrator");
      case 3 -> failure(what + "the network is unreachable; ask its administrator");
      case 4 -> failure(what + "the host is unknown or unreachable; check the cloud URI");
      case 5 -> failure(what + "the connection was refused; check the cloud URI");
      case 6 -> failure(what + "the connection timed out; check the cloud URI");
      default -> rejection(what + "the request is not supported; ask its administrator");
    };
  }

  /** Skips the address that the proxy uses for the connection to the target. */
  private void skipAddress(DataInputStream in, String target) throws IOException {
    int type = in.readUnsignedByte();
    int length =
        switch (type) {
          case IPV4 -> 4;
          case IPV6 -> 16;
          case NAME -> in.readUnsignedByte();
          default ->
              throw rejection(
                  "did not answer the request for "
                      + target
                      + " in SOCKS5: unknown address type "
                      + type
                      + "; check its port");
        };
    in.readFully(new byte[length + 2]);
  }

  private static void writeText(ByteArrayOutputStream message, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    message.write(bytes.length);
    message.writeBytes(bytes);
  }
}
