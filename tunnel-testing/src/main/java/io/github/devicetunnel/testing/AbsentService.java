package io.github.devicetunnel.testing;

import java.io.InputStream;
import java.io.OutputStream;

/** The gateway end of a service that does not listen: ends immediately, without a byte. */
final class AbsentService implements ServiceEnd {
  @Override
  public InputStream input() {
    return InputStream.nullInputStream();
  }

  @Override
  public OutputStream output() {
    return OutputStream.nullOutputStream();
  }

  @Override
  public void endOutput() {}

  @Override
  public boolean isOutputEnded() {
    return true;
  }

  @Override
  public void close() {}
}
