package io.github.devicetunnel.benchmarks.micro;

import io.github.devicetunnel.internal.frames.FrameReader;
import io.github.devicetunnel.internal.frames.FrameWriter;
import io.github.devicetunnel.internal.frames.Role;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of parsing a kibibyte of payload in frames, without a socket. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Reading {
  private static final int KIBIBYTES = 1024;

  /** Payload bytes per frame. */
  @Param({"16", "1024", "65536"})
  public int payload;

  /** The role of the sender. Frames of clients are masked; those of the cloud are not. */
  @Param({"SERVER", "CLIENT"})
  public Role writer;

  private FrameReader reader;

  /** Prepares an endless sequence of frames. */
  @Setup
  public void start() throws IOException {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    FrameWriter to = new FrameWriter(frames, writer);
    while (frames.size() < 1 << 20) {
      to.writeData(new byte[FrameWriter.HEADER_ROOM + payload], FrameWriter.HEADER_ROOM, payload);
    }
    reader = new FrameReader(new Repeated(frames.toByteArray()), writer, new NoControls());
  }

  /** Reads a mebibyte; the result is per kibibyte. */
  @Benchmark
  @OperationsPerInvocation(KIBIBYTES)
  public int kibibyte() throws IOException {
    int read = 0;
    while (read < KIBIBYTES << 10) {
      read += Objects.requireNonNull(reader.next()).remaining();
    }
    return read;
  }

  private static final class Repeated extends InputStream {
    private final byte[] bytes;
    private int next;

    Repeated(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      if (next == bytes.length) {
        next = 0;
      }
      int count = Math.min(length, bytes.length - next);
      System.arraycopy(bytes, next, to, offset, count);
      next += count;
      return count;
    }
  }

  private static final class NoControls implements FrameReader.ControlHandler {
    @Override
    public void onPing(byte[] payload) {}

    @Override
    public void onPong(byte[] payload) {}

    @Override
    public void onClose(int code, String reason) {}
  }
}
