package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.FilePath;
import io.github.devicetunnel.cli.value.OptionNames;
import io.github.devicetunnel.jwt.PrivateKeys;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import org.jspecify.annotations.Nullable;

/**
 * The file with the private key that signs tokens.
 *
 * @param option the option with the file's name
 */
public record PrivateKeyFile(String option, Path file) {

  /**
   * Reads the key.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if the file cannot be read or contains no
   *     usable key
   */
  public PrivateKey read(Environment environment) {
    if (FilePath.isKey(file.toString())) {
      throw CommandFailure.usage(option + ": " + FilePath.defect(file.toString()));
    }
    try {
      return PrivateKeys.read(file, () -> passphrase(environment));
    } catch (IllegalArgumentException e) {
      // Remove the library's parameter name, because the message begins with the option.
      String defect = String.valueOf(e.getMessage()).replaceFirst("^privateKey ", "");
      throw CommandFailure.usage(option + ": " + defect + advice(defect));
    } catch (IOException e) {
      throw unreadable(option, file, e);
    }
  }

  private static char @Nullable [] passphrase(Environment environment) {
    String passphrase = environment.variable(OptionNames.PASSPHRASE_VARIABLE);
    return passphrase == null ? null : passphrase.toCharArray();
  }

  private static String advice(String defect) {
    return defect.contains("passphrase") ? " (" + OptionNames.PASSPHRASE_VARIABLE + ")" : "";
  }

  /** Returns the failure for an option whose file cannot be read. */
  public static CommandFailure unreadable(String option, Path file, IOException e) {
    return CommandFailure.usage(
        option + ": " + file + ": " + describe(e) + "; check the path and its permissions");
  }

  /** Describes why a file cannot be read. */
  static String describe(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "file not found";
    }
    return e instanceof AccessDeniedException ? "permission denied" : "the file cannot be read";
  }
}
