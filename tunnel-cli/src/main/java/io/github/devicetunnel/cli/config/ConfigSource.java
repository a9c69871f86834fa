package io.github.devicetunnel.cli.config;

import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.FilePath;
import io.github.devicetunnel.cli.value.OptionNames;
import io.github.devicetunnel.cli.value.ReadableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The configuration file of a run.
 *
 * @param name the path as given
 * @param label the option or variable with the path, for messages
 * @param isDefault whether the user did not name the file
 */
record ConfigSource(String name, String label, boolean isDefault) {
  private static final String VARIABLE = "TUNNEL_CONFIG";
  private static final String DEFAULT = "device-tunnel/config.yaml";

  /**
   * Finds the file of {@code --config}, else of {@code TUNNEL_CONFIG}, else the default file of the
   * user (XDG Base Directory Specification), if that exists.
   *
   * @param argument the value of {@code --config}; null if it is absent
   */
  static @Nullable ConfigSource find(@Nullable String argument, Environment environment) {
    if (argument != null) {
      if (argument.isEmpty()) {
        throw CommandFailure.usage(OptionNames.CONFIG + ": is empty; specify a file");
      }
      return new ConfigSource(argument, OptionNames.CONFIG, false);
    }
    String variable = environment.variable(VARIABLE);
    if (variable != null) {
      return new ConfigSource(variable, VARIABLE, false);
    }
    Path file = defaultFile(environment);
    return file == null || !Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        ? null
        : new ConfigSource(file.toString(), "configuration file", true);
  }

  /** Returns the default file, or null for a user without a home directory. */
  private static @Nullable Path defaultFile(Environment environment) {
    String folder = environment.variable("XDG_CONFIG_HOME");
    String home = environment.variable("HOME");
    try {
      // A relative path is invalid and ignored, as the specification requires.
      if (folder != null && Path.of(folder).isAbsolute()) {
        return Path.of(folder, DEFAULT);
      }
      return home == null ? null : Path.of(home, ".config", DEFAULT);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  CommandFailure failure(String defect) {
    return CommandFailure.usage(label + ": " + name + ": " + defect);
  }

  /** Returns a failure for a path that this system does not accept. */
  CommandFailure invalidPath() {
    return CommandFailure.usage(label + ": " + FilePath.defect(name));
  }

  /**
   * Checks that no other user can write to the file, because it decides to which cloud the key is
   * sent. A named file must not be world-writable. The rules for the default file are those of ssh:
   * its owner must be this user or root, and its group must not be able to write to it.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if others can write to the file
   */
  void checkTrusted() {
    try {
      Path file = FilePath.of(name);
      if (isDefault) {
        ReadableFile.requireRegular(label, file);
      }
      if (!Files.isRegularFile(file)) {
        return; // A pipe or device is checked by its reader.
      }
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
      boolean shared =
          mode.contains(PosixFilePermission.OTHERS_WRITE)
              || (isDefault && mode.contains(PosixFilePermission.GROUP_WRITE));
      if (shared) {
        throw failure("can be changed by other users; run: chmod go-w " + name);
      }
      if (isDefault && !belongsToUserOrRoot(file)) {
        throw failure("belongs to another user; change its owner");
      }
    } catch (UnsupportedOperationException | IOException | InvalidPathException e) {
      // This system has no such permissions, or reading the file reports the cause.
    }
  }

  private static boolean belongsToUserOrRoot(Path file) throws IOException {
    Path process = Path.of("/proc/self");
    if (!Files.exists(process)) {
      return true; // only Linux shows the user of a process as the owner of a file
    }
    Object owner = Files.getAttribute(file, "unix:uid");
    return owner.equals(0) || owner.equals(Files.getAttribute(process, "unix:uid"));
  }
}
