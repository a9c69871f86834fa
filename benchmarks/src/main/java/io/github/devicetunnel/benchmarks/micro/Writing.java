package io.github.devicetunnel.benchmarks.micro;

import io.github.devicetunnel.internal.frames.FrameWriter;
import io.github.devicetunnel.internal.frames.Role;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of writing a frame without a socket. Frames of clients are masked and those of the cloud
 * are not; the difference is the cost of masking.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Writing {
  /** Payload bytes per frame. */
  @Param({"16", "1024", "65536"})
  public int payload;

  /** The role of the writer. */
  @Param({"CLIENT", "SERVER"})
  public Role writer;

  private FrameWriter frames;
  private byte[] buffer;

  /** Prepares a payload. */
  @Setup
  public void start() {
    frames = new FrameWriter(OutputStream.nullOutputStream(), writer);
    buffer = new byte[FrameWriter.HEADER_ROOM + payload];
  }

  /** Returns the buffer, so that the JIT compiler cannot eliminate the writes. */
  @Benchmark
  public byte[] frame() throws IOException {
    frames.writeData(buffer, FrameWriter.HEADER_ROOM, payload);
    return buffer;
  }
}
