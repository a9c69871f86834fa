package io.github.devicetunnel.cli;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.jwt.VerificationKeyRejectedException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a command ends with when the cloud did not give what it was asked for. */
final class CloudFailure {
  private static final Logger LOG = LoggerFactory.getLogger(CloudFailure.class);

  private CloudFailure() {}

  /** The library's message is one line, and says what to do where that is known. */
  static CommandFailure of(IOException e) {
    LOG.debug("the cloud did not give what it was asked for", e);
    return CommandFailure.cloud(exitCode(e), String.valueOf(e.getMessage()));
  }

  static int exitCode(IOException e) {
    if (e instanceof TunnelRejectedException refusal) {
      return exitCode(refusal.statusCode());
    }
    if (e instanceof VerificationKeyRejectedException refusal) {
      return exitCode(refusal.statusCode());
    }
    if (e.getCause() instanceof ProtocolException) {
      return ExitCode.OTHER_ANSWER; // Something is there, and speaks no HTTP.
    }
    return e instanceof TunnelException failure ? exitCode(failure.reason()) : ExitCode.UNREACHABLE;
  }

  private static int exitCode(int status) {
    return switch (status) {
      case 401, 403 -> ExitCode.CREDENTIAL_REFUSED;
      case 404 -> ExitCode.NOT_FOUND;
      // A proxy's answer: the cloud itself was not reached.
      case 407 -> ExitCode.UNREACHABLE;
      default -> ExitCode.OTHER_ANSWER;
    };
  }

  private static int exitCode(CloseReason reason) {
    return switch (reason.kind()) {
      case TOKEN_REFUSED -> ExitCode.CREDENTIAL_REFUSED;
      case INTERNAL_ERROR -> ExitCode.BUG;
      // By this end itself: it had no token to go with, or no port, file or memory left.
      case DIAL_FAILED ->
          reason.endedBy() == CloseReason.EndedBy.CLIENT && !isExhausted(reason.cause())
              ? ExitCode.CREDENTIAL_REFUSED
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
