package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** Checks what a published module must provide to its users. */
final class PublishedModulesTest {
  private static final Path ROOT = Path.of(System.getProperty("tunnel.root"));
  private static final String BOM = "tunnel-bom";

  /** Two artifacts of one library, whose versions must match. */
  private static final List<String> OKHTTP = List.of("okhttp", "okhttp-jvm");

  @Test
  void bomManagesEveryPublishedModule() throws Exception {
    String managed = "/project/dependencyManagement/dependencies/dependency/artifactId";
    Set<String> expected = published();
    expected.addAll(OKHTTP);
    assertThat(texts(pom(BOM), managed)).containsExactlyInAnyOrderElementsOf(expected);
  }

  /** Further managed versions would change the builds that import the BOM. */
  @Test
  void bomManagesNothingElse() throws Exception {
    Document bom = pom(BOM);
    assertThat(texts(bom, "/project/parent")).isEmpty();
    assertThat(Set.copyOf(texts(bom, "/project/dependencyManagement//groupId")))
        .containsExactlyInAnyOrder("io.github.devicetunnel", "com.squareup.okhttp3");
    assertThat(Set.copyOf(texts(bom, "/project/dependencyManagement//version")))
        .containsExactlyInAnyOrder("${project.version}", "${okhttp.version}");
  }

  /** Without a module-info, the name of the module would derive from the name of the jar. */
  @Test
  void everyModuleDeclaresModuleInfo() throws Exception {
    for (String module : published()) {
      assertThat(ROOT.resolve(module).resolve("src/main/java/module-info.java")).isRegularFile();
    }
  }

  private static Set<String> published() throws Exception {
    Set<String> published = new TreeSet<>();
    for (String module : texts(pom("."), "/project/modules/module")) {
      boolean internal =
          texts(pom(module), "/project/properties/maven.deploy.skip").contains("true");
      if (!internal && !module.equals(BOM)) {
        published.add(module);
      }
    }
    assertThat(published).contains("tunnel-core");
    return published;
  }

  private static Document pom(String module) throws Exception {
    Path file = ROOT.resolve(module).resolve("pom.xml");
    assertThat(Files.readString(file)).doesNotContain("<!DOCTYPE");
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
  }

  private static List<String> texts(Document pom, String path) throws XPathExpressionException {
    XPath xpath = XPathFactory.newInstance().newXPath();
    NodeList nodes = (NodeList) xpath.evaluate(path, pom, XPathConstants.NODESET);
    return IntStream.range(0, nodes.getLength())
        .mapToObj(i -> nodes.item(i).getTextContent().strip())
        .collect(Collectors.toList());
  }
}
