package io.github.devicetunnel.internal.upgrade;

import java.security.CodeSource;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the class path has the libraries that this one needs. A build tool may select older
 * ones, and otherwise the JVM would miss a class or method in the middle of a dial, with an {@link
 * Error}.
 */
public final class Libraries {
  /** In the order of their dependencies, so that the cause is reported first. */
  private static final List<Library> NEEDED =
      List.of(
          new Library(
              "org.jetbrains.kotlin:kotlin-stdlib",
              "2.1.21 (with a Spring Boot parent: the property kotlin.version)",
              "kotlin.Unit",
              "kotlin.enums.EnumEntriesKt"),
          new Library(
              "com.squareup.okio:okio and okio-jvm", "3.17.0", "okio.Buffer", "okio.Socket"),
          new Library(
              "com.squareup.okhttp3:okhttp and okhttp-jvm",
              "5.4.0, as io.github.devicetunnel:tunnel-bom does",
              "okhttp3.OkHttpClient",
              "okhttp3.Call#addEventListener"));

  private Libraries() {}

  /**
   * Checks all of them, the first time.
   *
   * @throws IllegalStateException when one is missing or too old
   */
  public static void check() {
    if (Result.DEFECT != null) {
      throw new IllegalStateException(Result.DEFECT);
    }
  }

  /** Classes are never unloaded or replaced, so that one look is enough. */
  private static final class Result {
    static final @Nullable String DEFECT =
        isNativeImage()
            ? null
            : NEEDED.stream()
                .map(library -> library.defect(Libraries.class.getClassLoader()))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
  }

  /** Its classes were chosen when it was built, and reflection finds only what was named then. */
  private static boolean isNativeImage() {
    return System.getProperty("org.graalvm.nativeimage.imagecode") != null;
  }

  /**
   * A library.
   *
   * @param artifacts its group and names
   * @param version which this library was built and tested with, and how to get it
   * @param known a class that older versions have, too
   * @param needed a class, or a method of it, that only new enough versions have
   */
  record Library(String artifacts, String version, String known, String needed) {

    /** Returns what is wrong with it, or null. */
    @Nullable String defect(@Nullable ClassLoader loader) {
      try {
        if (has(loader, needed)) {
          return null;
        }
      } catch (ClassNotFoundException | LinkageError e) {
        // It is described below.
      }
      return "the class path has "
          + found(loader)
          + ": manage "
          + artifacts
          + " to version "
          + version;
    }

    private static boolean has(@Nullable ClassLoader loader, String member)
        throws ClassNotFoundException {
      int hash = member.indexOf('#');
      Class<?> type = Class.forName(hash < 0 ? member : member.substring(0, hash), false, loader);
      return hash < 0
          || Stream.of(type.getMethods())
              .anyMatch(method -> method.getName().equals(member.substring(hash + 1)));
    }

    /** The name of the jar has its version, usually. */
    private String found(@Nullable ClassLoader loader) {
      try {
        CodeSource source =
            Class.forName(known, false, loader).getProtectionDomain().getCodeSource();
        return known
            + (source == null ? "" : " in " + source.getLocation())
            + ", which is too old for device-tunnel";
      } catch (ClassNotFoundException | LinkageError e) {
        return "no " + known + ", which device-tunnel requires";
      }
    }
  }
}
