package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.devicetunnel.ConnectionStats.State;
import org.junit.jupiter.api.Test;

/** The transitions of a connection that never opened. Those with a websocket need a connection. */
class TunnelLifeTest {
  private final TunnelLife life = new TunnelLife(() -> 0);

  private static CloseReason reason(CloseCause cause) {
    return cause.reason(0, 0, System.nanoTime());
  }

  @Test
  void firstCloseReasonStays() {
    assertThat(life.state()).isEqualTo(State.DIALING);
    assertThatIllegalStateException().isThrownBy(life::requireReason);

    assertThat(life.end(reason(CloseCause.localClosed()))).isTrue();
    assertThat(life.end(reason(CloseCause.shutdown()))).isFalse();

    assertThat(life.requireReason().kind()).isEqualTo(CloseReason.Kind.LOCAL_CLOSED);
  }

  @Test
  void halfCloseDuringTheDialHasNoEffect() {
    assertThat(life.drain()).isFalse();
    assertThat(life.state()).isEqualTo(State.DIALING);
    assertThat(life.isOpen()).isFalse();
  }

  @Test
  void closedIsFinal() {
    life.end(reason(CloseCause.localClosed()));
    life.close();
    assertThat(life.isClosed()).isTrue();
    assertThat(life.drain()).isFalse();
    assertThat(life.end(reason(CloseCause.shutdown()))).isFalse();
  }
}
