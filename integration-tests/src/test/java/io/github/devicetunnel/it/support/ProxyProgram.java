package io.github.devicetunnel.it.support;

import io.github.devicetunnel.ProxySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Third-party proxies, run as processes, which require a user name and password. */
public enum ProxyProgram {
  /** HTTP proxy with Basic authentication. */
  TINYPROXY {
    @Override
    public ServerProgram start(Path folder) throws IOException {
      String program = Externals.program("tinyproxy");
      return ServerProgram.started(
          folder,
          "TERM",
          "Accepting connections",
          port -> List.of(program, "-d", "-c", config(folder, port).toString()));
    }

    private static Path config(Path folder, int port) {
      String config =
          """
          Port %d
          Listen 127.0.0.1
          Timeout 60
          MaxClients 20
          LogLevel Info
          BasicAuth %s %s
          """
              .formatted(port, USER, PASSWORD);
      try {
        return Files.writeString(folder.resolve("tinyproxy.conf"), config);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public ProxySettings settings(int port) {
      return ProxySettings.http("127.0.0.1", port);
    }
  },

  /** SOCKS5 proxy. */
  MICROSOCKS {
    @Override
    public ServerProgram start(Path folder) throws IOException {
      String program = Externals.program("microsocks");
      return ServerProgram.started(
          folder,
          "TERM",
          null,
          port -> List.of(program, "-i", "127.0.0.1", "-p", "" + port, "-u", USER, "-P", PASSWORD));
    }

    @Override
    public ProxySettings settings(int port) {
      return ProxySettings.socks5("127.0.0.1", port);
    }
  };

  public static final String USER = "plant";
  public static final String PASSWORD = "5ecret-of-the-proxy";

  public abstract ServerProgram start(Path folder) throws IOException;

  /** Returns settings without user name and password. */
  public abstract ProxySettings settings(int port);
}
