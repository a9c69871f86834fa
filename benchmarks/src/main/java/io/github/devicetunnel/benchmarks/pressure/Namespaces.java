package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.benchmarks.machine.Leftovers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Two network namespaces that are connected by a virtual cable. */
final class Namespaces implements AutoCloseable {
  static final String CLOUD_ADDRESS = "10.203.0.1";
  private static final String CLOUD = "dtcloud";
  private static final String CLIENT = "dtclient";
  private static final String CLIENT_ADDRESS = "10.203.0.2";

  private final String cloud;
  private final String client;
  private final Runnable cleaner = this::remove;

  private Namespaces() {
    // The process ID makes the names unique.
    long pid = ProcessHandle.current().pid();
    this.cloud = CLOUD + pid;
    this.client = CLIENT + pid;
    Leftovers.register(cleaner);
  }

  /**
   * Creates the namespaces.
   *
   * @throws IOException if the user is not allowed to create namespaces, or the system does not
   *     support them
   */
  static Namespaces make() throws IOException {
    removeStale();
    Namespaces made = new Namespaces();
    try {
      made.build();
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  private void build() throws IOException {
    ip("netns", "add", cloud);
    ip("netns", "add", client);
    // Both ends are created inside the namespaces, invisible to the machine's own network.
    ip(
        "-n", cloud, "link", "add", "dtveth0", "type", "veth", "peer", "name", "dtveth1", "netns",
        client);
    up(cloud, "dtveth0", CLOUD_ADDRESS);
    up(client, "dtveth1", CLIENT_ADDRESS);
  }

  private static void up(String namespace, String device, String address) throws IOException {
    ip("-n", namespace, "link", "set", "lo", "up");
    ip("-n", namespace, "address", "add", address + "/24", "dev", device);
    ip("-n", namespace, "link", "set", device, "up");
  }

  /** Returns the command prefix that runs a command at the cloud end. */
  List<String> atCloud() {
    return List.of("ip", "netns", "exec", cloud);
  }

  List<String> atClient() {
    return List.of("ip", "netns", "exec", client);
  }

  /** Drops all packets from now on, without an error to either end. */
  void cut() throws IOException {
    ip("-n", cloud, "link", "set", "dtveth0", "down");
  }

  private static String ip(String... args) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(Arrays.asList(args));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + ": " + output);
      }
      return output;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void remove() {
    delete(cloud);
    delete(client);
  }

  private static void delete(String namespace) {
    try {
      String unused = ip("netns", "delete", namespace);
    } catch (IOException e) {
      // The namespace does not exist.
    }
  }

  /** Removes the namespaces of processes that were killed before they could clean up. */
  private static void removeStale() throws IOException {
    Pattern ours = Pattern.compile("^(?:" + CLOUD + "|" + CLIENT + ")([0-9]+)\\b.*");
    for (String line : ip("netns", "list").lines().toList()) {
      Matcher matcher = ours.matcher(line);
      if (matcher.matches() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()) {
        delete(line.substring(0, matcher.end(1)));
      }
    }
  }

  @Override
  public void close() {
    remove();
    Leftovers.forget(cleaner);
  }
}
