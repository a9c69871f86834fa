package io.github.devicetunnel.it.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.jwt.PrivateKeys;
import io.github.devicetunnel.jwt.TokenSigner;
import io.github.devicetunnel.jwt.VerificationCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests private keys in every form that OpenSSL writes. */
final class PemKeyTest {
  private static final String PASSPHRASE = "5ecret horse";

  @TempDir static Path keys;
  @TempDir Path folder;

  @BeforeAll
  static void makeKeys() throws Exception {
    run(keys, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem");
    run(keys, "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out P-256.pem");
    run(keys, "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out P-384.pem");
    run(keys, "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out P-521.pem");
    for (String name : List.of("rsa", "P-256", "P-384", "P-521")) {
      run(
          keys,
          "req -x509 -new -days 2 -subj /CN=test -key " + name + ".pem -out " + name + ".crt");
    }
  }

  /** Runs OpenSSL with arguments separated by blanks; PASS stands for the passphrase. */
  private static void run(Path folder, String arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(Externals.program("openssl")));
    for (String argument : arguments.split(" ", -1)) {
      command.add(argument.equals("PASS") ? "pass:" + PASSPHRASE : argument);
    }
    ProgramRun.in(folder, command).succeed();
  }

  private static Supplier<char[]> passphrase(String text) {
    return text::toCharArray;
  }

  @ParameterizedTest
  @CsvSource({
    "rsa, PRIVATE KEY, pkcs8 -topk8 -nocrypt",
    "rsa, RSA PRIVATE KEY, rsa -traditional",
    "rsa, RSA PRIVATE KEY, rsa -traditional -aes256 -passout PASS",
    "rsa, RSA PRIVATE KEY, rsa -traditional -des3 -passout PASS",
    "rsa, ENCRYPTED PRIVATE KEY, pkcs8 -topk8 -passout PASS",
    "rsa, ENCRYPTED PRIVATE KEY, pkcs8 -topk8 -v2 aes-128-cbc -v2prf hmacWithSHA1 -passout PASS",
    "rsa, ENCRYPTED PRIVATE KEY, pkcs8 -topk8 -v2 des3 -v2prf hmacWithSHA512 -passout PASS",
    "rsa, ENCRYPTED PRIVATE KEY, pkcs8 -topk8 -scrypt -passout PASS",
    "rsa, ENCRYPTED PRIVATE KEY, pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout PASS",
    "P-256, PRIVATE KEY, pkcs8 -topk8 -nocrypt",
    "P-256, EC PRIVATE KEY, ec",
    "P-256, EC PRIVATE KEY, ec -no_public",
    "P-256, EC PRIVATE KEY, ec -aes128 -passout PASS",
    "P-256, ENCRYPTED PRIVATE KEY, pkcs8 -topk8 -passout PASS",
    "P-384, EC PRIVATE KEY, ec",
    "P-384, ENCRYPTED PRIVATE KEY, pkcs8 -topk8 -passout PASS",
    "P-521, EC PRIVATE KEY, ec",
    "P-521, EC PRIVATE KEY, ec -aes256 -passout PASS"
  })
  void readsEveryFormOfKey(String key, String label, String conversion) throws Exception {
    Path file = folder.resolve("key.pem");
    run(folder, conversion + " -in " + keys.resolve(key + ".pem") + " -out " + file);
    assertThat(Files.readString(file)).startsWith("-----BEGIN " + label + "-----");

    assertThat(
            VerificationCertificate.read(keys.resolve(key + ".crt"))
                .belongsTo(PrivateKeys.read(file, passphrase(PASSPHRASE))))
        .isTrue();
  }

