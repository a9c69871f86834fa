package io.github.devicetunnel.internal.text;

import java.security.Principal;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Descriptions of certificates for messages. */
public final class CertificateText {
  private static final int GENERAL_NAME_DNS = 2;
  private static final int GENERAL_NAME_IP = 7;
  public static final int MAX_NAMES = 10;

  private static final int MAX_NAME = 100;

  private CertificateText() {}

  /** Returns the name on one line. Names come from the network and may contain any characters. */
  public static String name(Principal principal) {
    return OneLine.of(principal.getName(), MAX_NAME);
  }

  public static String of(X509Certificate certificate) {
    Principal subject = certificate.getSubjectX500Principal();
    Principal issuer = certificate.getIssuerX500Principal();
    return name(subject)
        + names(certificate)
        + (issuer.equals(subject) ? ", self-signed" : ", issued by " + name(issuer))
        + ", valid from "
        + certificate.getNotBefore().toInstant()
        + " to "
        + certificate.getNotAfter().toInstant();
  }

  private static String names(X509Certificate certificate) {
    Collection<List<?>> names;
    try {
      names = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      return " with unreadable host names";
    }
    if (names == null) {
      return " without host names";
    }
    return names.stream()
        .filter(name -> List.of(GENERAL_NAME_DNS, GENERAL_NAME_IP).contains(name.get(0)))
        .limit(MAX_NAMES)
        .map(name -> OneLine.of(String.valueOf(name.get(1)), MAX_NAME))
        .collect(Collectors.joining(", ", " for ", ""));
  }
}
