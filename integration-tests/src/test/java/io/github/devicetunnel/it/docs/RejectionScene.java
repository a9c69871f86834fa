package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A setting, credential or tunnel that is rejected. */
interface RejectionScene {
  /** Logs every failure; {@code TraceLogCheck} searches the log for secrets. */
  Logger LOG = LoggerFactory.getLogger(RejectionScene.class);

  /**
   * Plays the scene.
   *
   * @param folder for files
   * @return the message that the user receives
   */
  String play(Path folder) throws Exception;

  /** Returns the message of the exception that an action throws. */
  static String failure(ThrowingCallable action) {
    Throwable thrown = catchThrowable(action);
    if (thrown == null || thrown instanceof NullPointerException) {
      throw new AssertionError("the action was not rejected", thrown);
    }
    LOG.trace("failed", thrown);
    return thrown.getMessage();
  }
}
