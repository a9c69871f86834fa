package io.github.devicetunnel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves threads of ours, or descriptors of sockets and pipes, behind. Files do
 * not count: the JVM opens jars whenever it loads a class.
 *
 * <p>Timers and helpers stay for a second in case there is more to do. A thread that only waits for
 * more to do may outlive its test, but not its class.
 */
final class Leaks implements BeforeEachCallback, AfterEachCallback {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final List<String> THREADS =
      List.of("tunnel-", "MockWebServer", "test-", "fault-proxy-");

  private Set<String> threadsBefore = Set.of();
  private Set<String> descriptorsBefore = Set.of();

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    useSocketsOnce();
    classOf(context)
        .getStore(ExtensionContext.Namespace.create(Leaks.class))
        .getOrComputeIfAbsent(ThreadsOfClass.class);
    threadsBefore = threads(thread -> true);
    descriptorsBefore = descriptors();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    assertThat(left(() -> threads(Leaks::isBusy), threadsBefore))
        .as("threads left behind")
        .isEmpty();
    assertThat(left(Leaks::descriptors, descriptorsBefore)).as("descriptors left open").isEmpty();
  }

  /** Begins before the first test of a class, and checks after the last. */
  static final class ThreadsOfClass implements AutoCloseable {
    private final Set<String> before = threads(thread -> true);

    @Override
    public void close() {
      assertThat(left(() -> threads(thread -> true), before))
          .as("threads that do not end")
          .isEmpty();
    }
  }

  private static ExtensionContext classOf(ExtensionContext test) {
    ExtensionContext context = test;
    while (context.getTestMethod().isPresent()) {
      context = context.getParent().orElseThrow();
    }
    return context;
  }

  /** Waits until nothing new is left, and returns what is. */
  private static Set<String> left(Supplier<Set<String>> now, Set<String> before) {
    Set<String> left = new TreeSet<>();
    boolean unused =
        Await.within(
            Await.LONG,
            () -> {
              left.clear();
              left.addAll(now.get());
              left.removeAll(before);
              return left.isEmpty();
            });
    return left;
  }

  private static Set<String> threads(Predicate<StackTraceElement[]> which) {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(entry -> THREADS.stream().anyMatch(entry.getKey().getName()::startsWith))
        .filter(entry -> which.test(entry.getValue()))
        .map(entry -> entry.getKey().getName() + " (" + entry.getKey().getId() + ")")
        .collect(Collectors.toSet());
  }

  private static boolean isBusy(StackTraceElement[] stack) {
    return Stream.of(stack).noneMatch(Leaks::waitsForTask);
  }

  private static boolean waitsForTask(StackTraceElement frame) {
    return frame.getClassName().equals(ThreadPoolExecutor.class.getName())
        && frame.getMethodName().equals("getTask");
  }

  private static Set<String> descriptors() {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return Set.of();
    }
    try (Stream<Path> entries = Files.list(DESCRIPTORS)) {
      return entries.map(Leaks::target).filter(Leaks::counts).collect(Collectors.toSet());
    } catch (IOException e) {
      throw new AssertionError("cannot list " + DESCRIPTORS, e);
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // Closed in the meantime.
    }
  }

  private static boolean counts(String target) {
    return target.startsWith("socket:") || target.startsWith("pipe:");
  }

  /** The first sockets of a JVM open a descriptor that it keeps for all others. */
  private static void useSocketsOnce() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket accepted = server.accept()) {
      client.shutdownOutput();
      assertThat(accepted.getInputStream().read()).isEqualTo(-1);
    }
  }
}
