package io.github.devicetunnel.cli;

import io.github.devicetunnel.jwt.PrivateKeys;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import org.jspecify.annotations.Nullable;

/**
 * Reads the private key that signs tokens.
 *
 * @param option whose value the file is
 */
record PrivateKeyFile(String option, Path file) {
  /** Of a file that is encrypted. A prompt would hold up whoever starts the program in a script. */
  static final String PASSPHRASE = "TUNNEL_JWT_PASSPHRASE";

  /** Whatever is wrong is a {@link CommandFailure} of usage. */
  PrivateKey read(Environment environment) {
    if (FilePath.isKey(file.toString())) {
      throw CommandFailure.usage(option + ": " + FilePath.defect(file.toString()));
    }
    try {
      return PrivateKeys.read(file, () -> passphrase(environment));
    } catch (IllegalArgumentException e) {
      // The library's parameter has the same name wherever the option has another.
      String defect = String.valueOf(e.getMessage()).replaceFirst("^privateKey ", "");
      throw CommandFailure.usage(option + ": " + defect + advice(defect));
    } catch (IOException e) {
      throw CommandFailure.usage(option + ": " + file + ": " + describe(e));
    }
  }

  private static char @Nullable [] passphrase(Environment environment) {
    String passphrase = environment.variable(PASSPHRASE);
    return passphrase == null ? null : passphrase.toCharArray();
  }

  private static String advice(String defect) {
    return defect.contains("passphrase") ? " (the value of " + PASSPHRASE + ")" : "";
  }

  /** Why a file cannot be read. */
  static String describe(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file: check its path";
    }
    return e instanceof AccessDeniedException
        ? "you may not read it: change who may"
        : "it cannot be read: name another file";
  }
}
