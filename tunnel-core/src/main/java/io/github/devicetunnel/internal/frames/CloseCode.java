package io.github.devicetunnel.internal.frames;

/** Close codes of RFC 6455 section 7.4. */
public final class CloseCode {
  /** Normal closure. */
  public static final int NORMAL = 1000;

  /** The sender is going away, for example because it shuts down. */
  public static final int GOING_AWAY = 1001;

  /** The peer violated the protocol. */
  public static final int PROTOCOL_ERROR = 1002;

  /** The close frame had no code. Reserved; never sent. */
  public static final int NO_STATUS = 1005;

  /** The connection ended without a close frame. Reserved; never sent. */
  public static final int ABNORMAL = 1006;

  /** The payload of a message does not match its type, such as text that is not UTF-8. */
  public static final int INVALID_PAYLOAD = 1007;

  /** The server encountered an unexpected condition. */
  public static final int INTERNAL_ERROR = 1011;

  private CloseCode() {}

  /**
   * Returns whether a close frame may contain the code (RFC 6455 section 7.4 and the IANA
   * registry).
   */
  static boolean mayBeSent(int code) {
    return (code >= 1000 && code <= 1003)
        || (code >= 1007 && code <= 1014)
        || (code >= 3000 && code <= 4999);
  }
}
