package io.github.devicetunnel.it.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TlsSettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Cloud;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A program that dials when a test commands it. It answers each line of its standard input with one
 * line. It dials on a thread that it starts first.
 */
final class DialingProgram {
  private static final PrintStream OUT = new PrintStream(System.out, true, UTF_8);

  private final ThreadPoolExecutor dialing =
      new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());

  private TunnelClient client;
  private Future<String> dial;

  private DialingProgram() {
    dialing.prestartCoreThread();
  }

  public static void main(String[] arguments) throws Exception {
    System.setOut(System.err); // for the log
    DialingProgram program = new DialingProgram();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    String line;
    while ((line = in.readLine()) != null) {
      OUT.println(program.run(line.split(" ")));
    }
    System.exit(0);
  }

  private String run(String[] command) throws Exception {
    switch (command[0]) {
      case "client" -> client = client(command[1], Long.parseLong(command[2]), Path.of(command[3]));
      case "disable" -> disableThreadsOfLibraries();
      case "dial" -> dial = dialing.submit(this::dial);
      case "close" -> client.close(Duration.ZERO);
      default -> {
        return result(dial);
      }
    }
    return "done";
  }

  private static TunnelClient client(String uri, long connectTimeoutMillis, Path certificate) {
    TunnelClient.Builder builder =
        TunnelClient.builder()
            .cloudUri(uri)
            .credentials(Credentials.apiKey(Cloud.KEY))
            .deviceId(Cloud.DEVICE)
            .serviceAddress("127.0.0.1:80")
            .connectTimeout(Duration.ofMillis(connectTimeoutMillis))
            .maxBackoff(Duration.ZERO);
    if (uri.startsWith("wss:")) {
      builder.tls(TlsSettings.builder().trustOnly(certificate).build());
    }
    return builder.build();
  }

  private String dial() throws IOException {
    try (TunnelStream stream = client.open()) {
      stream.outputStream().write('x');
      return stream.inputStream().read() == 'x' ? "echoed" : "wrong";
    }
  }

  private static String result(Future<String> dial) throws InterruptedException {
    try {
      return dial.get();
    } catch (ExecutionException e) {
      return "failed: " + e.getCause().getMessage();
    }
  }

  /** Leaves Okio and OkHttp in the state after a thread could not be started. */
  private static void disableThreadsOfLibraries() throws ReflectiveOperationException {
    Class<?> timeout = Class.forName("okio.AsyncTimeout");
    Constructor<?> constructor = timeout.getConstructor();
    field(timeout, "idleSentinel").set(null, constructor.newInstance());
    Class<?> runner = Class.forName("okhttp3.internal.concurrent.TaskRunner");
    Object shared = field(runner, "INSTANCE").get(null);
    Field requested = field(runner, "executeCallCount");
    requested.setInt(shared, requested.getInt(shared) + 1);
  }

  private static Field field(Class<?> type, String name) throws ReflectiveOperationException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }
}
