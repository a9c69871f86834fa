package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Checks that messages about invalid arguments never contain a key. */
class SecretsTest {
  private static final String ACCESS_KEY = "ak_2MDE3b2RkOWE5NjUxMjM0NTY3ODkw";
  private static final String TOKEN =
      "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE2NDA5NDc0Mjl9.c2lnbmF0dXJl"
          + "x".repeat(300);

  /** A key without a prefix, which only its position identifies as a key. */
  private static final String OPAQUE_KEY = "Zq8/opaque+Kw3==";

  private static final List<String> RECOGNIZABLE_KEYS = List.of(ACCESS_KEY, TOKEN);

  private static final List<String> KEY_OPTIONS =
      List.of(
          "-api-key=%s", "--api-key=%s", "--api-kye=%s", "-apikey=%s", "-Api-key=%s", "--key=%s");

  private static final List<String> NAMES =
      List.of(
          "--cloud-uri",
          "-cloud-uri",
          "--clod-uri",
          "--device",
          "--divice",
          "--service",
          "--listen-uri",
          "-application-id",
          "--ping-duration",
          "--ca-file",
          "--client-cert",
          "--proxy",
          "--header",
          "--output",
          "--log-level",
          "--log-format",
          "--metrics-listen",
          "--api-key",
          "-api-key",
          "--api-key-file",
          "--allow-plaintext",
          "--verbose",
          "-x",
          "demo",
          "listen",
          "--");

  private static final List<String> VALUES =
      List.of(
          "ws://127.0.0.1:1",
          "wss://cloud.example",
          Program.DEVICE,
          "127.0.0.1:80",
          ":0",
          "5",
          "json",
          "trace",
          "",
          "nonsense");

  @RepeatedTest(400)
  void randomArgumentsRevealNoKey(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    List<String> args = new ArrayList<>();
    if (random.nextInt(3) > 0) {
      args.addAll(List.of("--cloud-uri=ws://127.0.0.1:1", "--device=" + Program.DEVICE));
    }
    for (int i = random.nextInt(6); i >= 0; i--) {
      String name = pick(NAMES, random);
      switch (random.nextInt(6)) {
        case 0 -> args.add(pick(RECOGNIZABLE_KEYS, random));
        case 1 -> args.add(name + "=" + pick(RECOGNIZABLE_KEYS, random));
        case 2 -> args.addAll(List.of(name, pick(RECOGNIZABLE_KEYS, random)));
        case 3 -> args.add(name + "=" + pick(VALUES, random));
        case 4 -> args.addAll(List.of(name, pick(VALUES, random)));
        default -> args.add(String.format(pick(KEY_OPTIONS, random), OPAQUE_KEY));
      }
    }
    if (args.get(0).equals("demo")) {
      args.set(0, "listen");
    }
    Program program = new Program();
    if (random.nextBoolean()) {
      program.variable("TUNNEL_API_KEY", OPAQUE_KEY);
    }

    program.run(args.toArray(String[]::new));

    assertNoSecret(program, args);
  }

  @Test
  void hidesOpaqueKeyInWrongOption() {
    for (String option : List.of("--device", "--service", "--listen-uri", "--ca-file", "--bad")) {
      List<String> args =
          List.of("--cloud-uri=ws://127.0.0.1:1", "--service=127.0.0.1:1", option, OPAQUE_KEY);
      assertNoSecret(
          new Program().variable("TUNNEL_API_KEY", OPAQUE_KEY).run(args.toArray(String[]::new)),
          args);
    }
  }

  @Test
  void hidesKeyJoinedToOption() {
    for (String joined :
        List.of("-api-key%s", "--api-key%s", "--api-key:%s", "-k%s", "--%s", "-%s")) {
      List<String> args = List.of(String.format(joined, "secretofletters"));
      Program program = new Program().run(args.get(0));
      if (joined.contains("api-key")) {
        assertThat(program.errors()).doesNotContain("secretofletters");
      }
      assertNoSecret(new Program().run(String.format(joined, ACCESS_KEY)), List.of(joined));
    }
  }

  @Test
  void hidesKeyInUrl() {
    List<String> args =
        List.of("--cloud-uri=wss://user:" + ACCESS_KEY + "@cloud.example", "--api-key-file=-");
    assertNoSecret(new Program().run(args.toArray(String[]::new)), args);
  }

  @Test
  void hidesPasswordOfProxy() {
    for (String url :
        List.of("http://user:%s@host:x", "ftp://user:%s@host", "http://us%%3Aer:%s@host")) {
      List<String> args =
          List.of("--cloud-uri=wss://cloud.example", "--proxy=" + String.format(url, ACCESS_KEY));
      assertNoSecret(new Program().run(args.toArray(String[]::new)), args);
      assertNoSecret(
          new Program()
              .variable("HTTPS_PROXY", String.format(url, "secretofletters"))
              .run(args.get(0)),
          args);
    }
  }

  private static void assertNoSecret(Program program, List<String> args) {
    assertThat(program.output() + program.errors())
        .as("output for %s", args)
        .doesNotContain(ACCESS_KEY.substring(3, 12))
        .doesNotContain(TOKEN.substring(5, 20))
        .doesNotContain("secretofletters")
        .doesNotContain(OPAQUE_KEY.substring(0, 10));
  }

  private static String pick(List<String> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }
}
