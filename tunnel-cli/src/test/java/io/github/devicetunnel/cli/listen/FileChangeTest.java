package io.github.devicetunnel.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Uses the exceptions that Java throws on Windows while another program has a file open. */
class FileChangeTest {
  private final AtomicInteger attempts = new AtomicInteger();

  private FileChange failing(int times, IOException failure) {
    return () -> {
      if (attempts.incrementAndGet() <= times) {
        throw failure;
      }
    };
  }

  @Test
  void succeedsWhenOtherProgramClosesFile() throws Exception {
    failing(3, new AccessDeniedException("ports")).makeWithin(Duration.ofMinutes(1));

    assertThat(attempts).hasValue(4);
  }

  @Test
  void failsAfterTimeout() {
    IOException failure = new FileSystemException("fresh", "ports", "used by another process");
    FileChange change = failing(Integer.MAX_VALUE, failure);

    assertThatThrownBy(() -> change.makeWithin(Duration.ofMillis(100))).isSameAs(failure);
    assertThat(attempts).hasValueGreaterThan(1);
    assertThat(FileChange.describe(failure)).isEqualTo("used by another process");
    assertThat(FileChange.describe(new AccessDeniedException("fresh", "ports", null)))
        .isEqualTo("the file may be open in another program");
  }

  @Test
  void failsAtOnceOnPermanentError() {
    FileChange change = failing(Integer.MAX_VALUE, new NoSuchFileException("ports"));

    assertThatThrownBy(() -> change.makeWithin(Duration.ofMinutes(1)))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(attempts).hasValue(1);
  }

  @Test
  void stopsRetriesOnInterrupt() {
    FileChange change = failing(Integer.MAX_VALUE, new AccessDeniedException("ports"));
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> change.makeWithin(Duration.ofMinutes(1)))
        .isInstanceOf(AccessDeniedException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
