package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.PackagedProgram;
import io.github.devicetunnel.it.support.ProgramRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Scenes in which the command line rejects the options of credentials. */
final class RejectedCommands {
  private static final String APPLICATION = "--application-id=app1";

  private RejectedCommands() {}

  static Map<String, RejectionScene> scenes() {
    Map<String, RejectionScene> scenes = new LinkedHashMap<>();
    scenes.put("no key at all", f -> failure(f));
    scenes.put("two keys", f -> failure(f, "--api-key=ak_5ecret", "--api-key-file=key"));
    scenes.put("a key's file that is missing", f -> failure(f, "--api-key-file=/no/key"));
    scenes.put(
        "a private key besides a key",
        f -> failure(f, "--jwt-private-key=/no/key", "--api-key=ak_5ecret"));
    scenes.put(
        "a private key without an application", f -> failure(f, "--jwt-private-key=/no/key"));
    scenes.put(
        "a private key's file that is missing",
        f -> failure(f, "--jwt-private-key=/no/key", APPLICATION));
    scenes.put(
        "a client key without its certificate",
        f -> failure(f, "--api-key=ak_5ecret", "--client-key=/no/key"));
    return scenes;
  }

  /** Returns the first line that the program prints to standard error. */
  private static String failure(Path folder, String... args) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--listen-uri=:0",
                "--cloud-uri=wss://cloud.invalid",
                "--device=" + Cloud.DEVICE,
                "--service=127.0.0.1:80"));
    all.addAll(List.of(args));
    ProgramRun.Outcome outcome = PackagedProgram.in(folder, all).run();
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    return outcome.err().lines().findFirst().orElseThrow();
  }
}
