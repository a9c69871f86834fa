package io.github.devicetunnel.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.Program;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;

class DemoTest {
  private static final Pattern EXPORT =
      Pattern.compile("  export TUNNEL_CLOUD_URI=(\\S+) TUNNEL_API_KEY=(\\S+)");

  @Test
  void onceFetchesPageAndMeasures() throws Exception {
    Program program = new Program().run("demo", "--once");

    assertThat(program.errors()).isEmpty();
    assertThat(program.exitCode()).isEqualTo(0);
    assertThat(program.output())
        .contains(new String(DemoWebService.page(), StandardCharsets.UTF_8).strip())
        .containsPattern(
            "page +http://127\\.0\\.0\\.1:\\d+/ through the tunnel: status 200, [\\d,]+ bytes")
        .containsPattern("first byte +[\\d.]+ ms")
        .containsPattern("dial +[\\d.]+ ms")
        .containsPattern("throughput +16,777,216 bytes in \\d+ ms: \\d+ MB/s");
  }

  @Test
  void servesPageUntilStopped() throws Exception {
    Program program = new Program().start("demo");
    String url = null;
    while (url == null) {
      Matcher open =
          Pattern.compile("Open (http://\\S+) in a browser.*").matcher(program.nextLine());
      url = open.matches() ? open.group(1) : null;
    }
    OkHttpClient http = new OkHttpClient();

    try (Response response = get(http, url)) {
      assertThat(response.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
      assertThat(response.body().bytes()).isEqualTo(DemoWebService.page());
    }
    try (Response response = get(http, url + "favicon.ico")) {
      assertThat(response.code()).isEqualTo(404);
    }
    program.stop();

    assertThat(program.exitCode()).isEqualTo(0);
    assertThat(program.errors()).isEmpty();
  }

  @Test
  void acceptsTunnelsOfOtherPrograms() throws Exception {
    Program demo = new Program().start("demo");
    Matcher export = EXPORT.matcher("");
    while (!export.reset(demo.nextLine()).matches()) {}

    try (Program listen =
            new Program()
                .variable("TUNNEL_CLOUD_URI", export.group(1))
                .variable("TUNNEL_API_KEY", export.group(2))
                .start(
                    "--device=" + Program.DEVICE,
                    "--service=127.0.0.1:80",
                    "--listen-uri=:0",
                    "--drain-timeout=100ms");
        Response response = get(new OkHttpClient(), "http:/" + listen.awaitListening() + "/")) {
      assertThat(response.body().bytes()).isEqualTo(DemoWebService.page());
    }
    demo.stop();

    assertThat(demo.exitCode()).isEqualTo(0);
  }

  @Test
  void namesDevicesThatServePage() throws Exception {
    Program demo = new Program().start("demo");
    List<String> lines = new ArrayList<>();
    Matcher export = EXPORT.matcher("");
    for (String line = ""; !export.reset(line).matches(); line = demo.nextLine()) {
      lines.add(line);
    }
    String directory = export.group(1).replaceFirst("ws", "http") + "/v3/devices/?name__eq=";

    for (String name : List.of("turbine-7", "pump-3", "gate-1")) {
      String id =
          lines.stream()
              .map(Pattern.compile("  " + name + " +([0-9a-f]{32})")::matcher)
              .filter(Matcher::matches)
              .map(line -> line.group(1))
              .findFirst()
              .orElseThrow();
      Request request =
          new Request.Builder()
              .url(directory + name)
              .header("Authorization", "Bearer " + export.group(2))
              .build();
      try (Response found = new OkHttpClient().newCall(request).execute()) {
        assertThat(found.body().string()).contains("\"id\":\"" + id + "\"");
      }
      Program check =
          new Program()
              .variable("TUNNEL_CLOUD_URI", export.group(1))
              .variable("TUNNEL_API_KEY", export.group(2))
              .run("check", "--device=" + id, "--service=127.0.0.1:80");
      assertThat(check.exitCode()).isEqualTo(0);
    }
    demo.stop();

    assertThat(demo.exitCode()).isEqualTo(0);
  }

  @Test
  void detectsEveryDifferenceInLargeBody() throws Exception {
    byte[] bulk = bulk();
    assertThat(DemoWebService.isBulk(new ByteArrayInputStream(bulk))).isTrue();

    byte[] longer = Arrays.copyOf(bulk, bulk.length + 1);
    assertThat(DemoWebService.isBulk(new ByteArrayInputStream(longer))).isFalse();
    byte[] shorter = Arrays.copyOf(bulk, bulk.length - 1);
    assertThat(DemoWebService.isBulk(new ByteArrayInputStream(shorter))).isFalse();
    byte[] swapped = bulk.clone();
    System.arraycopy(bulk, 64 << 10, swapped, 0, 64 << 10);
    assertThat(DemoWebService.isBulk(new ByteArrayInputStream(swapped))).isFalse();
    byte[] damaged = bulk.clone();
    damaged[damaged.length - 1] ^= 1;
    assertThat(DemoWebService.isBulk(new ByteArrayInputStream(damaged))).isFalse();
  }

  @Test
  void pageIsSelfContained() {
    assertThat(new String(DemoWebService.page(), StandardCharsets.UTF_8))
        .doesNotContain("http://", "https://", "src=");
  }

  private static byte[] bulk() throws IOException {
    try (DemoWebService web = DemoWebService.start();
        Response response =
            get(new OkHttpClient(), "http:/" + web.address() + DemoWebService.BULK_PATH);
        ResponseBody body = response.body()) {
      return body.bytes();
    }
  }

  private static Response get(OkHttpClient http, String url) throws IOException {
    return http.newCall(new Request.Builder().url(url).build()).execute();
  }
}
