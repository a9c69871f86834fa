package io.github.devicetunnel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Delays dials after failures, so that an outage does not become a flood of requests. A circuit
 * breaker exists for each failing target, each failing cloud and each rejected token; see
 * docs/rationale/backoff.md.
 *
 * <table>
 * <caption>States of a breaker</caption>
 * <tr><th>state</th><th>dials</th><th>next state</th></tr>
 * <tr><td>closed (not in the map)</td><td>all</td><td>open after a failure</td></tr>
 * <tr><td>open</td><td>none</td><td>half-open when the delay has passed</td></tr>
 * <tr><td>half-open</td><td>one, the probe; another one if the probe takes longer than two
 *     seconds</td><td>closed after a success, open after a failure</td></tr>
 * </table>
 *
 * <p>Thread-safe. No method blocks; the caller waits.
 */
final class Breakers {
  /** Upper limit of the first delay. Each further delay may be twice as long. */
  private static final Duration FIRST = Duration.ofMillis(500);

  /** First delay after a rejected credential. */
  private static final Duration FIRST_CREDENTIAL = Duration.ofSeconds(1);

  /** How often to check whether the probe of another thread has ended. */
  private static final long PROBE_CHECK_NANOS = Duration.ofMillis(50).toNanos();

  /** After this time, another dial becomes the probe. */
  private static final long MAX_PROBE_NANOS = Duration.ofSeconds(2).toNanos();

  /** A breaker is removed if it has been half-open for this time without a dial. */
  private static final long UNUSED_NANOS = Duration.ofMinutes(10).toNanos();

  private static final long CLEANUP_NANOS = Duration.ofMinutes(1).toNanos();

  /** What a failure concerns. */
  enum Scope {
    TARGET,
    CLOUD
  }

  /**
   * A failure of a dial.
   *
   * @param answered whether the cloud answered
   * @param message description for other dials
   * @param retryAfter delay that the cloud requested, or null
   * @param rejectedToken token that the cloud rejected; null for other failures
   */
  record Failure(
      Scope scope,
      boolean answered,
      String message,
      @Nullable Duration retryAfter,
      @Nullable String rejectedToken) {}

  /** Receives the changes of the breakers in their order. Called with a lock held. */
  interface Observer {
    /** A breaker has opened, or a further failure has extended its delay. */
    void opened(BackoffStats state);

    /** A breaker has closed, or was removed because no dial used it. */
    void closed(BackoffStats last, boolean afterSuccess);
  }

  /** The key of a breaker; the target is null for a whole cloud, the token for all tokens. */
  private record Key(HttpUrl cloud, @Nullable Target target, @Nullable String token) {
    // Written by hand; see docs/rationale/threads-and-memory.md.

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key that
          && cloud.equals(that.cloud)
          && Objects.equals(target, that.target)
          && Objects.equals(token, that.token);
    }

    @Override
    public int hashCode() {
      return Objects.hash(cloud, target, token);
    }

