package io.github.devicetunnel.internal.upgrade;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.devicetunnel.internal.concurrent.Deadline;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.zip.Inflater;
import okhttp3.MediaType;
import okhttp3.Response;
import okio.Buffer;
import okio.ByteString;
import okio.GzipSource;
import okio.InflaterSource;
import okio.Source;
import org.jspecify.annotations.Nullable;

/** A reader for the beginning of a response body as text, in any content coding and charset. */
final class AnswerBody {
  /** Sufficient for the error description of the service or the page of a load balancer. */
  private static final int MAX_BYTES = 16 << 10;

  private static final ByteString UTF_8_BOM = ByteString.decodeHex("efbbbf");
  private static final ByteString UTF_16BE_BOM = ByteString.decodeHex("feff");
  private static final ByteString UTF_16LE_BOM = ByteString.decodeHex("fffe");

  private AnswerBody() {}

  /**
   * Returns at most 16 KiB of text, or less if the connection fails or the coding is invalid.
   *
   * @return an empty string for images and other media that are not text, and for an unknown
   *     content coding
   */
  static String beginning(Response response) {
    return beginning(response, Deadline.NONE);
  }

  /** Returns the beginning, like {@link #beginning(Response)}, as far as it arrives in time. */
  static String beginning(Response response, Deadline deadline) {
    MediaType type = response.body().contentType();
    Source decoded = decoded(response);
    if (decoded == null || !mayBeText(type)) {
      return "";
    }
    Buffer bytes = new Buffer();
    try {
      while (bytes.size() < MAX_BYTES
          && (!deadline.isSet() || deadline.nanosLeft() > 0)
          && decoded.read(bytes, MAX_BYTES - bytes.size()) >= 0) {}
    } catch (IOException e) {
      // The status is more important; use the part of the body that arrived.
    }
    return text(bytes, type);
  }

  /**
   * Returns the decoded body, or null for an unknown coding. A server may compress although the
   * request asked for identity (RFC 9110 section 12.5.3).
   */
  private static @Nullable Source decoded(Response response) {
    Source encoded = response.body().source();
    String coding = String.valueOf(response.header("Content-Encoding", "identity"));
    return switch (coding.strip().toLowerCase(Locale.ROOT)) {
      case "identity", "" -> encoded;
      case "gzip", "x-gzip" -> new GzipSource(encoded);
      case "deflate" -> new InflaterSource(encoded, new Inflater());
      default -> null;
    };
  }

  private static boolean mayBeText(@Nullable MediaType type) {
    return type == null || type.type().equals("text") || type.type().equals("application");
  }

  /**
   * Decodes the text. A byte order mark takes precedence over the header, as in browsers (WHATWG
   * Encoding section 6).
   */
  private static String text(Buffer bytes, @Nullable MediaType type) {
    Charset charset = type == null ? UTF_8 : type.charset(UTF_8);
    if (startsWith(bytes, UTF_8_BOM)) {
      charset = UTF_8;
    } else if (startsWith(bytes, UTF_16BE_BOM)) {
      charset = UTF_16BE;
    } else if (startsWith(bytes, UTF_16LE_BOM)) {
      charset = UTF_16LE;
    }
    String text = bytes.readString(charset == null ? UTF_8 : charset);
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  private static boolean startsWith(Buffer bytes, ByteString start) {
    return bytes.rangeEquals(0, start);
  }
}
