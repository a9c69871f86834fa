package io.github.devicetunnel.benchmarks.pressure;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;

/** A message larger than memory, fragments of minimum size, and bytes that are not frames. */
final class OddFrames implements PressureCase {
  private static final long SEED = 8;
  private static final int BINARY = 2;
  private static final int LAST_CONTINUATION = 0x80;
  private static final int BLOCK = 1 << 20;
  private static final byte[] ANSWER = "still here".getBytes(US_ASCII);
  private static final long FLAT_KIB = 1024;

  @Override
  public String name() {
    return "odd-frames";
  }

  @Override
  public String what() {
    return "1 GiB message, 1-byte fragments, garbage after the upgrade; product with -Xmx64m";
  }

  @Override
  public String bar() {
    return "constant memory; garbage fails one connection, with the violated rule";
  }

  @Override
  public Outcome run(Scale scale) throws Exception {
    Findings findings = new Findings();
    try (RawCloud cloud = new RawCloud();
        Product product = Product.start(cloud.uri(), 5, "-Xmx64m");
        LiveHeap heap = LiveHeap.of(product.jvm())) {
      bigMessage(findings, cloud, product, scale.count(1024));
      // The first message has loaded all classes.
      long before = heap.kib();
      bigMessage(findings, cloud, product, scale.count(1024));
      long afterMessages = heap.kib();
      fragments(findings, cloud, product, scale.count(4 << 20));
      long afterFragments = heap.kib();
      garbage(findings, cloud, product);
      return findings
          .require(product.jvm().isAlive(), "the process has ended")
          .require(
              Math.max(afterMessages, afterFragments) - before <= FLAT_KIB, "the heap has grown")
          .saw(
              "live heap %d KiB after one such message, %d KiB after two, %d KiB after fragments",
              before, afterMessages, afterFragments)
          .outcome();
    }
  }

  private static void bigMessage(Findings findings, RawCloud cloud, Product product, int blocks)
      throws Exception {
    CompletableFuture<Digest> sent = new CompletableFuture<>();
    cloud.next(
        socket -> {
          long length = (long) blocks * BLOCK;
          OutputStream out = socket.getOutputStream();
          out.write(
              ByteBuffer.allocate(10)
                  .put((byte) (0x80 | BINARY))
                  .put((byte) 127)
                  .putLong(length)
                  .array());
          byte[] block = new RandomBytes(SEED, BLOCK).readAllBytes();
          MessageDigest sha256 = Digest.newSha256();
          for (int i = 0; i < blocks; i++) {
            block[i % BLOCK]++;
            sha256.update(block);
            out.write(block);
          }
          sent.complete(new Digest(length, HexFormat.of().formatHex(sha256.digest())));
          RawCloud.close(socket);
        });
    Digest seen = download(product);
    findings
        .require(seen.equals(Await.result(sent, Local.LIMIT)), "the message differs")
        .saw("%d MiB in one message correct", seen.count() >> 20);
  }

  private static void fragments(Findings findings, RawCloud cloud, Product product, int count)
      throws Exception {
    cloud.next(
        socket -> {
          OutputStream out = new BufferedOutputStream(socket.getOutputStream(), BLOCK);
          RandomBytes random = new RandomBytes(SEED, count);
          for (int i = 0; i < count; i++) {
            out.write(i == 0 ? BINARY : i == count - 1 ? LAST_CONTINUATION : 0);
            out.write(1);
            out.write(random.read());
          }
          out.flush();
          RawCloud.close(socket);
        });
    Digest seen = download(product);
    findings
        .require(seen.equals(RandomBytes.digest(SEED, count)), "the fragments differ")
        .saw("%d fragments of 1 byte correct", seen.count());
  }

  private static Digest download(Product product) throws IOException {
    try (Socket socket = Local.connect(product.address())) {
      return Digest.of(socket.getInputStream());
    }
  }

  /** Sends garbage on one connection while another connection must keep working. */
  private static void garbage(Findings findings, RawCloud cloud, Product product) throws Exception {
    cloud.next(
        socket -> {
          int unused = socket.getInputStream().read();
          socket.getOutputStream().write(0x80 | BINARY);
          socket.getOutputStream().write(ANSWER.length);
          socket.getOutputStream().write(ANSWER);
          RawCloud.close(socket);
        });
    try (Socket neighbour = Local.connect(product.address())) {
      // Wait until the neighbour has taken its script, before the next one is queued.
      Await.pass(Duration.ofMillis(500));
      cloud.next(
          socket -> {
            byte[] bytes = new byte[BLOCK];
            for (int i = 0; i < bytes.length; i++) {
              bytes[i] = (byte) (0xf3 ^ i);
            }
            socket.getOutputStream().write(bytes);
            RawCloud.awaitEnd(socket);
          });
      String end;
      try (Socket socket = Local.connect(product.address())) {
        end = socket.getInputStream().read() < 0 ? "the end of the stream" : "a byte";
      } catch (IOException e) {
        end = "a reset";
      }
      boolean named =
          Await.until(
              Duration.ofSeconds(5),
              () -> !product.jvm().errorsWith("violated the websocket protocol").isEmpty());
      var rules = product.jvm().errorsWith("violated the websocket protocol");
      neighbour.getOutputStream().write('?');
      byte[] answer = neighbour.getInputStream().readNBytes(ANSWER.length);
      findings
          .require(end.equals("a reset"), "the local client received %s", end)
          .require(named && rules.size() == 1, "%d warnings name the violated rule", rules.size())
          .require(Arrays.equals(answer, ANSWER), "another connection was affected")
          .saw(
              "garbage: local client received %s, warning \"%s\", other connection works",
              end, named ? rules.get(0).replaceFirst(".*ended: ", "") : "");
    }
  }
}
