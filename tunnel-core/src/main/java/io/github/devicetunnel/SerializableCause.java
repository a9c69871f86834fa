package io.github.devicetunnel;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stands for an exception that cannot be serialized, in the copy of an exception of ours that is
 * written to an {@link ObjectOutputStream}: with its class name, message, stack trace and causes.
 */
final class SerializableCause extends Exception {
  private static final long serialVersionUID = 1L;

  private final String description;

  private SerializableCause(Throwable original) {
    super(original.getMessage());
    this.description = original.toString();
    setStackTrace(original.getStackTrace());
  }

  /** Returns the same exception where it can be serialized, otherwise one that stands for it. */
  static @Nullable Throwable of(@Nullable Throwable original) {
    return original == null ? null : of(original, new IdentityHashMap<>());
  }

  /** Returns the copy, with the stack trace and the suppressed exceptions of the original. */
  static <T extends Throwable> T copyTraces(Throwable original, T copy) {
    copy.setStackTrace(original.getStackTrace());
    for (Throwable suppressed : original.getSuppressed()) {
      copy.addSuppressed(of(suppressed, new IdentityHashMap<>()));
    }
    return copy;
  }

  /**
   * Walks through causes and suppressed exceptions.
   *
   * @param known what stands for which, since exceptions may refer to each other in a circle
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

  /** Only an attempt shows it: every Throwable says that it is, whatever its fields are. */
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
