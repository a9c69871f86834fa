package io.github.devicetunnel.it.docs;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Collects the messages in the sources that talk to users: every string literal of two words or
 * more, joined with adjacent literals. Skips annotations, which hold the option help, and log calls
 * at level info and below. Does not see strings that are joined at run time, or messages of
 * libraries.
 */
final class MessageSources {
  private static final Path ROOT = Path.of(System.getProperty("tunnel.root"));
  private static final List<String> MODULES =
      List.of("tunnel-core", "tunnel-jwt", "tunnel-directory", "tunnel-cli");

  /** Placeholder for a value that is only known at run time. */
  static final String HOLE = "{}";

  private static final Pattern WORDS = Pattern.compile("(?s).*[a-z]{2,} [a-z]{2,}.*");
  private static final Pattern QUIET_LOG = Pattern.compile("LOG\\.(info|debug|trace)");

  private MessageSources() {}

  /**
   * A message with placeholders.
   *
   * @param className the simple name of the class
   */
  record Text(String className, String text) {}

  static List<Text> texts() throws IOException {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    List<Text> texts = new ArrayList<>();
    try (StandardJavaFileManager manager = javac.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              javac.getTask(
                  null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files()));
      for (CompilationUnitTree unit : task.parse()) {
        Path file = Path.of(unit.getSourceFile().getName());
        new Scanner(file.getFileName().toString().replace(".java", ""), texts).scan(unit, null);
      }
    }
    return texts;
  }

  private static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String module : MODULES) {
      try (Stream<Path> walk = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
        walk.filter(file -> file.getFileName().toString().matches("[A-Z]\\w*\\.java"))
            .forEach(files::add);
      }
    }
    return files;
  }

  private static final class Scanner extends TreePathScanner<Void, Void> {
    private final String className;
    private final List<Text> texts;

    Scanner(String className, List<Text> texts) {
      this.className = className;
      this.texts = texts;
    }

    @Override
    public Void visitAnnotation(AnnotationTree annotation, Void unused) {
      return null;
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree call, Void unused) {
      boolean quiet = QUIET_LOG.matcher(call.getMethodSelect().toString()).matches();
      return quiet ? null : super.visitMethodInvocation(call, null);
    }

    @Override
    public Void visitBinary(BinaryTree sum, Void unused) {
      if (!isPartOfSum()) {
        add(sum);
      }
      return super.visitBinary(sum, null);
    }

    @Override
    public Void visitLiteral(LiteralTree literal, Void unused) {
      if (!isPartOfSum()) {
        add(literal);
      }
      return null;
    }

    private boolean isPartOfSum() {
      return getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.PLUS;
    }

    private void add(Tree tree) {
      String text = join(tree);
      if (WORDS.matcher(text.replace(HOLE, "0")).matches()) {
        texts.add(new Text(className, text));
      }
    }

    private static String join(Tree tree) {
      if (tree instanceof BinaryTree sum && sum.getKind() == Tree.Kind.PLUS) {
        return join(sum.getLeftOperand()) + join(sum.getRightOperand());
      }
      return tree instanceof LiteralTree literal && literal.getValue() instanceof String text
          ? text
          : HOLE;
    }
  }
}
