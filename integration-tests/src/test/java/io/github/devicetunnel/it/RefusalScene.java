package io.github.devicetunnel.it;

import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Something that is refused. */
interface RefusalScene {
  /** All that it is refused with is looked through for secrets: see {@link TraceLogCheck}. */
  Logger LOG = LoggerFactory.getLogger(RefusalScene.class);

  /**
   * Plays it.
   *
   * @param folder for files
   * @return the message that whoever did it gets
   */
  String play(Path folder) throws Exception;

  /** The message of what an action throws. */
  static String refusal(ThrowingCallable action) {
    Throwable thrown = catchThrowable(action);
    if (thrown == null || thrown instanceof NullPointerException) {
      throw new AssertionError("it was not refused", thrown);
    }
    LOG.trace("refused", thrown);
    return thrown.getMessage();
  }
}
