package io.github.devicetunnel.internal.frames;

import java.time.Duration;

/** A receiver of the results of liveness checks, called on the scheduler's thread. */
public interface KeepAliveVerdict {
  /** Reports that no byte was received for this long. */
  void silent(Duration silence);

  /** Reports that a write of a frame was blocked for this long. */
  void writeBlocked(Duration blocked);

  /** Reports that a check threw an exception. */
  void failed(Throwable failure);
}