  /**
   * The file holds EC parameters, as {@code ecparam} writes them, or a certificate before the key.
   */
  @Test
  void ignoresOtherPemBlocks() throws Exception {
    run(folder, "ecparam -name prime256v1 -genkey -out key.pem");
    Path file = folder.resolve("key.pem");
    assertThat(Files.readString(file)).startsWith("-----BEGIN EC PARAMETERS-----");
    String all = Files.readString(keys.resolve("rsa.crt")) + Files.readString(file);
    Path chain = Files.writeString(folder.resolve("chain.pem"), "Bag attributes\n" + all);

    assertThat(PrivateKeys.read(chain)).isEqualTo(PrivateKeys.read(file));
  }

  @Test
  void requestsPassphraseOnlyIfEncryptedAndErasesIt() throws Exception {
    PrivateKeys.read(
        keys.resolve("rsa.pem"),
        () -> {
          throw new AssertionError("passphrase requested");
        });
    run(folder, "pkcs8 -topk8 -passout PASS -out key.pem -in " + keys.resolve("P-256.pem"));
    char[] secret = PASSPHRASE.toCharArray();

    PrivateKeys.read(folder.resolve("key.pem"), () -> secret);

    assertThat(secret).containsOnly('\0');
  }

  @ParameterizedTest
  @CsvSource({
    "pkcs8 -topk8, rsa",
    "pkcs8 -topk8 -scrypt, rsa",
    "rsa -traditional -aes256, rsa",
    "ec -aes256, P-256"
  })
  void rejectsMissingOrWrongPassphrase(String conversion, String key) throws Exception {
    Path file = folder.resolve("key.pem");
    run(folder, conversion + " -passout PASS -out key.pem -in " + keys.resolve(key + ".pem"));

    assertThatThrownBy(() -> PrivateKeys.read(file, passphrase("wrong")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("privateKey " + file + " cannot be decrypted; check the passphrase");
    assertThatThrownBy(() -> PrivateKeys.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("privateKey " + file + " is encrypted, but no passphrase is set; set one");
  }

  @ParameterizedTest
  @CsvSource({
    "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024, an RSA key of 1024 bits",
    "genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048, a key of the type RSASSA-PSS",
    "genpkey -algorithm ED25519, a key of the type EdDSA",
    "ecparam -genkey -noout -name secp224r1, an EC key on secp224r1",
    "ecparam -genkey -noout -name secp256k1, an EC key on secp256k1",
    "ecparam -genkey -noout -name brainpoolP256r1, an EC key on brainpoolP256r1"
  })
  void rejectsUnsupportedKeys(String command, String kind) throws Exception {
    run(folder, command + " -out key.pem");

    assertThatThrownBy(() -> TokenSigner.of(PrivateKeys.read(folder.resolve("key.pem"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("privateKey ")
        .hasMessageEndingWith(
            "must be RSA of at least 2048 bits, or EC on P-256, P-384 or P-521, but is " + kind);
  }

  @Test
  void rejectsFilesWithoutUsableKey() throws Exception {
    Path certificate = keys.resolve("rsa.crt");
    assertThatThrownBy(() -> PrivateKeys.read(certificate))
        .hasMessage(
            "privateKey "
                + certificate
                + " contains no private key, only CERTIFICATE; use another file");

    Path text = Files.writeString(folder.resolve("text"), "secret\n");
    assertThatThrownBy(() -> PrivateKeys.read(text))
        .hasMessage("privateKey " + text + " contains no PEM block; use another file");

    String pem = Files.readString(keys.resolve("rsa.pem"));
    Path cut = Files.writeString(folder.resolve("cut"), pem.substring(0, pem.length() / 2));
    assertThatThrownBy(() -> PrivateKeys.read(cut))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("privateKey " + cut + " is damaged or in an unknown format; copy it again");

    Path damaged =
        Files.writeString(folder.resolve("damaged"), pem.replaceFirst("MII[A-Za-z]", "MIIz"));
    assertThatThrownBy(() -> PrivateKeys.read(damaged))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("privateKey " + damaged + " is damaged or in an unknown format; copy it again");

    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> PrivateKeys.read(missing))
        .isInstanceOf(java.nio.file.NoSuchFileException.class);
  }
}
