package io.github.devicetunnel.it.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The number of threads that a process may have. A process without quota cannot start a thread.
 *
 * <p>Linux does not limit root. If the tests run as root, the process and the program that changes
 * its quota run as another user, who may read all files.
 */
public final class ThreadQuota {
  private static final String NOBODY = "65534";

  private final Path folder;
  private final long pid;
  private final String normal;

  private ThreadQuota(Path folder, long pid) throws IOException {
    this.folder = folder;
    this.pid = pid;
    this.normal = limit(pid);
  }

  /** Returns the command that runs a program with a quota. */
  public static List<String> command(List<String> program) {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(
          List.of(
              Externals.program("setpriv"),
              "--reuid=" + NOBODY,
              "--regid=" + NOBODY,
              "--clear-groups",
              "--inh-caps=+dac_override",
              "--ambient-caps=+dac_override"));
    }
    command.addAll(program);
    return command;
  }

  /**
   * Returns the quota of a process that was started with {@link #command}.
   *
   * @param folder for temporary files
   */
  public static ThreadQuota of(Path folder, long pid) throws IOException {
    return new ThreadQuota(folder, pid);
  }

  private static String limit(long pid) throws IOException {
    String prefix = "Max processes";
    try (var lines = Files.lines(Path.of("/proc/" + pid + "/limits"), UTF_8)) {
      return lines
          .filter(line -> line.startsWith(prefix))
          .map(line -> line.substring(prefix.length()).strip().split(" +", 2)[0])
          .findFirst()
          .orElseThrow();
    }
  }

  /** Prevents the start of further threads. */
  public void exhaust() throws IOException, InterruptedException {
    set("1");
  }

  /** Permits further threads again. */
  public void restore() throws IOException, InterruptedException {
    set(normal);
  }

  private void set(String limit) throws IOException, InterruptedException {
    ProgramRun.in(
            folder,
            command(
                List.of(Externals.program("prlimit"), "--pid=" + pid, "--nproc=" + limit + ":")))
        .succeed();
  }
}
