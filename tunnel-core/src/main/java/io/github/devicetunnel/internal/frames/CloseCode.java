package io.github.devicetunnel.internal.frames;

/** Close codes of RFC 6455 section 7.4. */
public final class CloseCode {
  /** The purpose of the connection is fulfilled. */
  public static final int NORMAL = 1000;

  /** One end is going away. */
  public static final int GOING_AWAY = 1001;

  /** The other end broke a rule of the protocol. */
  public static final int PROTOCOL_ERROR = 1002;

  /** Stands for a close frame without a code; never sent. */
  public static final int NO_STATUS = 1005;

  /** Stands for a connection that ended without a close frame; never sent. */
  public static final int ABNORMAL = 1006;

  /** The content of a message does not fit its type, such as text that is not UTF-8. */
  public static final int INVALID_PAYLOAD = 1007;

  /** The server met something unexpected. */
  public static final int INTERNAL_ERROR = 1011;

  private CloseCode() {}

  /** Whether a code may stand in a close frame (section 7.4, and the registry that it founded). */
  static boolean mayBeSent(int code) {
    return (code >= 1000 && code <= 1003)
        || (code >= 1007 && code <= 1014)
        || (code >= 3000 && code <= 4999);
  }
}