    @Override
    public String toString() {
      return cloud + " " + target; // without the token, which is secret
    }
  }

  private static final class Breaker {
    private int failures;
    private long failedAt;
    private long openUntil;
    private String message = "";
    private @Nullable Target rejectedAt; // target of the last dial, if a token was rejected
    private @Nullable Pass probe;
  }

  private final Duration maxDelay;
  private final LongSupplier clock;
  private final DoubleSupplier random;
  private final Observer observer;

  private final Map<Key, Breaker> breakers = new HashMap<>(); // guarded by this
  private volatile boolean anyOpen; // whether the map has entries
  private long cleanedAt; // guarded by this

  /**
   * Creates closed breakers.
   *
   * @param maxDelay maximum delay without a request by the cloud; zero disables the breakers
   * @param clock as {@link System#nanoTime}
   * @param random from 0 (inclusive) to 1 (exclusive)
   */
  Breakers(Duration maxDelay, LongSupplier clock, DoubleSupplier random, Observer observer) {
    this.maxDelay = maxDelay;
    this.clock = clock;
    this.random = random;
    this.observer = observer;
    this.cleanedAt = clock.getAsLong();
  }

  /** The admission of one dial attempt. The caller reports the outcome, and then closes it. */
  final class Pass implements AutoCloseable {
    private final HttpUrl cloud;
    private final Target target;
    private final long startedAt = clock.getAsLong();
    private @Nullable String token; // guarded by Breakers.this

    private Pass(HttpUrl cloud, Target target, @Nullable String token) {
      this.cloud = cloud;
      this.target = target;
      this.token = token;
    }

    /**
     * Sets the token of the dial, once it is known.
     *
     * @return the state of the breaker of this token, if the dial must wait for it; otherwise null
     */
    @Nullable BackoffStats useToken(String known) {
      return anyOpen ? Breakers.this.useToken(this, known) : null;
    }

    /** Closes the breakers of this dial. */
    void succeeded() {
      if (anyOpen) {
        closeAll(this);
      }
    }

    /**
     * Opens a breaker, unless another dial has done so since this one began: simultaneous failures
     * count as one.
     */
    void failed(Failure failure) {
      if (!maxDelay.isZero()) {
        open(this, failure);
      }
    }

    /** Admits another probe if this dial was one and reported no outcome. */
    @Override
    public void close() {
      if (anyOpen) {
        release(this);
      }
    }
  }

  private static List<Key> keys(HttpUrl cloud, Target target, @Nullable String token) {
    List<Key> keys = new ArrayList<>(4);
    keys.add(new Key(cloud, target, null));
    keys.add(new Key(cloud, null, null));
    if (token != null) {
      keys.add(new Key(cloud, target, token));
      keys.add(new Key(cloud, null, token));
    }
    return keys;
  }

  /**
   * Returns how long a dial must wait, in nanoseconds, before {@link #tryEnter} can succeed; zero
   * or less if it can succeed now.
   *
   * @param token the token of the dial, or null if it is not known yet
   */
  long waitNanos(CloudUri cloud, Target target, @Nullable String token) {
    return anyOpen ? longestWait(keys(cloud.base(), target, token)) : 0;
  }

  private synchronized long longestWait(List<Key> keys) {
    long wait = 0;
    for (Key key : keys) {
      wait = Math.max(wait, waitNanos(breakers.get(key)));
    }
    return wait;
  }

  private long waitNanos(@Nullable Breaker breaker) {
    if (breaker == null) {
      return 0;
    }
    long left = breaker.openUntil - clock.getAsLong();
    return left <= 0 && isProbed(breaker) ? PROBE_CHECK_NANOS : left;
  }

  private boolean isProbed(Breaker breaker) {
    Pass probe = breaker.probe;
    return probe != null && clock.getAsLong() - probe.startedAt < MAX_PROBE_NANOS;
  }

  /** Admits a dial attempt, or returns null if it must wait. */
  @Nullable Pass tryEnter(CloudUri cloud, Target target, @Nullable String token) {
    Pass pass = new Pass(cloud.base(), target, token);
    return !anyOpen || enter(pass) ? pass : null;
  }

  private synchronized boolean enter(Pass pass) {
    List<Key> keys = keys(pass.cloud, pass.target, pass.token);
    if (longestWait(keys) > 0) {
      return false;
    }
    keys.forEach(key -> probe(breakers.get(key), pass));
    return true;
  }

  private static void probe(@Nullable Breaker breaker, Pass pass) {
    if (breaker != null) {
      breaker.probe = pass;
    }
  }

  private synchronized @Nullable BackoffStats useToken(Pass pass, String token) {
    if (token.equals(pass.token)) {
      return null; // known when the dial entered
    }
    pass.token = token;
    List<Key> ofToken = keys(pass.cloud, pass.target, token).subList(2, 4);
    for (Key key : ofToken) {
      Breaker breaker = breakers.get(key);
      if (breaker != null && waitNanos(breaker) > 0) {
        return stats(key, breaker);
      }
    }
    ofToken.forEach(key -> probe(breakers.get(key), pass));
    return null;
  }

  private synchronized void open(Pass pass, Failure failure) {
    Key key =
        new Key(
            pass.cloud, failure.scope == Scope.CLOUD ? null : pass.target, failure.rejectedToken);
    if (failure.answered) {
      closeOfCloud(pass, key);
    }
    release(pass);
    Breaker breaker = breakers.get(key);
    if (breaker != null && breaker.failedAt - pass.startedAt >= 0) {
      return; // another dial has failed since this one began
    }
    removeUnused();
    if (breaker == null) {
      breaker = new Breaker();
      breakers.put(key, breaker);
      anyOpen = true;
    }
    breaker.failures++;
    breaker.failedAt = clock.getAsLong();
    breaker.message = failure.message;
    breaker.rejectedAt = failure.rejectedToken == null ? null : pass.target;
    breaker.openUntil = breaker.failedAt + delay(breaker.failures, failure).toNanos();
    observer.opened(stats(key, breaker));
  }

  /** Closes the breakers that an answer of the cloud disproves, except the failing one. */
  private void closeOfCloud(Pass pass, Key failing) {
    for (Key key : keys(pass.cloud, pass.target, pass.token)) {
      boolean isOfTarget = key.target != null && key.token == null;
      boolean mayBeRejected = key.token != null && failing.token != null;
      if (!key.equals(failing) && !isOfTarget && !mayBeRejected) {
        close(key, true);
      }
    }
  }

  private void close(Key key, boolean afterSuccess) {
    Breaker breaker = breakers.remove(key);
    if (breaker != null) {
      observer.closed(stats(key, breaker), afterSuccess);
    }
    anyOpen = !breakers.isEmpty();
  }

  private Duration delay(int failures, Failure failure) {
    if (failure.retryAfter != null) {
      return failure.retryAfter;
    }
    if (failure.rejectedToken != null) {
      return limit(FIRST_CREDENTIAL, failures);
    }
    // Full jitter: many clients that failed together do not dial together again.
    return Duration.ofNanos((long) (limit(FIRST, failures).toNanos() * random.getAsDouble()));
  }

  private Duration limit(Duration first, int failures) {
    Duration limit = first.multipliedBy(1L << Math.min(failures - 1, 20));
    return limit.compareTo(maxDelay) < 0 ? limit : maxDelay;
  }

  private synchronized void closeAll(Pass pass) {
    keys(pass.cloud, pass.target, pass.token).forEach(key -> close(key, true));
    // The token that was rejected at this target has been replaced.
    List<Key> replaced = new ArrayList<>();
    breakers.forEach(
        (key, breaker) -> {
          if (key.cloud.equals(pass.cloud) && pass.target.equals(breaker.rejectedAt)) {
            replaced.add(key);
          }
        });
    replaced.forEach(key -> close(key, true));
    removeUnused();
  }

  private synchronized void release(Pass pass) {
    for (Key key : keys(pass.cloud, pass.target, pass.token)) {
      Breaker breaker = breakers.get(key);
      if (breaker != null && breaker.probe == pass) {
        breaker.probe = null;
      }
    }
  }

  private void removeUnused() {
    long now = clock.getAsLong();
    if (now - cleanedAt < CLEANUP_NANOS) {
      return;
    }
    cleanedAt = now;
    List<Key> unused = new ArrayList<>();
    breakers.forEach(
        (key, breaker) -> {
          if (now - breaker.openUntil > UNUSED_NANOS) {
            unused.add(key);
          }
        });
    unused.forEach(key -> close(key, false));
  }

  /** Returns the state of every breaker that is not closed. */
  synchronized List<BackoffStats> stats() {
    List<BackoffStats> all = new ArrayList<>();
    breakers.forEach((key, breaker) -> all.add(stats(key, breaker)));
    return all;
  }

  /** Returns the state of the breaker that delays a dial for the longest time, or null. */
  synchronized @Nullable BackoffStats delaying(
      CloudUri cloud, Target target, @Nullable String token) {
    BackoffStats longest = null;
    long longestWait = 0;
    for (Key key : keys(cloud.base(), target, token)) {
      Breaker breaker = breakers.get(key);
      if (breaker != null && waitNanos(breaker) > longestWait) {
        longestWait = waitNanos(breaker);
        longest = stats(key, breaker);
      }
    }
    return longest;
  }

  private BackoffStats stats(Key key, Breaker breaker) {
    Duration left = Duration.ofNanos(Math.max(0, breaker.openUntil - clock.getAsLong()));
    String cloudUri = key.cloud.toString().replaceFirst("^http", "ws");
    return new BackoffStats(cloudUri, key.target, breaker.failures, left, breaker.message);
  }
}
