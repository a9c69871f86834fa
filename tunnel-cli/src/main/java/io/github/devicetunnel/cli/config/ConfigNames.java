package io.github.devicetunnel.cli.config;

import io.github.devicetunnel.cli.book.AddressBook;
import io.github.devicetunnel.cli.config.YamlNodes.Entry;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.FilePath;
import io.github.devicetunnel.cli.value.OptionNames;
import io.github.devicetunnel.cli.value.ReadableFile;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names in a configuration file. Unlike {@link ConfigFile}, reading them neither requires nor
 * validates options, and does not block.
 */
public final class ConfigNames {
  private static final String CLOUD_URI = OptionNames.CLOUD_URI.substring(2);

  private final String file;
  private final Map<String, Entry> entries;

  private ConfigNames(String file, Map<String, Entry> entries) {
    this.file = file;
    this.entries = entries;
  }

  /**
   * Reads the file. Without a file there are no names.
   *
   * @param argument the value of {@code --config}; null if it is absent
   * @throws CommandFailure with {@link ExitCode#USAGE} if the file is not a regular one, cannot be
   *     read, can be changed by others or is not valid YAML
   */
  public static ConfigNames read(@Nullable String argument, Environment environment) {
    ConfigSource source = ConfigSource.find(argument, environment);
    if (source == null) {
      return new ConfigNames("", Map.of());
    }
    source.checkTrusted();
    ReadableFile.requireRegular(source.label(), FilePath.of(source.name()));
    return new ConfigNames(source.name(), YamlNodes.read(source));
  }

  /**
   * Returns the devices and services.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if any of them is invalid
   */
  public AddressBook book() {
    return BookReader.read(file, entries);
  }

  /**
   * Returns the URI of the cloud for which a command without further options uses this file, or
   * null.
   *
   * @param profile the value of {@code --profile}; null if it is absent
   * @throws CommandFailure with {@link ExitCode#USAGE} if the profiles are invalid
   */
  public @Nullable String cloudUri(@Nullable String profile, Environment environment) {
    String variable = environment.variable("TUNNEL_CLOUD_URI");
    if (variable != null) {
      return variable;
    }
    Entry preset = entries.get(Profiles.DEFAULT);
    String name = profile == null ? environment.variable(Config.PROFILE_VARIABLE) : profile;
    if (name == null && preset != null) {
      name = YamlNodes.text(file, preset);
    }
    Entry ofProfile = name == null ? null : profileEntries().get(name);
    Entry uri =
        ofProfile == null ? null : YamlNodes.entries(file, ofProfile.value()).get(CLOUD_URI);
    Entry used = uri == null ? entries.get(CLOUD_URI) : uri;
    return used == null ? null : YamlNodes.text(file, used);
  }

  private Map<String, Entry> profileEntries() {
    Entry profiles = entries.get(Profiles.PROFILES);
    return profiles == null || YamlNodes.isNothing(profiles.value())
        ? Map.of()
        : YamlNodes.entries(file, profiles.value());
  }

  /**
   * Returns the names of the profiles, which may contain any characters.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if they are not keys with values
   */
  public Set<String> profiles() {
    return profileEntries().keySet();
  }
}
