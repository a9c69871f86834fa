package io.github.devicetunnel.it;

import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Something that is refused. */
interface RefusalScene {
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
    return thrown.getMessage();
  }
}
