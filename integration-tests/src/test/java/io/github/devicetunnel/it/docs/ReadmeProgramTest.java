package io.github.devicetunnel.it.docs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.Service;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the program in the README. */
final class ReadmeProgramTest {
  /** The runtime jars of a project that depends on tunnel-core alone; the Enforcer counts them. */
  private static final List<String> RUNTIME =
      List.of(
          "jackson-core", "kotlin-stdlib", "okhttp-jvm", "okio-jvm", "slf4j-api", "tunnel-core");

  private static final int MAX_BYTES = 4_500_000;

  @TempDir Path folder;

  @Test
  void fetchesPageAndExits() throws Exception {
    Sample program = Sample.ofReadme().stream().filter(Sample::isFile).findFirst().orElseThrow();
    assertThat(new SampleCompiler(folder, classPath()).compile(program)).isEmpty();

    try (Service page = Service.started(ReadmeProgramTest::servePage);
        TestingCloud cloud = TestingCloud.started()) {
      cloud.service().route(Cloud.DEVICE, "127.0.0.1:80", page.address());
      ProgramRun.Builder java =
          ProgramRun.in(
              folder,
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              folder + File.pathSeparator + classPath(),
              program.className());
      String output =
          java.variable("TUNNEL_CLOUD_URI", cloud.uri())
              .variable("TUNNEL_API_KEY", Cloud.KEY)
              .succeed();

      assertThat(output).isEqualTo("HTTP/1.0 200 OK\r\n\r\na page\n");
      assertThat(page.failures()).isEmpty();
    }
  }

  @Test
  void readmeNamesCurrentVersion() throws IOException {
    assertThat(Files.readString(Path.of(System.getProperty("tunnel.root"), "README.md")))
        .contains("<version>" + System.getProperty("tunnel.version") + "</version>");
  }

  @Test
  void libraryAndDependenciesStaySmall() throws IOException {
    List<Path> jars = runtime().filter(Files::isRegularFile).toList();

    assertThat(jars).hasSameSizeAs(RUNTIME);
    long bytes = 0;
    for (Path jar : jars) {
      bytes += Files.size(jar);
    }
    assertThat(bytes).as("size of %s", jars).isLessThan(MAX_BYTES);
  }

  private static void servePage(Socket socket) throws IOException {
    BufferedReader request =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    assertThat(request.readLine()).isEqualTo("GET / HTTP/1.0");
    assertThat(request.readLine()).isEmpty();
    socket.getOutputStream().write("HTTP/1.0 200 OK\r\n\r\na page\n".getBytes(US_ASCII));
  }

  private static String classPath() {
    return runtime().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  /**
   * Selects the runtime jars from the class path of this test, where the folder of each jar is
   * named after its artifact.
   */
  private static Stream<Path> runtime() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(
            entry ->
                RUNTIME.stream().anyMatch(name -> entry.toString().contains("/" + name + "/")));
  }
}
