package io.github.devicetunnel.it.faults;

import io.github.devicetunnel.it.support.Await;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;

/** Counts the idle connections in a tunnel client's pool, which tests cannot access. */
final class IdleConnections extends EventListener {
  private final Set<Connection> idle = ConcurrentHashMap.newKeySet();

  /** Returns a builder for the OkHttp client of a tunnel client. */
  OkHttpClient.Builder client() {
    return new OkHttpClient.Builder().eventListener(this);
  }

  /** Waits until {@code count} connections are idle. */
  void await(int count) {
    Await.until(count + " idle connections", () -> count() == count);
  }

  long count() {
    return idle.stream().filter(connection -> !connection.socket().isClosed()).count();
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    idle.remove(connection);
  }

  /** OkHttp reports this after the connection is in the pool, or closed. */
  @Override
  public void connectionReleased(Call call, Connection connection) {
    idle.add(connection);
  }
}
