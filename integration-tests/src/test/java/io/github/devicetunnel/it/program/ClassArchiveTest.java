package io.github.devicetunnel.it.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.devicetunnel.it.support.PackagedProgram;
import io.github.devicetunnel.it.support.ProgramRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The class archive of the start script. {@code java} is a script that prints its arguments and
 * creates an empty archive.
 */
@EnabledOnOs(OS.LINUX)
final class ClassArchiveTest {
  private static final String JAVA =
      """
      #!/bin/sh
      for argument do
        case $argument in
          -XX:DumpLoadedClassList=* | -XX:AOTCacheOutput=*) : >"${argument#*=}" ;;
          -XX:SharedArchiveFile=*) archive=${argument#*=} ;;
          -Xshare:dump) dump=yes ;;
        esac
      done
      [ -z "${dump:-}" ] || : >"$archive"
      printf '%s\\n' "$@"
      """;

  private static final List<String> MAKE = List.of(PackagedProgram.LAUNCHER.toString());

  /** Also waits for the background process, which inherits a pipe. */
  private static final List<String> START =
      List.of("sh", "-c", "\"$0\" --version 9>&1 | cat", PackagedProgram.LAUNCHER.toString());

  @TempDir private Path folder;

  /** The value of {@code TUNNEL_CLASS_ARCHIVE}, and the directory of the launcher in it. */
  private Path place;

  private Path archives;

  @BeforeEach
  void create() throws IOException {
    place = Files.createDirectory(folder.resolve("place"));
    archives = place.resolve("archives");
    Path bin = Files.createDirectories(folder.resolve("java/bin"));
    Path java = Files.writeString(bin.resolve("java"), JAVA);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    useJava("17.0.99");
  }

  private void useJava(String version) throws IOException {
    Files.writeString(folder.resolve("java/release"), "JAVA_VERSION=\"" + version + "\"\n");
  }

  private ProgramRun.Builder run(List<String> command) {
    return ProgramRun.in(folder, command)
        .variable("JAVA_HOME", folder.resolve("java").toString())
        .variable("TUNNEL_CLASS_ARCHIVE", place.toString());
  }

  private void makeArchive() throws Exception {
    run(MAKE).variable("TUNNEL_LAUNCHER_TASK", "make-archive").succeed();
  }

  /** Returns the arguments of Java. */
  private String start() throws Exception {
    return run(START).succeed();
  }

  private Path onlyArchive() throws IOException {
    try (Stream<Path> all = Files.list(archives)) {
      List<Path> found = all.toList();
      assertThat(found).hasSize(1);
      return found.get(0);
    }
  }

  private void execute(String... command) throws Exception {
    ProgramRun.in(folder, command).succeed();
  }

  private static List<Path> tree(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.toList();
    }
  }

  private void age(Path root) throws Exception {
    execute("find", root.toString(), "-exec", "touch", "-h", "-d", "@0", "{}", "+");
  }

  @Test
  void keepsFilesOfUser() throws Exception {
    for (Path parent : List.of(place, Files.createDirectory(archives))) {
      for (String name :
          List.of("java-8-projects", "work/java-old", "java-1-2-3", "java-1-2-3.making")) {
        Path directory = Files.createDirectories(parent.resolve(name));
        Files.writeString(directory.resolve("Main.java"), "precious");
        Files.writeString(directory.resolve("java-17.0.1-2-3"), "precious");
      }
      Files.writeString(parent.resolve("java-notes"), "precious");
      Files.writeString(parent.resolve("java-17.0.1-2-3.txt"), "precious");
      Files.createSymbolicLink(parent.resolve("java-17.0.1-4-5"), folder.resolve("java/release"));
    }
    List<Path> before = tree(place);
    age(place);

    makeArchive();

    assertThat(tree(place)).containsAll(before);
    assertThat(tree(place)).hasSize(before.size() + 1);
  }

  @Test
  void removesOldArchivesAndRemains() throws Exception {
    Path unused = Files.createDirectory(archives).resolve("java-17.0.1-2-3");
    Path making = Files.createDirectory(archives.resolve("java-17.0.1-4-5.making"));
    Files.createFile(unused);
    Files.createFile(making.resolve("list"));
    Files.createFile(making.resolve("archive"));
    age(archives);
    Path used = Files.createFile(archives.resolve("java-17.0.1-6-7"));

    makeArchive();

    assertThat(unused).doesNotExist();
    assertThat(making).doesNotExist();
    assertThat(used).exists();
    assertThat(tree(archives)).hasSize(3); // the directory, the used archive and the new archive
  }

  @ParameterizedTest
  @ValueSource(strings = {"17.0.99", "25.0.99"})
  void usesArchiveOfThisUser(String version) throws Exception {
    useJava(version);
    assertThat(start()).doesNotContain(archives.toString());

    assertThat(start()).contains("=" + onlyArchive() + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"chmod 666", "chmod 664", "chown 12345"})
  void replacesArchiveThatOtherUserCouldWrite(String change) throws Exception {
    makeArchive();
    Path archive = onlyArchive();
    assumeTrue(canExecute(change + " " + archive));

    assertThat(start()).doesNotContain(archives.toString());

    assertThat(start()).contains("=" + archive + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"chmod 777", "chmod 775", "chown 12345"})
  void ignoresDirectoryThatOtherUserCanWrite(String change) throws Exception {
    makeArchive();
    Files.createFile(archives.resolve("java-17.0.1-2-3"));
    age(archives);
    assumeTrue(canExecute(change + " " + archives));
    List<Path> before = tree(archives);

    assertThat(start()).doesNotContain(archives.toString());

    assertThat(tree(archives)).isEqualTo(before);
  }

  @Test
  void ignoresDirectoryThatIsLink() throws Exception {
    makeArchive();
    Path elsewhere = Files.move(archives, folder.resolve("elsewhere"));
    Files.createSymbolicLink(archives, elsewhere);

    assertThat(start()).doesNotContain(archives.toString());
  }

  /** Only the superuser can change the owner of a file. */
  private boolean canExecute(String command) throws Exception {
    return ProgramRun.in(folder, "sh", "-c", command).run().exitCode() == 0;
  }
}
