package io.github.devicetunnel.internal.tls;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.KeyStore;

/** The location of the JVM's trusted CAs, determined by the rules of JSSE. */
public final class DefaultTrust {
  private static final String PROPERTY = "javax.net.ssl.trustStore";

  /** Value of the property for a store that is not a file. */
  private static final String NO_FILE = "NONE";

  private DefaultTrust() {}

  /** Returns a noun phrase for messages, such as "Java's authorities (/…/lib/security/cacerts)". */
  public static String describe() {
    String property = System.getProperty(PROPERTY, "");
    if (property.equals(NO_FILE)) {
      String type = System.getProperty(PROPERTY + "Type", KeyStore.getDefaultType());
      return "the authorities of the key store " + type + " (" + PROPERTY + ")";
    }
    if (isReadable(property)) {
      return "the authorities in " + property + " (" + PROPERTY + ")";
    }
    Path security = Path.of(System.getProperty("java.home", ""), "lib", "security");
    Path replacement = security.resolve("jssecacerts");
    Path file = Files.isReadable(replacement) ? replacement : security.resolve("cacerts");
    return "Java's authorities (" + file + ")";
  }

  /** Returns whether JSSE can read the file. JSSE uses the next store if it cannot. */
  private static boolean isReadable(String file) {
    try {
      return !file.isEmpty()
          && Files.isReadable(Path.of(file))
          && Files.isRegularFile(Path.of(file));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
