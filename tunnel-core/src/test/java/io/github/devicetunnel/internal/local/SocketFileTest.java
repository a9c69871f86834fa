package io.github.devicetunnel.internal.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Two programs that start at the same path. */
@DisabledOnOs(OS.WINDOWS)
class SocketFileTest {
  private static final int ROUNDS = 200;

  @TempDir private Path folder;
  private Path path;
  private final List<ServerSocketChannel> channels = new ArrayList<>();

  @BeforeEach
  void start() {
    path = folder.resolve("s");
  }

  @AfterEach
  void stop() throws IOException {
    for (ServerSocketChannel each : channels) {
      each.close();
    }
  }

  private ServerSocketChannel open() throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    synchronized (channels) {
      channels.add(channel);
    }
    return channel;
  }

  private void bind(Path place) throws IOException {
    open().bind(UnixDomainSocketAddress.of(place));
  }

  private void leaveStale() throws IOException {
    try (ServerSocketChannel dead = open()) {
      dead.bind(UnixDomainSocketAddress.of(path));
    }
  }

  private Object key() throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  private void connect() throws IOException {
    SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
  }

  @Test
  void keepsSocketThatReplacesStaleFileAfterCheck() throws Exception {
    leaveStale();
    List<Object> competitor = new ArrayList<>();

    assertThatThrownBy(
            () ->
                SocketFile.create(
                    path,
                    this::bind,
                    checked -> {
                      Files.move(checked, folder.resolve("old"));
                      bind(checked);
                      competitor.add(key());
                      return false;
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("the socket is in use by another program");

    assertThat(key()).isEqualTo(competitor.get(0));
    connect();
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("s", "old");
  }

  @Test
  void createsFileIfStaleFileDisappearsAfterCheck() throws Exception {
    leaveStale();

    SocketFile file =
        SocketFile.create(
            path,
            this::bind,
            checked -> {
              Files.delete(checked);
              return false;
            });

    connect();
    file.delete();
    assertThat(folder).isEmptyDirectory();
  }

  /** The file is missing while it is checked, and another program's file follows. */
  @Test
  void reportsUseIfFileIsReplacedDuringCheck() throws Exception {
    leaveStale();
    AtomicBoolean replaced = new AtomicBoolean();

    assertThatThrownBy(
            () ->
                SocketFile.create(
                    path,
                    this::bind,
                    checked -> {
                      if (replaced.getAndSet(true)) {
                        return true;
                      }
                      Files.delete(checked);
                      bind(checked);
                      throw new SocketException("No such file or directory");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("the socket is in use by another program");
    connect();
  }

  /** On other systems, a socket is moved to its path, which is not atomic. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void oneOfTwoProgramsSucceeds() throws Exception {
    ExecutorService programs = Executors.newFixedThreadPool(2);
    try {
      for (int round = 0; round < ROUNDS; round++) {
        if (round % 2 == 0) {
          leaveStale();
        }
        CyclicBarrier barrier = new CyclicBarrier(2);
        List<Future<Boolean>> outcomes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          outcomes.add(programs.submit(() -> create(barrier)));
        }

        assertThat(List.of(get(outcomes.get(0)), get(outcomes.get(1))))
            .containsExactlyInAnyOrder(true, false);
        connect();
        assertThat(folder.toFile().list()).containsExactly("s");
        Files.delete(path);
        stop();
      }
    } finally {
      programs.shutdownNow();
    }
  }

  private static boolean get(Future<Boolean> outcome) throws Exception {
    return outcome.get(60, TimeUnit.SECONDS);
  }

  /** Returns false if the path is in use. */
  private boolean create(CyclicBarrier barrier) throws Exception {
    ServerSocketChannel channel = open();
    barrier.await(60, TimeUnit.SECONDS);
    try {
      SocketFile unused =
          SocketFile.create(path, place -> channel.bind(UnixDomainSocketAddress.of(place)));
      return true;
    } catch (IOException e) {
      assertThat(e).hasMessage("the socket is in use by another program");
      channel.close();
      return false;
    }
  }
}
