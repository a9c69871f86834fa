package io.github.devicetunnel.it.support;

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
 * Fails a test that leaks threads of this project, or descriptors of sockets and pipes. Files do
 * not count, because the JVM opens jars whenever it loads a class.
 *
 * <p>Timers and helper threads stay for a second to be reused. A thread that only waits for tasks
 * may outlive its test, but not its class.
 */
public final class Leaks implements BeforeEachCallback, AfterEachCallback {
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
    assertThat(leaked(() -> threads(Leaks::isBusy), threadsBefore)).as("leaked threads").isEmpty();
    assertThat(leaked(Leaks::descriptors, descriptorsBefore)).as("leaked descriptors").isEmpty();
  }

  /** Records the threads before the first test of a class, and checks them after the last. */
  static final class ThreadsOfClass implements AutoCloseable {
    private final Set<String> before = threads(thread -> true);

    @Override
    public void close() {
      assertThat(leaked(() -> threads(thread -> true), before))
          .as("threads that outlive the class")
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

  /** Waits until every new entry has gone, and returns the entries that remain. */
  private static Set<String> leaked(Supplier<Set<String>> current, Set<String> before) {
    Set<String> leaked = new TreeSet<>();
    boolean unused =
        Await.within(
            Await.LONG,
            () -> {
              leaked.clear();
              leaked.addAll(current.get());
              leaked.removeAll(before);
              return leaked.isEmpty();
            });
    return leaked;
  }

  private static Set<String> threads(Predicate<StackTraceElement[]> stackFilter) {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(entry -> THREADS.stream().anyMatch(entry.getKey().getName()::startsWith))
        .filter(entry -> stackFilter.test(entry.getValue()))
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

  /** Opens sockets once, because the first sockets of a JVM open a descriptor that stays open. */
  private static void useSocketsOnce() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket accepted = server.accept()) {
      client.shutdownOutput();
      assertThat(accepted.getInputStream().read()).isEqualTo(-1);
    }
  }
}
