package io.github.devicetunnel.it.docs;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles samples for Java 17. */
final class SampleCompiler {
  /** The name of the class that encloses statements. */
  private static final String AROUND_STATEMENTS = "AroundStatements";

  /** All imports are on one line, so that the sample starts on the second line. */
  private static final String IMPORTS =
      "package io.github.devicetunnel.it.docs;"
          + "import static io.github.devicetunnel.it.docs.SampleContext.*;"
          + "import static org.junit.jupiter.api.Assertions.*;"
          + "import io.github.devicetunnel.*;"
          + "import io.github.devicetunnel.directory.*;"
          + "import io.github.devicetunnel.jwt.*;"
          + "import io.github.devicetunnel.micrometer.*;"
          + "import io.github.devicetunnel.testing.*;"
          + "import io.micrometer.core.instrument.Tags;"
          + "import io.github.devicetunnel.testing.FaultProxy.*;"
          + "import java.io.*;"
          + "import java.net.*;"
          + "import java.nio.file.*;"
          + "import java.security.*;"
          + "import java.time.*;"
          + "import java.util.*;"
          + "import java.util.stream.*;"
          + "import javax.naming.Context;"
          + "import okhttp3.OkHttpClient;"
          + "import org.junit.jupiter.api.Test;"
          + "import org.junit.jupiter.api.extension.RegisterExtension;";

  /** The declared exceptions are the only checked ones that statements may throw. */
  private static final String BEFORE_STATEMENTS =
      IMPORTS
          + "abstract class AroundStatements extends SampleContext {"
          + "void sample() throws IOException, InterruptedException, GeneralSecurityException {\n";

  private static final String AFTER_STATEMENTS = "}}";

  private static final JavaCompiler JAVAC = ToolProvider.getSystemJavaCompiler();

  /** Shared by all samples, because it caches the contents of the jars. */
  private static final JavaFileManager FILES = JAVAC.getStandardFileManager(null, null, null);

  private final Path output;
  private final String classPath;

  /**
   * Creates a compiler for samples with one class path.
   *
   * @param output folder for the classes
   * @param classPath class path of the samples
   */
  SampleCompiler(Path output, String classPath) {
    this.output = output;
    this.classPath = classPath;
  }

  /** Returns the findings of the compiler, with the line in the document. */
  List<String> compile(Sample sample) {
    if (!sample.isClass()) {
      String text = BEFORE_STATEMENTS + sample.code() + AFTER_STATEMENTS;
      return compile(sample, AROUND_STATEMENTS, text);
    }
    String before = sample.isFile() ? "\n" : IMPORTS + "\n";
    return compile(sample, sample.className(), before + sample.code());
  }

  private List<String> compile(Sample sample, String className, String text) {
    DiagnosticCollector<JavaFileObject> findings = new DiagnosticCollector<>();
    // Without "try": a sample may open a resource only to close it.
    List<String> options =
        List.of(
            "--release=17",
            "-Xlint:all,-try,-path",
            "-proc:none",
            "-classpath",
            classPath,
            "-d",
            output.toString());
    boolean unused =
        JAVAC
            .getTask(null, FILES, findings, options, null, List.of(new Text(className, text)))
            .call();
    return findings.getDiagnostics().stream()
        .map(f -> sample.atLine(f.getLineNumber() - 1) + ": " + f.getMessage(null))
        .collect(Collectors.toList());
  }

  private static final class Text extends SimpleJavaFileObject {
    private final String text;

    Text(String className, String text) {
      super(URI.create("string:///" + className + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
