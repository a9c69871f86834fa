package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the messages about mistakes that are detected before a listener opens. */
class UsageTest {
  private static final String TUNNEL_URL =
      "wss://cloud.example/v3/devices/" + Program.DEVICE + "/services/127.0.0.1:80/connection";

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("unknown option --lisen-uri; did you mean --listen-uri?", "--lisen-uri=:1"),
        mistake("unknown option -device; did you mean --device?", "listen", "-device", "x"),
        mistake("unknown option --verbose", "--verbose"),
        mistake("unknown option (argument 2)", "listen", "-X9"),
        mistake("unknown command \"lisen\"; did you mean \"listen\"?", "lisen"),
        mistake("argument 1 is not a command", "127.0.0.1:3131"),
        mistake(
            "unexpected argument 3; specify options as --NAME VALUE", "--device", "s", "s", "s"),
        mistake("the command listen must be the first argument", "--device", "5", "listen"),
        mistake("--cloud-uri: the value is missing", "--cloud-uri"),
        mistake("--device: the value is missing", "--device", "--service", "127.0.0.1:80"),
        mistake("--api-key: the value is missing", "-api-key"),
        mistake("--allow-plaintext: does not accept a value", "--allow-plaintext=perhaps"),
        mistake("--cloud-uri: is missing; specify it or set TUNNEL_CLOUD_URI", "listen"),
        mistake("--cloud-uri: must be a ws, wss", "--cloud-uri=api.mbedcloud.com"),
        mistake("--cloud-uri: must be a ws, wss", "--cloud-uri="),
        mistake(
            "--cloud-uri: the device ID must be 32 hex digits",
            "--cloud-uri=" + TUNNEL_URL.replace(Program.DEVICE, "017b")),
        mistake(
            "--cloud-uri: the address of the service must be ip:port",
            "--cloud-uri=" + TUNNEL_URL.replace(":80", "")),
        mistake(
            "--cloud-uri: ws://cloud.example/ would send the credential unencrypted",
            "--cloud-uri=" + TUNNEL_URL.replace("wss", "ws"),
            "--api-key=ak_x"),
        mistake("--device: must be 32 hex digits", "-cloud-uri", TUNNEL_URL, "--device=017b"),
        mistake("--service: must be ip:port", "-cloud-uri", TUNNEL_URL, "--service=80"),
        mistake("--device: is missing", "--cloud-uri=wss://cloud.example", "--api-key=ak_x"),
        mistake(
            "--service: is missing",
            "--cloud-uri=wss://cloud.example",
            "--api-key=ak_x",
            "--device",
            Program.DEVICE),
        mistake(
            "--ping-duration: must be a number of seconds",
            "-cloud-uri",
            TUNNEL_URL,
            "-ping-duration=5s"),
        mistake(
            "--ping-duration: must be 0 (no pings) or at least 0.1 s",
            "-cloud-uri",
            TUNNEL_URL,
            "-ping-duration=0.01"),
        mistake(
            "--liveness-timeout: requires pings, but --ping-duration is 0",
            "-cloud-uri",
            TUNNEL_URL,
            "-ping-duration=0",
            "--liveness-timeout=1m"),
        mistake(
            "--write-timeout: requires pings, but --ping-duration is 0",
            "-cloud-uri",
            TUNNEL_URL,
            "--write-timeout=1m",
            "--ping-duration=0.0"),
        mistake("--port-file: \"a?b\" is not a valid path on this system", "--port-file=a\0b"),
        mistake("--ca-file: \"a?b\" is not a valid path on this system", "--ca-file=a\0b"),
        mistake("--client-cert: \"a?b\" is not a valid path on this system", "--client-cert=a\0b"),
        mistake("--client-key: \"a?b\" is not a valid path on this system", "--client-key=a\0b"),
        mistake(
            "--jwt-private-key: \"a?b\" is not a valid path on this system",
            "--jwt-private-key=a\0b"),
        mistake("--config: \"a?b\" is not a valid path on this system", "--config=a\0b"),
        mistake(
            "--listen-uri: \"a?b\" is not a valid path on this system", "--listen-uri=unix:a\0b"),
        mistake(
            "--private-key: \"a?b\" is not a valid path on this system",
            "jwt",
            "create",
            "--private-key=a\0b"),
        mistake(
            "--certificate: \"a?b\" is not a valid path on this system",
            "verification-key",
            "upload",
            "--name=n",
            "--certificate=a\0b"),
        mistake(
            "--api-key-file: must be the path of a file",
            "-cloud-uri",
            TUNNEL_URL,
            "--api-key-file=a\0b"),
        mistake(
            "--jwt-private-key: must be the path of a file, but is the content of one",
            "--jwt-private-key=-----BEGIN PRIVATE KEY-----\0"),
        mistake(
            "--proxy: must be none, or SCHEME://[USER:PASSWORD@]HOST:PORT with the scheme http,"
                + " https",
            "-cloud-uri",
            TUNNEL_URL,
            "--proxy=ftp://proxy.example"),
        mistake(
            "--client-key: cannot be used without --client-cert",
            "-cloud-uri",
            TUNNEL_URL,
            "--client-key=x"),
        mistake(
            "--client-cert: no-such-file: the file does not exist",
            "-cloud-uri",
            TUNNEL_URL,
            "--client-cert=no-such-file"),
        mistake(
            "--header: must be NAME=VALUE, but has no =", "-cloud-uri", TUNNEL_URL, "--header=x"),
        mistake(
            "--header: must be NAME=VALUE, but has no =; replace the colon with =",
            "-cloud-uri",
            TUNNEL_URL,
            "--header=X-Front: Basic s3cret"),
        mistake(
            "--header: the name must not have a colon, but is \"X-Front:...\"; pass the name and"
                + " the value separately",
            "-cloud-uri",
            TUNNEL_URL,
            "--header=X-Front: Basic czNjcmV0="),
        mistake(
            "--header: Authorization carries the access key or token and cannot be repeated (RFC"
                + " 9110 section 11.6.2); for a server in front of the cloud, use another header or"
                + " a client certificate",
            "-cloud-uri",
            TUNNEL_URL,
            "--header=Authorization=Basic s3cret"),
        mistake(
            "--header: Proxy-Authorization is for a proxy; set the user name and password with"
                + " --proxy",
            "-cloud-uri",
            TUNNEL_URL,
            "--header=Proxy-Authorization=Basic s3cret"),
        mistake(
            "--header: Host is set by the library and cannot be added",
            "-cloud-uri",
            TUNNEL_URL,
            "--header=Host=x"),
        mistake(
            "--header: Sec-WebSocket-Protocol cannot be added as a header; offer names with"
                + " --subprotocol",
            "-cloud-uri",
            TUNNEL_URL,
            "--header=Sec-WebSocket-Protocol=binary"),
        mistake(
            "--subprotocol: must be a token (RFC 9110 section 5.6.2) such as binary, but is"
                + " \"a,b\"",
            "-cloud-uri",
            TUNNEL_URL,
            "--subprotocol=a,b"),
        mistake(
            "--subprotocol: must not repeat a name, but has \"binary\" twice; remove one",
            "-cloud-uri",
            TUNNEL_URL,
            "--subprotocol=binary",
            "--subprotocol=binary"),
        mistake("--listen-uri: must be host:port", "-listen-uri=3131"),
        mistake("-L: must be LISTEN=DEVICE/SERVICE, but \":1\" has no =", "-L", ":1"),
        mistake("-L: must be host:port", "-L", "1=127.0.0.1:80"),
        mistake("-L: the address of the service must be", "-L=:1=80", "-cloud-uri", TUNNEL_URL),
        mistake(
            "--device: is missing",
            "-L=:1=127.0.0.1:80",
            "--cloud-uri=wss://c.example",
            "--api-key=ak_x"),
        mistake(
            "--max-connections: must be at least 1",
            "-cloud-uri",
            TUNNEL_URL,
            "--max-connections=0"),
        mistake(
            "--max-connections: must be a whole number",
            "-cloud-uri",
            TUNNEL_URL,
            "--max-connections=many"),
        mistake(
            "--warm-connections: must be from 0 to 64, but is 65",
            "-cloud-uri",
            TUNNEL_URL,
            "--warm-connections=65"),
        mistake(
            "--drain-timeout: must be a duration such as 500ms",
            "-cloud-uri",
            TUNNEL_URL,
            "--drain-timeout=5"),
        mistake(
            "--api-key-file: is missing; specify it or set TUNNEL_API_KEY",
            "-cloud-uri",
            TUNNEL_URL));
  }

  private static Arguments mistake(String message, String... args) {
    return arguments(message, List.of(args));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void reportsMistakeInOneLineWithHint(String message, List<String> args) throws Exception {
    Program program = new Program().run(args.toArray(String[]::new));

    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.output()).isEmpty();
    assertThat(program.errors().lines().toList()).hasSize(2);
    assertThat(program.nextErrorLine()).startsWith("tunnel: " + message);
    assertThat(program.nextErrorLine())
        .matches("Try 'tunnel (listen |jwt create |verification-key upload )?--help'");
  }

  @Test
  void suggestsFirstStepsWithoutArguments() {
    assertThat(new Program().run().errors().lines())
        .containsExactly(
            "tunnel: --cloud-uri: is missing; specify it or set TUNNEL_CLOUD_URI",
            "Try 'tunnel --help' for examples, or 'tunnel demo' for a tunnel on this machine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"listen", "stdio", "exec", "check"})
  void helpHasHeadings(String command) {
    assertThat(new Program().run(command, "--help").output().lines())
        .containsSubsequence("Target:", "Credentials:", "Timeouts:", "Network:", "Help:");
  }

  @Test
  void programHelpHasExamplesAndExitCodes() {
    assertThat(new Program().run("--help").output())
        .contains("Exit codes:", "  6 ", "Examples:", "tunnel demo", "tunnel stdio");
  }

  @Test
  void hintNamesHelpOfCommand() {
    assertThat(new Program().run("demo", "--onec").errors())
        .contains("unknown option --onec; did you mean --once?", "Try 'tunnel demo --help'");
  }

  @Test
  void namesVariableOfInvalidValue() throws Exception {
    Program program =
        new Program()
            .variable("TUNNEL_CLOUD_URI", "wss://cloud.example")
            .variable("TUNNEL_DEVICE", "017b")
            .run();

    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.nextErrorLine())
        .startsWith("tunnel: --device: must be 32 hex digits")
        .endsWith("(the value of TUNNEL_DEVICE)");
  }

  @Test
  void ignoresEmptyVariable() {
    assertThat(new Program().variable("TUNNEL_CLOUD_URI", "").run().errors())
        .startsWith("tunnel: --cloud-uri: is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-h", "--help"})
  void helpListsCommands(String option) throws Exception {
    Program program = new Program().run(option);

    assertThat(program.exitCode()).isEqualTo(0);
    assertThat(program.errors()).isEmpty();
    assertThat(program.output()).contains("Usage: tunnel", "listen", "demo", "--version");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-h", "--help"})
  void commandHelpListsOptions(String option) throws Exception {
    assertThat(new Program().run("listen", option).output())
        .contains("--listen-uri=HOST:PORT", "8181", "--api-key-file", "-application-id");
    assertThat(new Program().run("--device=x", option).output()).contains("--listen-uri");
    assertThat(new Program().run("demo", option).output()).contains("--once");
  }

  @Test
  void helpFitsInto80Columns() {
    Stream.of("listen", "stdio", "exec", "check", "completion", "demo")
        .flatMap(command -> new Program().run(command, "--help").output().lines())
        .forEach(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @Test
  void everyCommandPrintsVersion() throws Exception {
    for (String[] args :
        new String[][] {{"--version"}, {"listen", "--version"}, {"demo", "--version"}}) {
      Program program = new Program().run(args);
      assertThat(program.exitCode()).isEqualTo(0);
      assertThat(program.output()).startsWith("tunnel ").contains("Java ");
    }
  }
}
