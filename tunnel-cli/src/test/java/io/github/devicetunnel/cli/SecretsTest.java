package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Whatever is typed wrongly, a key is never repeated. */
class SecretsTest {
  private static final String ACCESS_KEY = "ak_2MDE3b2RkOWE5NjUxMjM0NTY3ODkw";
  private static final String TOKEN =
      "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE2NDA5NDc0Mjl9.c2lnbmF0dXJl"
          + "x".repeat(300);

  /** Such a key is known for what it is only by its place. */
  private static final String OPAQUE_KEY = "Zq8/opaque+Kw3==";

  private static final List<String> ANYWHERE = List.of(ACCESS_KEY, TOKEN);

  private static final List<String> PLACES_OF_KEYS =
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
  void randomMistakes(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    List<String> args = new ArrayList<>();
    if (random.nextInt(3) > 0) {
      args.addAll(List.of("--cloud-uri=ws://127.0.0.1:1", "--device=" + Program.DEVICE));
    }
    for (int i = random.nextInt(6); i >= 0; i--) {
      String name = pick(NAMES, random);
      switch (random.nextInt(6)) {
        case 0 -> args.add(pick(ANYWHERE, random));
        case 1 -> args.add(name + "=" + pick(ANYWHERE, random));
        case 2 -> args.addAll(List.of(name, pick(ANYWHERE, random)));
        case 3 -> args.add(name + "=" + pick(VALUES, random));
        case 4 -> args.addAll(List.of(name, pick(VALUES, random)));
        default -> args.add(String.format(pick(PLACES_OF_KEYS, random), OPAQUE_KEY));
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

    assertSilent(program, args);
  }

  @Test
  void opaqueKeyInTheEnvironmentAndInTheWrongPlace() {
    for (String option : List.of("--device", "--service", "--listen-uri", "--ca-file", "--bad")) {
      List<String> args =
          List.of("--cloud-uri=ws://127.0.0.1:1", "--service=127.0.0.1:1", option, OPAQUE_KEY);
      assertSilent(
          new Program().variable("TUNNEL_API_KEY", OPAQUE_KEY).run(args.toArray(String[]::new)),
          args);
    }
  }

  @Test
  void keyGluedToItsOption() {
    for (String glued :
        List.of("-api-key%s", "--api-key%s", "--api-key:%s", "-k%s", "--%s", "-%s")) {
      List<String> args = List.of(String.format(glued, "secretofletters"));
      Program program = new Program().run(args.get(0));
      if (glued.contains("api-key")) {
        assertThat(program.errors()).doesNotContain("secretofletters");
      }
      assertSilent(new Program().run(String.format(glued, ACCESS_KEY)), List.of(glued));
    }
  }

  @Test
  void keyInAUrl() {
    List<String> args =
        List.of("--cloud-uri=wss://user:" + ACCESS_KEY + "@cloud.example", "--api-key-file=-");
    assertSilent(new Program().run(args.toArray(String[]::new)), args);
  }

  @Test
  void passwordOfAProxy() {
    for (String url :
        List.of("http://user:%s@host:x", "ftp://user:%s@host", "http://us%%3Aer:%s@host")) {
      List<String> args =
          List.of("--cloud-uri=wss://cloud.example", "--proxy=" + String.format(url, ACCESS_KEY));
      assertSilent(new Program().run(args.toArray(String[]::new)), args);
      assertSilent(
          new Program()
              .variable("HTTPS_PROXY", String.format(url, "secretofletters"))
              .run(args.get(0)),
          args);
    }
  }

  private static void assertSilent(Program program, List<String> args) {
    assertThat(program.output() + program.errors())
        .as("of %s", args)
        .doesNotContain(ACCESS_KEY.substring(3, 12))
        .doesNotContain(TOKEN.substring(5, 20))
        .doesNotContain("secretofletters")
        .doesNotContain(OPAQUE_KEY.substring(0, 10));
  }

  private static String pick(List<String> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }
}
