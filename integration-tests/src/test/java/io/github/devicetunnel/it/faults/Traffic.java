package io.github.devicetunnel.it.faults;

import java.util.Arrays;

/** The traffic in a tunnel when a fault occurs. */
enum Traffic {
  UPLOAD('u'),
  DOWNLOAD('d'),
  BOTH('b'),
  IDLE('i');

  static final long UP_SEED = 5;
  static final long DOWN_SEED = 6;

  /** The byte that requests this traffic. */
  final byte code;

  Traffic(char code) {
    this.code = (byte) code;
  }

  static Traffic of(int code) {
    return Arrays.stream(values()).filter(traffic -> traffic.code == code).findAny().orElseThrow();
  }

  boolean sends() {
    return this == UPLOAD || this == BOTH;
  }

  boolean receives() {
    return this == DOWNLOAD || this == BOTH;
  }
}
