package io.github.devicetunnel.it.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * A process that a test starts. The process and its descendants end with the test or with this JVM.
 * The report of a failed test contains the output of its processes and the thread stacks of those
 * that are JVMs. Thread-safe.
 */
public final class TestProcess extends Process {
  /** Maximum number of bytes of each stream in a report. */
  private static final int MAX_SHOWN = 16 << 10;

  private static final long MAX_STACKS_SECONDS = 20;

  /** The processes of the running test and its class, in the order of their start. */
  private static final List<TestProcess> STARTED = new CopyOnWriteArrayList<>();

  static {
    Thread end = new Thread(() -> STARTED.forEach(TestProcess::destroyTree), "test-processes-end");
    Runtime.getRuntime().addShutdownHook(end);
  }

  private final long start = System.nanoTime();
  private final List<String> command;
  private final Process process;
  private final Recorded output;
  private final Recorded errors;
  private volatile String stacks = "";
  private volatile boolean over;

  private TestProcess(ProcessBuilder builder) throws IOException {
    command = List.copyOf(builder.command());
    process = builder.start();
    output = new Recorded(process.getInputStream(), builder.redirectOutput());
    errors = new Recorded(process.getErrorStream(), builder.redirectError());
  }

  public static TestProcess start(ProcessBuilder builder) throws IOException {
    TestProcess process = new TestProcess(builder);
    STARTED.add(process);
    return process;
  }

  /** Waits until the process exits, and fails with a report if it does not. */
  public int awaitExit() throws InterruptedException {
    if (!process.waitFor(Await.LONG.toMillis(), TimeUnit.MILLISECONDS)) {
      throw Await.expired("the end of " + command);
    }
    return process.exitValue();
  }

