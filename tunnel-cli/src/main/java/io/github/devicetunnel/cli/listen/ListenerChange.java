package io.github.devicetunnel.cli.listen;

import java.util.List;

/** The listeners that a reload opens and closes. */
public final class ListenerChange {
  private final List<TunnelSpec> configured;
  private final List<OpenListener> removed;
  private final List<OpenListener> independent;
  private final List<OpenListener> takingOver;

  /**
   * Creates a change.
   *
   * @param configured all listeners after the change, in their order
   * @param added listeners that are prepared and do not listen yet
   * @param removed open listeners that are no longer configured
   */
  ListenerChange(
      List<TunnelSpec> configured, List<OpenListener> added, List<OpenListener> removed) {
    this.configured = List.copyOf(configured);
    this.removed = List.copyOf(removed);
    this.independent = added.stream().filter(each -> !isBlocked(each)).toList();
    this.takingOver = added.stream().filter(this::isBlocked).toList();
  }

  private boolean isBlocked(OpenListener listener) {
    return removed.stream().anyMatch(each -> each.blocks(listener.spec()));
  }

  List<TunnelSpec> configured() {
    return configured;
  }

  List<OpenListener> removed() {
    return removed;
  }

  /** Returns the added listeners that can listen before the removed ones close. */
  List<OpenListener> independent() {
    return independent;
  }

  /** Returns the added listeners whose addresses are free only after the removed ones close. */
  List<OpenListener> takingOver() {
    return takingOver;
  }

  /** Releases the added listeners if the change is not made. */
  public void discard() {
    OpenListener.discard(independent);
    OpenListener.discard(takingOver);
  }
}
