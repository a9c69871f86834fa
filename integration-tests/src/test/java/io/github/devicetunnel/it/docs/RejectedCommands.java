package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.PackagedProgram;
import io.github.devicetunnel.it.support.ProgramRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Scenes in which the command line rejects the options of credentials. */
final class RejectedCommands {
  private static final String APPLICATION = "--application-id=app1";

  private RejectedCommands() {}

  static RejectionScenes scenes() {
    RejectionScenes scenes = new RejectionScenes();
    scenes.add(
        "no key at all",
        "tunnel: --api-key-file: is missing; specify it or set TUNNEL_API_KEY",
        f -> failure(f));
    scenes.add(
        "two keys",
        "tunnel: --api-key-file: cannot be combined with --api-key; remove one of them",
        f -> failure(f, "--api-key=ak_5ecret", "--api-key-file=key"));
    scenes.add(
        "a key's file that is missing",
        "tunnel: --api-key-file: file not found; specify the path of a file with the access key"
            + " or token",
        f -> failure(f, "--api-key-file=/no/key"));
    scenes.add(
        "a private key besides a key",
        "tunnel: --jwt-private-key: cannot be combined with --api-key; remove one of them",
        f -> failure(f, "--jwt-private-key=/no/key", "--api-key=ak_5ecret"));
    scenes.add(
        "a private key without an application",
        "tunnel: --application-id: is missing, but required by --jwt-private-key; specify it or"
            + " set TUNNEL_APPLICATION_ID",
        f -> failure(f, "--jwt-private-key=/no/key"));
    scenes.add(
        "a private key's file that is missing",
        "tunnel: --jwt-private-key: {file}: file not found; check the path and its permissions",
        f -> failure(f, "--jwt-private-key=/no/key", APPLICATION));
    scenes.add(
        "a client key without its certificate",
        "tunnel: --client-key: cannot be used without --client-cert",
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
