package io.github.devicetunnel.it.faults;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.it.support.Await;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.LoggerFactory;

/**
 * An {@link OutOfMemoryError} at one of the places that a run passes. Every log call of the library
 * is such a place.
 */
final class InjectedError implements AutoCloseable {
  private static final String LIBRARY = TunnelClient.class.getPackageName();

  private final AtomicInteger left;
  private final Logger logger = (Logger) LoggerFactory.getLogger(LIBRARY);
  private final Level levelBefore = logger.getLevel();
  private final Thread.UncaughtExceptionHandler handlerBefore =
      Thread.getDefaultUncaughtExceptionHandler();
  private final Log log = new Log();

  private volatile boolean armed;
  private volatile String place;

  /**
   * Creates an error at a place.
   *
   * @param place the number of the place, starting with 1
   */
  InjectedError(int place) {
    this.left = new AtomicInteger(place);
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {});
    logger.setLevel(Level.TRACE);
    log.setContext(logger.getLoggerContext());
    log.start();
    logger.addAppender(log);
  }

  /** Counts the places that are passed from now on. */
  void arm() {
    armed = true;
  }

  /** Lets no further place fail. */
  void disarm() {
    armed = false;
  }

  /** Throws the error if this is the place. */
  void pass(String name) {
    if (armed && left.decrementAndGet() == 0) {
      place = name;
      throw new OutOfMemoryError("thrown by a test: " + name);
    }
  }

  /** Waits for a condition, and names the place that failed if it is not met in time. */
  void await(String condition, BooleanSupplier isMet) {
    Await.until(() -> condition + " after the failure of " + place, isMet);
  }

  /** Returns whether the run reached the place. */
  boolean hasOccurred() {
    return place != null;
  }

  /** Returns the name of the place that failed, or null. */
  String place() {
    return place;
  }

  @Override
  public void close() {
    disarm();
    logger.detachAppender(log);
    logger.setLevel(levelBefore);
    Thread.setDefaultUncaughtExceptionHandler(handlerBefore);
  }

  private final class Log extends AppenderBase<ILoggingEvent> {
    @Override
    public synchronized void doAppend(ILoggingEvent event) {
      String name = event.getLoggerName();
      String inLibrary = name.startsWith(LIBRARY) ? name.substring(LIBRARY.length()) : "";
      if (!inLibrary.startsWith(".it.") && !inLibrary.startsWith(".testing.")) {
        pass("log " + inLibrary + " " + event.getMessage());
      }
    }

    @Override
    protected void append(ILoggingEvent event) {
      throw new UnsupportedOperationException("see doAppend");
    }
  }
}
