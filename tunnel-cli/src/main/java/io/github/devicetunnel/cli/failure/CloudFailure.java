package io.github.devicetunnel.cli.failure;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.directory.DirectoryException;
import io.github.devicetunnel.jwt.VerificationKeyRejectedException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Maps connection failures and error responses of the cloud to messages and exit codes. */
public final class CloudFailure {
  private static final Logger LOG = LoggerFactory.getLogger(CloudFailure.class);

  private CloudFailure() {}

  /**
   * Returns a failure with the library's message, which is one line and includes the fix if it is
   * known.
   */
  public static CommandFailure of(IOException e) {
    return of("", e, null);
  }

  /**
   * Returns a failure with the library's message.
   *
   * @param prefix the beginning of the message, such as the name of an option
   * @param hint the second line, or null
   */
  public static CommandFailure of(String prefix, IOException e, @Nullable String hint) {
    LOG.debug("the request to the cloud failed", e);
    return CommandFailure.of(exitCode(e), prefix + e.getMessage(), hint);
  }

  public static int exitCode(IOException e) {
    if (e instanceof TunnelRejectedException rejection) {
      return exitCode(rejection.statusCode());
    }
    if (e instanceof VerificationKeyRejectedException rejection) {
      return exitCode(rejection.statusCode());
    }
    if (e instanceof DirectoryException failure) {
      return exitCode(failure);
    }
    if (e.getCause() instanceof ProtocolException) {
      return ExitCode.OTHER_ANSWER; // The server does not speak HTTP.
    }
    return e instanceof TunnelException failure ? exitCode(failure.reason()) : ExitCode.UNREACHABLE;
  }

  private static int exitCode(DirectoryException failure) {
    if (failure.statusCode() > 0) {
      return exitCode(failure.statusCode());
    }
    return failure.getCause() instanceof IOException cause ? exitCode(cause) : ExitCode.UNREACHABLE;
  }

  private static int exitCode(int status) {
    return switch (status) {
      case 401, 403 -> ExitCode.CREDENTIAL_REJECTED;
      case 404 -> ExitCode.NOT_FOUND;
      // The proxy answered, so the cloud was not reached.
      case 407 -> ExitCode.UNREACHABLE;
      default -> ExitCode.OTHER_ANSWER;
    };
  }

  private static int exitCode(CloseReason reason) {
    return switch (reason.kind()) {
      case TOKEN_REFUSED -> ExitCode.CREDENTIAL_REJECTED;
      case INTERNAL_ERROR -> ExitCode.BUG;
      // EndedBy.CLIENT: no token was available, or local ports, files or memory were exhausted.
      case DIAL_FAILED ->
          reason.endedBy() == CloseReason.EndedBy.CLIENT && !isExhausted(reason.cause())
              ? ExitCode.CREDENTIAL_REJECTED
              : ExitCode.UNREACHABLE;
      default -> ExitCode.UNREACHABLE;
    };
  }

  private static boolean isExhausted(@Nullable Throwable cause) {
    return cause == null
        || cause instanceof SocketException
        || cause instanceof UnknownHostException;
  }
}
