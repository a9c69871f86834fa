package io.github.devicetunnel.it.listen;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.devicetunnel.it.support.Service;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;

/** The control connection of an FTP server (RFC 959), which closes after {@code QUIT}. */
final class FtpScript implements Service.Script {
  /** Replies to the connection itself, and then to each command of {@link #COMMANDS}. */
  static final List<String> REPLIES =
      List.of(
          "220 controller 4 ready\r\n",
          "331 password required\r\n",
          "230 logged in\r\n",
          "257 \"/\" is the current directory\r\n",
          "200 done\r\n",
          "221 bye\r\n");

  private static final List<String> COMMANDS = List.of("", "USER", "PASS", "PWD", "NOOP", "QUIT");

  private final Queue<List<String>> received;

  /**
   * Creates a script.
   *
   * @param received receives the lines of each client when its connection ends
   */
  FtpScript(Queue<List<String>> received) {
    this.received = received;
  }

  /** Reads one line, including its line end. */
  static String readReply(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder line = new StringBuilder();
    int b;
    while ((b = in.read()) >= 0) {
      line.append((char) b);
      if (b == '\n') {
        break;
      }
    }
    return line.toString();
  }

  @Override
  public void play(Socket socket) throws IOException {
    OutputStream out = socket.getOutputStream();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    List<String> all = new ArrayList<>();
    String reply = REPLIES.get(0);
    String line;
    do {
      out.write(reply.getBytes(US_ASCII));
      line = reply.startsWith("221") ? null : lines.readLine();
      if (line != null) {
        all.add(line);
        reply = reply(line.split(" ", 2)[0].toUpperCase(Locale.ROOT));
      }
    } while (line != null);
    received.add(all);
  }

  private static String reply(String command) {
    int index = COMMANDS.indexOf(command);
    return index < 0 ? "502 not implemented\r\n" : REPLIES.get(index);
  }
}
