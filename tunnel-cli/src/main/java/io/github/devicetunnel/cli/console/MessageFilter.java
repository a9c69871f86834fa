package io.github.devicetunnel.cli.console;

import io.github.devicetunnel.cli.value.DeviceNames;

/** The filter of all messages: redacts secrets, and adds the names of devices to their IDs. */
record MessageFilter(Redaction redaction, DeviceNames names) {
  String apply(String message) {
    return names.annotate(redaction.apply(message));
  }
}
