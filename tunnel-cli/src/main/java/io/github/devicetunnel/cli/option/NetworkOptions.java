package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.BareClose;
import io.github.devicetunnel.ProxySettings;
import io.github.devicetunnel.TlsSettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.BuilderMessages;
import io.github.devicetunnel.cli.value.Choice;
import io.github.devicetunnel.cli.value.ReadableFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options for the connection to the cloud: trusted CAs, client certificate, proxy, headers and
 * websocket details.
 */
final class NetworkOptions {
  private static final Pattern PLAINTEXT = Pattern.compile("(?i)(ws|http)://");

  private static final String CA_FILE = "--ca-file";
  private static final String CLIENT_CERT = "--client-cert";
  private static final String CLIENT_KEY = "--client-key";
  private static final String PROXY = "--proxy";
  private static final String HEADER = "--header";
  private static final String BARE_CLOSE = "--bare-close";
  private static final String SUBPROTOCOL = "--subprotocol";

  @Option(
      names = CA_FILE,
      paramLabel = "FILE",
      order = 31,
      description =
          "PEM file with CAs to trust in addition to Java's CAs [default: Java's CAs, or only"
              + " those in SSL_CERT_FILE and SSL_CERT_DIR]")
  private @Nullable Path caFile;

  @Option(
      names = CLIENT_CERT,
      paramLabel = "FILE",
      order = 32,
      description = "PEM file with the client certificate, followed by its issuers")
  private @Nullable Path clientCert;

  @Option(
      names = CLIENT_KEY,
      paramLabel = "FILE",
      order = 33,
      description =
          "PEM file with the private key of the client certificate, in PKCS#8 [default: the file of"
              + " --client-cert]")
  private @Nullable Path clientKey;

  @Option(
      names = PROXY,
      paramLabel = "URL",
      order = 34,
      description =
          "Proxy as http://USER:PASSWORD@HOST:PORT, or the same with https (TLS to the proxy) or"
              + " socks5; none for no proxy [env: HTTPS_PROXY for wss, HTTP_PROXY for ws,"
              + " ALL_PROXY, NO_PROXY]")
  private @Nullable String proxy;

  @Option(
      names = HEADER,
      paramLabel = "NAME=VALUE",
      order = 35,
      description = "Additional request header for the cloud; may be repeated")
  private List<String> headers = new ArrayList<>();

  @Option(
      names = BARE_CLOSE,
      paramLabel = "MEANING",
      order = 37,
      description =
          "Meaning of a cloud connection that ends without a close frame: end (the service closed)"
              + " or reset (a failure) [default: end]")
  private @Nullable String bareClose;

  @Option(
      names = SUBPROTOCOL,
      paramLabel = "NAME",
      order = 36,
      description =
          "Websocket subprotocol to offer, such as binary, for a cloud that requires one; the"
              + " payload is never encoded; may be repeated")
  private List<String> subprotocols = new ArrayList<>();

  /** Null if neither an option nor {@code SSL_CERT_FILE} or {@code SSL_CERT_DIR} configures TLS. */
  private @Nullable TlsSettings tlsOfFiles;

  /**
   * Applies the options to a client.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if an option is invalid
   */
  void applyTo(TunnelClient.Builder builder, String cloudUri, Environment environment) {
    if (proxy == null) {
      setting(
          PROXY,
          () ->
              ProxySettings.fromEnvironment(environment.variables(), cloudUri)
                  .ifPresent(builder::proxy));
    } else {
      String url = proxy;
      setting(
          PROXY,
          () -> builder.proxy(url.isBlank() ? ProxySettings.none() : ProxySettings.parse(url)));
    }
    setTls(builder, cloudUri, environment);
    headers.forEach(header -> setHeader(builder, header));
    if (bareClose != null) {
      builder.bareClose(Choice.of(BareClose.class, BARE_CLOSE, bareClose));
    }
    setting(SUBPROTOCOL, () -> builder.subprotocol(subprotocols.toArray(String[]::new)));
  }

  /** Returns whether a proxy password was given as an argument, which other users can read. */
  boolean exposesPassword(Config config) {
    return proxy != null && proxy.contains("@") && !config.sets(PROXY);
  }

  /** Returns whether the connection to the cloud, or to a proxy, may be encrypted. */
  private boolean mayUseTls(String cloudUri, Environment environment) {
    boolean plaintext = PLAINTEXT.matcher(cloudUri).lookingAt();
    boolean direct =
        proxy == null && ProxySettings.fromEnvironment(environment.variables(), cloudUri).isEmpty();
    return !plaintext || !direct;
  }

  private void setTls(TunnelClient.Builder builder, String cloudUri, Environment environment) {
    TlsSettings known = tlsOfFiles;
    if (known != null) {
      // All clients share them, so that a reload applies to all.
      builder.tls(known);
      return;
    }
    TlsSettings.Builder tls = TlsSettings.builder();
    if (caFile != null) {
      Path file = caFile;
      setting(CA_FILE, () -> tls.trustAlso(file));
    }
    // The certificates of a system take a third of a second to read.
    Authorities authorities =
        caFile == null && mayUseTls(cloudUri, environment) ? Authorities.read(environment) : null;
    if (authorities != null) {
      tls.trustOnly(authorities.certificates(), authorities.source());
    }
    if (clientCert != null) {
      Path certificate = clientCert;
      Path key = clientKey == null ? clientCert : clientKey;
      String option = clientKey == null ? CLIENT_CERT : CLIENT_KEY;
      setting(option, () -> tls.clientCertificate(certificate, key));
    } else if (clientKey != null) {
      throw CommandFailure.usage(CLIENT_KEY + ": cannot be used without " + CLIENT_CERT);
    }
    if (caFile != null || authorities != null || clientCert != null) {
      TlsSettings settings = tls.build();
      builder.tls(settings);
      tlsOfFiles = settings;
    }
  }

  /**
   * Reloads the certificate files for new connections, and returns their names. May block.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if a file is invalid; the loaded
   *     certificates stay in use then
   */
  List<String> reloadCertificates() {
    if (tlsOfFiles == null) {
      return List.of();
    }
    Map<String, Path> files = files();
    files.forEach(ReadableFile::requireRegular);
    try {
      tlsOfFiles.reload();
    } catch (IllegalArgumentException | IllegalStateException e) {
      String message = BuilderMessages.translate(e, null);
      boolean inOneFile = clientKey == null && message.startsWith(CLIENT_KEY);
      throw CommandFailure.usage(inOneFile ? BuilderMessages.translate(e, CLIENT_CERT) : message);
    }
    return files.values().stream().map(Path::toString).toList();
  }

  private Map<String, Path> files() {
    Map<String, Path> files = new LinkedHashMap<>();
    if (caFile != null) {
      files.put(CA_FILE, caFile);
    }
    if (clientCert != null) {
      files.put(CLIENT_CERT, clientCert);
    }
    if (clientKey != null) {
      files.put(CLIENT_KEY, clientKey);
    }
    return files;
  }

  /** Sets a header. Messages do not repeat the value, which may be a secret. */
  private static void setHeader(TunnelClient.Builder builder, String header) {
    int equals = header.indexOf('=');
    if (equals < 0) {
      throw CommandFailure.usage(
          HEADER
              + ": must be NAME=VALUE, but has no ="
              + (header.contains(":") ? "; replace the colon with =" : ""));
    }
    String name = header.substring(0, equals);
    setting(HEADER, () -> builder.header(name, header.substring(equals + 1)));
  }

  private static void setting(String option, Runnable action) {
    try {
      action.run();
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(BuilderMessages.translate(e, option));
    }
  }
}
