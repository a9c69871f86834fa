package io.github.devicetunnel.cli.jwt;

import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.failure.CloudFailure;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.option.Authorities;
import io.github.devicetunnel.cli.option.KeyOptions;
import io.github.devicetunnel.cli.option.PrivateKeyFile;
import io.github.devicetunnel.cli.option.Setting;
import io.github.devicetunnel.cli.option.Version;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.BuilderMessages;
import io.github.devicetunnel.cli.value.OptionNames;
import io.github.devicetunnel.jwt.VerificationCertificate;
import io.github.devicetunnel.jwt.VerificationKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code verification-key upload} command, which uploads a certificate to an application. */
@Command(
    name = "upload",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Uploads the certificate that the cloud verifies an application's tokens with.",
    synopsisHeading = "Usage: ",
    customSynopsis = "tunnel verification-key upload --certificate FILE --name NAME [OPTION...]",
    optionListHeading = "%n",
    sortOptions = false)
public final class VerificationKeyUploadCommand implements Callable<Integer> {
  private final Environment environment;
  private final Console console;

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      required = true,
      order = 1,
      description = "PEM file with the certificate; a private key in the same file is not sent")
  private Path certificate = Path.of("");

  @Option(
      names = "--name",
      paramLabel = "NAME",
      required = true,
      order = 2,
      description = "Name of the certificate in the portal")
  private String name = "";

  @Option(
      names = "--cloud-uri",
      paramLabel = "URL",
      order = 10,
      description =
          "Base URL of the cloud, such as wss://api.us-east-1.mbedcloud.com"
              + " [env: TUNNEL_CLOUD_URI]")
  private @Nullable String cloudUri;

  @Mixin private final KeyOptions keyOptions = new KeyOptions();

  @Option(
      names = "--allow-plaintext",
      order = 32,
      description = "Allow sending the credential unencrypted (ws://) to another machine")
  private boolean allowPlaintext;

  public VerificationKeyUploadCommand(Environment environment, Console console) {
    this.environment = environment;
    this.console = console;
  }

  @Override
  public Integer call() {
    Setting application = keyOptions.application(environment);
    if (application == null) {
      throw CommandFailure.usage(
          OptionNames.APPLICATION_ID + ": is missing; specify it or set TUNNEL_APPLICATION_ID");
    }
    try {
      keys().upload(application.value(), name, certificate());
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw CommandFailure.usage(BuilderMessages.translate(e, null));
    } catch (IOException e) {
      throw CloudFailure.of(e);
    }
    console.result("Uploaded to application " + application.value());
    return ExitCode.OK;
  }

  private VerificationCertificate certificate() {
    try {
      return VerificationCertificate.read(certificate);
    } catch (IOException e) {
      throw PrivateKeyFile.unreadable("--certificate", certificate, e);
    }
  }

  private VerificationKeys keys() {
    Setting uri = Setting.find("--cloud-uri", cloudUri, "TUNNEL_CLOUD_URI", environment);
    if (uri == null) {
      throw CommandFailure.usage("--cloud-uri: is missing; specify it or set TUNNEL_CLOUD_URI");
    }
    VerificationKeys.Builder builder =
        VerificationKeys.builder()
            .cloudUri(uri.value())
            .apiKey(keyOptions.find(environment).value())
            .allowPlaintext(allowPlaintext);
    Authorities authorities = Authorities.read(environment);
    return authorities == null
        ? builder.build()
        : builder.okHttpClient(authorities.okHttpClient()).build();
  }
}
