package io.github.devicetunnel.it.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Socket factory of a server that requires client certificates. */
public final class ClientAuthSocketFactory extends SSLSocketFactory {
  private final SSLSocketFactory delegate;

  public ClientAuthSocketFactory(SSLSocketFactory delegate) {
    this.delegate = delegate;
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    SSLSocket layered = (SSLSocket) delegate.createSocket(socket, host, port, autoClose);
    layered.setUseClientMode(false);
    layered.setNeedClientAuth(true);
    return layered;
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return delegate.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return delegate.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }
}
