package io.github.devicetunnel;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A serializable stand-in for an exception that cannot be serialized, with the same class name,
 * message, stack trace, causes and suppressed exceptions. It is used in the copy of a library
 * exception that is written to an {@link ObjectOutputStream}.
 */
final class SerializableCause extends Exception {
  private static final long serialVersionUID = 1L;

  private final String description;

  private SerializableCause(Throwable original) {
    super(original.getMessage());
    this.description = original.toString();
    setStackTrace(original.getStackTrace());
  }

  /** Returns the exception if it can be serialized, otherwise a stand-in. */
  static @Nullable Throwable of(@Nullable Throwable original) {
    return original == null ? null : of(original, new IdentityHashMap<>());
  }

  /** Copies the stack trace and the suppressed exceptions of an exception, and returns the copy. */
  static <T extends Throwable> T copyTraces(Throwable original, T copy) {
    copy.setStackTrace(original.getStackTrace());
    for (Throwable suppressed : original.getSuppressed()) {
      copy.addSuppressed(of(suppressed, new IdentityHashMap<>()));
    }
    return copy;
  }

  /**
   * Replaces causes and suppressed exceptions recursively.
   *
   * @param known stand-ins so far by original, because exceptions can refer to each other in a
   *     cycle
   */
  private static Throwable of(Throwable original, Map<Throwable, Throwable> known) {
    Throwable existing = known.get(original);
    if (existing != null) {
      return existing;
    }
    if (isSerializable(original)) {
      return original;
    }
    SerializableCause standIn = new SerializableCause(original);
    known.put(original, standIn);
    if (original.getCause() != null) {
      standIn.initCause(of(original.getCause(), known));
    }
    for (Throwable suppressed : original.getSuppressed()) {
      standIn.addSuppressed(of(suppressed, known));
    }
    return standIn;
  }

  /**
   * Returns whether an exception can be serialized. Every Throwable implements Serializable, so
   * only an attempt shows whether its fields can be serialized.
   */
  private static boolean isSerializable(Throwable e) {
    try (ObjectOutputStream out = new ObjectOutputStream(OutputStream.nullOutputStream())) {
      out.writeObject(e);
      return true;
    } catch (IOException | RuntimeException failure) {
      return false;
    }
  }

  @Override
  @SuppressWarnings("OverrideThrowableToString") // the class name is that of the original
  public String toString() {
    return description;
  }
}
