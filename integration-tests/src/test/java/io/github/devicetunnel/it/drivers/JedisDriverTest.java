package io.github.devicetunnel.it.drivers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.ServerProgram;
import io.github.devicetunnel.it.support.TunnelledSockets;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.ConnectionFactory;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.providers.PooledConnectionProvider;

/** Jedis and Debian's Redis, connected through tunnels. */
final class JedisDriverTest {
  private static final long COUNT = 8 << 20;

  @TempDir static Path serverFolder;
  @AutoClose private static ServerProgram server;

  @RegisterExtension final Leaks leaks = new Leaks();
  private TunnelledSockets sockets;
  private RedisClient redis;

  @BeforeAll
  static void startServer() throws Exception {
    String program = Externals.program("redis-server");
    server =
        ServerProgram.started(
            serverFolder,
            "TERM",
            "Ready to accept connections",
            port ->
                List.of(
                    program,
                    "--bind",
                    "127.0.0.1",
                    "--port",
                    Integer.toString(port),
                    "--save",
                    "",
                    "--dir",
                    serverFolder.toString()));
  }

  @BeforeEach
  void connect() throws Exception {
    sockets = TunnelledSockets.to(server.serviceAddress());
    JedisSocketFactory factory =
        () -> {
          try {
            return sockets.factory().createSocket("redis", 6379);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    JedisClientConfig config =
        DefaultJedisClientConfig.builder().socketTimeoutMillis((int) Await.LONG.toMillis()).build();
    redis =
        RedisClient.builder()
            .connectionProvider(
                new PooledConnectionProvider(new ConnectionFactory(factory, config)))
            .build();
  }

  @AfterEach
  void disconnect() {
    redis.close();
    sockets.close();
  }

  @Test
  void largeValueIsUnchanged() throws Exception {
    byte[] key = "file".getBytes(UTF_8);
    redis.set(key, new RandomBytes(1, COUNT).readAllBytes());
    byte[] value = redis.get(key);
    assertThat(Digest.of(new ByteArrayInputStream(value))).isEqualTo(RandomBytes.digest(1, COUNT));
    assertThat(sockets.count()).isEqualTo(1);
  }

  /** All commands are written before the first answer is read. */
  @Test
  void pipelineReturnsAllAnswers() {
    List<Response<Long>> answers = new ArrayList<>();
    try (Pipeline pipeline = redis.pipelined()) {
      for (int i = 0; i < 10_000; i++) {
        answers.add(pipeline.incr("counter"));
      }
      pipeline.sync();
    }
    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).get()).isEqualTo(i + 1);
    }
  }

  @Test
  void subscriberReceivesEveryMessage() throws Exception {
    CompletableFuture<Void> subscribed = new CompletableFuture<>();
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    JedisPubSub subscriber =
        new JedisPubSub() {
          @Override
          public void onSubscribe(String channel, int count) {
            subscribed.complete(null);
          }

          @Override
          public void onMessage(String channel, String message) {
            received.add(message);
          }
        };
    CompletableFuture<Void> subscription =
        CompletableFuture.runAsync(() -> redis.subscribe(subscriber, "news"));
    Await.get(subscribed);
    for (int i = 0; i < 100; i++) {
      redis.publish("news", Integer.toString(i));
      assertThat(Await.next(received)).isEqualTo(Integer.toString(i));
    }
    subscriber.unsubscribe();
    Await.get(subscription);
  }

  @Test
  void concurrentCommandsReturnCorrectAnswers() {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String key = "key" + i;
      all.add(CompletableFuture.runAsync(() -> countTo(1000, key)));
    }
    all.forEach(CompletableFuture::join);
  }

  private void countTo(int end, String key) {
    for (int i = 1; i <= end; i++) {
      assertThat(redis.incr(key)).isEqualTo(i);
    }
  }
}
