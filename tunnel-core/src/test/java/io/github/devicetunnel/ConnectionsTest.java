package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.ConnectionStats.State;
import io.github.devicetunnel.internal.concurrent.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
  private static final Duration TIME = Duration.ofMinutes(1);

  /** A connection that closes when it is ended. */
  private static final class FakeConnection implements Connections.Connection {
    private final List<Deadline> deadlines = new ArrayList<>();
    private final int failures;
    private int ends;

    /** Creates a connection of which the first calls of {@link #end} throw. */
    FakeConnection(int failures) {
      this.failures = failures;
    }

    @Override
    public void end(CloseCause cause) {
      ends++;
      if (ends <= failures) {
        throw new OutOfMemoryError("thrown by a test");
      }
    }

    boolean isEnded() {
      return ends > failures;
    }

    @Override
    public boolean awaitClosed(Deadline deadline) {
      deadlines.add(deadline);
      return isEnded();
    }

    @Override
    public ConnectionStats stats() {
      ConnectionInfo info =
          new ConnectionInfo(1, "tunnel", new Target("0".repeat(32), "127.0.0.1:80"), null);
      return new ConnectionStats(info, State.OPEN, Duration.ZERO, 0, 0, 5, null);
    }
  }

  /** A connection that cannot end, for lack of memory, must not keep the others open. */
  @Test
  void failingEndDoesNotKeepOtherConnectionsOpen() {
    FakeConnection first = new FakeConnection(1);
    FakeConnection second = new FakeConnection(0);

    DrainReport report = Connections.drain(List.of(first, second), TIME);

    assertThat(second.isEnded()).isTrue();
    assertThat(first.isEnded()).as("ended by a second attempt").isTrue();
    assertThat(report).isEqualTo(new DrainReport(0, 2, 10));
  }

  @Test
  void allConnectionsShareOneTimeLimit() {
    FakeConnection first = new FakeConnection(0);
    FakeConnection second = new FakeConnection(0);

    DrainReport unused = Connections.drain(List.of(first, second), TIME);

    assertThat(first.deadlines).hasSize(3).isEqualTo(second.deadlines);
    assertThat(first.deadlines.get(1).timeout()).isEqualTo(TIME);
    assertThat(first.deadlines.get(2).timeout()).isEqualTo(Duration.ofSeconds(3));
  }
}
