package io.github.devicetunnel.it;

import io.github.devicetunnel.ProxySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Third-party proxies, run as processes, which require a user name and password. */
enum ProxyProgram {
  /** HTTP proxy with Basic authentication. */
  TINYPROXY {
    @Override
    ServerProgram start(Path folder) throws IOException {
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
    ProxySettings settings(int port) {
      return ProxySettings.http("127.0.0.1", port);
    }
  },

  /** SOCKS5 proxy. */
  MICROSOCKS {
    @Override
    ServerProgram start(Path folder) throws IOException {
      String program = Externals.program("microsocks");
      return ServerProgram.started(
          folder,
          "TERM",
          null,
          port -> List.of(program, "-i", "127.0.0.1", "-p", "" + port, "-u", USER, "-P", PASSWORD));
    }

    @Override
    ProxySettings settings(int port) {
      return ProxySettings.socks5("127.0.0.1", port);
    }
  };

  static final String USER = "plant";
  static final String PASSWORD = "5ecret-of-the-proxy";

  abstract ServerProgram start(Path folder) throws IOException;

  /** Returns settings without user name and password. */
  abstract ProxySettings settings(int port);
}
