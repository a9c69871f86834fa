package io.github.devicetunnel.internal.frames;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The masking of RFC 6455 section 5.3: XOR with a key of four bytes. */
final class Masking {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Masking() {}

  /**
   * Masks or unmasks a part of a payload in place.
   *
   * @param key the four bytes of the key, big-endian
   * @param position number of bytes of the same payload before this part
   */
  static void apply(byte[] bytes, int offset, int length, int key, long position) {
    int turned = Integer.rotateLeft(key, ((int) position & 3) * 8);
    long wide = ((long) turned << 32) | (turned & 0xffffffffL);
    int end = offset + length;
    int i = offset;
    for (; i <= end - 8; i += 8) {
      LONGS.set(bytes, i, (long) LONGS.get(bytes, i) ^ wide);
    }
    for (int shift = 56; i < end; i++, shift -= 8) {
      bytes[i] ^= (byte) (wide >>> shift);
    }
  }
}
