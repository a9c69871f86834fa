package io.github.devicetunnel.cli.config;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.cli.book.AddressBook;
import io.github.devicetunnel.cli.book.NamedDevice;
import io.github.devicetunnel.cli.config.YamlNodes.Entry;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.listen.TunnelSetting;
import io.github.devicetunnel.cli.value.OptionNames;
import io.github.devicetunnel.cli.value.Quoted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads the address book of a configuration file. */
final class BookReader {
  static final String DEVICES = "devices";
  static final String SERVICES = "services";

  private static final String ID = "id";
  private static final String KEY_FILE = OptionNames.API_KEY_FILE.substring(2);
  private static final String APPLICATION_ID = OptionNames.APPLICATION_ID.substring(2);

  private final String file;

  private BookReader(String file) {
    this.file = file;
  }

  /** Reads the devices and services, of which each may be absent. */
  static AddressBook read(String file, Map<String, Entry> entries) {
    BookReader reader = new BookReader(file);
    return new AddressBook(
        reader.devices(entries.get(DEVICES)), reader.services(entries.get(SERVICES)));
  }

  private List<NamedDevice> devices(@Nullable Entry entry) {
    Map<String, NamedDevice> byName = new HashMap<>();
    Map<String, NamedDevice> byId = new HashMap<>();
    List<NamedDevice> devices = new ArrayList<>();
    for (Entry each : entries(entry)) {
      checkName(each, "device");
      NamedDevice device = device(each);
      checkUnique(each, byName.put(AddressBook.plain(device.name()), device), "name");
      checkUnique(each, byId.put(device.id(), device), "ID");
      devices.add(device);
    }
    return devices;
  }

  private List<Entry> entries(@Nullable Entry entry) {
    return entry == null || YamlNodes.isNothing(entry.value())
        ? List.of()
        : List.copyOf(YamlNodes.entries(file, entry.value()).values());
  }

  private void checkName(Entry entry, String kind) {
    if (AddressBook.isId(entry.key())) {
      throw at(
          entry,
          "is a device ID, which cannot be a name; choose a name, and set the ID as its value");
    }
    if (!AddressBook.isName(entry.key())) {
      throw YamlNodes.at(
          file,
          entry.line(),
          Quoted.of(entry.key())
              + " is not a valid "
              + kind
              + " name; use 1 to 63 letters, digits and hyphens, and no hyphen at its ends");
    }
  }

  private void checkUnique(Entry entry, @Nullable NamedDevice other, String what) {
    if (other != null) {
      throw at(
          entry,
          "has the same "
              + what
              + " as "
              + other.name()
              + " in "
              + other.origin()
              + "; remove one");
    }
  }

  /** Reads {@code NAME: ID} or {@code NAME: {id: ID, ...}}. */
  private NamedDevice device(Entry entry) {
    Node value = entry.value();
    String origin = file + ":" + entry.line();
    if (value instanceof ScalarNode) {
      return new NamedDevice(
          entry.key(), id(entry, YamlNodes.text(file, entry)), Map.of(), null, origin);
    }
    Map<String, Entry> fields = YamlNodes.entries(file, value);
    for (Entry field : fields.values()) {
      List<String> known = List.of(ID, SERVICES, KEY_FILE, APPLICATION_ID);
      if (!known.contains(field.key())) {
        throw YamlNodes.unknown(file, field, known);
      }
    }
    Entry id = fields.get(ID);
    if (id == null) {
      throw at(entry, "id is missing; add id: DEVICE_ID");
    }
    return new NamedDevice(
        entry.key(),
        id(id, YamlNodes.text(file, id)),
        services(fields.get(SERVICES)),
        key(fields.get(KEY_FILE), fields.get(APPLICATION_ID)),
        origin);
  }

  private String id(Entry entry, String value) {
    TunnelSetting.DEVICE.apply(
        TunnelClient.builder(), value, file + ":" + entry.line() + ": " + entry.key());
    return AddressBook.plain(value);
  }

  private NamedDevice.@Nullable Key key(@Nullable Entry keyFile, @Nullable Entry applicationId) {
    if (keyFile == null) {
      if (applicationId != null) {
        throw at(applicationId, "requires " + KEY_FILE + " with a token; add it");
      }
      return null;
    }
    return new NamedDevice.Key(
        YamlNodes.text(file, keyFile),
        applicationId == null ? null : YamlNodes.text(file, applicationId),
        file + ":" + keyFile.line() + ": " + KEY_FILE);
  }

  private Map<String, String> services(@Nullable Entry entry) {
    Map<String, String> services = new HashMap<>();
    for (Entry each : entries(entry)) {
      checkName(each, "service");
      String address = YamlNodes.text(file, each);
      TunnelSetting.SERVICE.apply(
          TunnelClient.builder(), address, file + ":" + each.line() + ": " + each.key());
      if (services.put(AddressBook.plain(each.key()), address) != null) {
        throw at(each, "is already set, because names are not case-sensitive; remove one");
      }
    }
    return services;
  }

  private CommandFailure at(Entry entry, String defect) {
    return YamlNodes.at(file, entry.line(), entry.key() + ": " + defect);
  }
}