  /** Returns the process and its descendants. */
  List<ProcessHandle> tree() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
  }

  private void destroyTree() {
    tree().forEach(ProcessHandle::destroyForcibly);
  }

  /** Kills the process and its descendants. Has no effect after the process has ended. */
  public void end() {
    end(tree());
  }

  /** Same as {@link #end()}, for a tree that may have lost its root since it was listed. */
  public void end(List<ProcessHandle> tree) {
    // A test that has waited this long is about to fail: record the stacks for its report.
    if (!over && System.nanoTime() - start > Await.LONG.toNanos()) {
      stacks = stacksOf(tree);
    }
    over = true;
    output.drain();
    errors.drain();
    tree.forEach(ProcessHandle::destroyForcibly);
    Await.until("the end of killed " + tree, () -> !process.isAlive() && haveEnded(tree));
  }

  public static boolean haveEnded(List<ProcessHandle> tree) {
    return tree.stream().noneMatch(process -> process.isAlive() && !isZombie(process));
  }

  /** Returns true for an orphan that has ended, and that process 1 of a container does not reap. */
  private static boolean isZombie(ProcessHandle process) {
    try {
      Path state = Path.of("/proc", Long.toString(process.pid()), "stat");
      return Files.readString(state, ISO_8859_1).contains(") Z ");
    } catch (IOException e) {
      return false; // The process is gone, or this is not Linux.
    }
  }

  /** Describes all processes of the running test. */
  static String reports() {
    return STARTED.stream().map(TestProcess::report).collect(Collectors.joining());
  }

  private String report() {
    String state = process.isAlive() ? "alive" : "exit code " + process.exitValue();
    return "\n--- process %d, %s: %s\n--- its standard output:\n%s\n--- its standard error:\n%s%s"
        .formatted(
            pid(),
            state,
            String.join(" ", command),
            output.text(),
            errors.text(),
            over ? stacks : stacksOf(tree()));
  }

  private static String stacksOf(List<ProcessHandle> tree) {
    return tree.stream()
        .filter(each -> each.isAlive() && each.info().command().orElse("").endsWith("java"))
        .map(each -> "\n--- threads of JVM " + each.pid() + ":\n" + stacksOf(each.pid()))
        .collect(Collectors.joining());
  }

  private static String stacksOf(long pid) {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    try {
      File stacks = File.createTempFile("stacks", ".txt");
      Process printing =
          new ProcessBuilder(jcmd, Long.toString(pid), "Thread.print", "-l")
              .redirectErrorStream(true)
              .redirectOutput(stacks)
              .start();
      boolean complete = printing.waitFor(MAX_STACKS_SECONDS, TimeUnit.SECONDS);
      printing.destroyForcibly();
      String text = Files.readString(stacks.toPath(), ISO_8859_1);
      Files.delete(stacks.toPath());
      return complete ? text : text + "(jcmd did not end in " + MAX_STACKS_SECONDS + " s)";
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e.toString();
    }
  }

  /** A stream of a process that records the last bytes that were read, or reads its file. */
  private static final class Recorded extends FilterInputStream {
    private final File file;
    private final ByteArrayOutputStream last = new ByteArrayOutputStream();
    private volatile boolean reading;

    Recorded(InputStream in, Redirect redirect) {
      super(in);
      file = redirect.file();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      reading = true;
      try {
        int count = super.read(buffer, offset, length);
        if (count > 0) {
          record(buffer, offset, count);
        }
        return count;
      } finally {
        reading = false;
      }
    }

    private synchronized void record(byte[] buffer, int offset, int count) {
      if (last.size() > 4 * MAX_SHOWN) {
        byte[] all = last.toByteArray();
        last.reset();
        last.write(all, all.length - MAX_SHOWN, MAX_SHOWN);
      }
      last.write(buffer, offset, count);
    }

    /** Reads the available bytes, unless a reader is blocked and holds the lock. */
    void drain() {
      try {
        while (!reading && in.available() > 0) {
          int unused = read(new byte[8192], 0, 8192);
        }
      } catch (IOException e) {
        // The test has closed the stream.
      }
    }

    synchronized String text() {
      drain();
      byte[] all = last.toByteArray();
      try {
        all = file == null ? all : Files.readAllBytes(file.toPath());
      } catch (IOException e) {
        return e.toString();
      }
      int skipped = Math.max(0, all.length - MAX_SHOWN);
      String text = new String(all, skipped, all.length - skipped, ISO_8859_1);
      return skipped == 0 ? text : "(" + skipped + " bytes before)\n" + text;
    }
  }

  /** Reports and ends processes. Registered in {@code META-INF/services}. */
  public static final class Watch
      implements BeforeAllCallback, BeforeEachCallback, TestExecutionExceptionHandler {
    @Override
    public void beforeAll(ExtensionContext context) {
      endAfter(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
      STARTED.removeIf(process -> process.over || !process.isAlive());
      endAfter(context);
    }

    /** JUnit closes the values in the store after fields with AutoClose, and before TempDir. */
    private static void endAfter(ExtensionContext context) {
      Set<TestProcess> before = Set.copyOf(STARTED);
      AutoCloseable end = () -> endAllBut(before);
      context.getStore(ExtensionContext.Namespace.create(context.getUniqueId())).put("end", end);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
        throws Throwable {
      if (!STARTED.isEmpty() && !(failure instanceof Await.ExpiredError)) {
        failure.addSuppressed(new AssertionError("the processes of the test:" + reports()));
      }
      throw failure;
    }

    /** Kills the processes that a test left behind, and fails if there are any. */
    static void endAllBut(Set<TestProcess> kept) {
      List<TestProcess> left =
          STARTED.stream()
              .filter(process -> !process.over && process.isAlive() && !kept.contains(process))
              .toList();
      left.forEach(TestProcess::end);
      if (!left.isEmpty()) {
        throw new AssertionError(
            "processes left behind, killed: " + left.stream().map(each -> each.command).toList());
      }
    }
  }

  @Override
  public OutputStream getOutputStream() {
    return process.getOutputStream();
  }

  @Override
  public InputStream getInputStream() {
    return output;
  }

  @Override
  public InputStream getErrorStream() {
    return errors;
  }

  @Override
  public int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
    return process.waitFor(timeout, unit);
  }

  @Override
  public int exitValue() {
    return process.exitValue();
  }

  @Override
  public void destroy() {
    process.destroy();
  }

  @Override
  public Process destroyForcibly() {
    process.destroyForcibly();
    return this;
  }

  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public ProcessHandle toHandle() {
    return process.toHandle();
  }
}
