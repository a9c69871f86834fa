package io.github.devicetunnel.internal.upgrade;

import java.security.CodeSource;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A check for the libraries on the class path that this library requires. A build tool may select
 * older versions. Without the check, the JVM would throw an {@link Error} for a missing class or
 * method in the middle of a dial.
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
   * Checks all libraries. Further calls return the same result.
   *
   * @throws IllegalStateException if a library is missing or too old
   */
  public static void check() {
    if (Result.DEFECT != null) {
      throw new IllegalStateException(Result.DEFECT);
    }
  }

  /** The result of the check, computed once because the class path does not change. */
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

  /**
   * Returns whether the program is a native image. Its classes are fixed at build time, and
   * reflection finds only registered classes.
   */
  private static boolean isNativeImage() {
    return System.getProperty("org.graalvm.nativeimage.imagecode") != null;
  }

  /**
   * A required library.
   *
   * @param artifacts group and artifact names
   * @param version the version that this library was built and tested with, and how to select it
   * @param known a class that older versions also contain
   * @param required a class, or a method of a class, that older versions do not contain
   */
  record Library(String artifacts, String version, String known, String required) {

    /** Returns a description of the defect, or null if there is none. */
    @Nullable String defect(@Nullable ClassLoader loader) {
      try {
        if (has(loader, required)) {
          return null;
        }
      } catch (ClassNotFoundException | LinkageError e) {
        // The message below describes the defect.
      }
      return "the class path has "
          + found(loader)
          + "; set "
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

    /**
     * Describes the library on the class path. The name of its jar usually contains the version.
     */
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
