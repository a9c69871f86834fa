package io.github.devicetunnel.testing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.devicetunnel.jwt.VerificationCertificate;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/** Accepts uploads of verification keys: {@code POST /v3/applications/{id}/verification-keys}. */
final class KeyUploads {
  private static final JsonFactory JSON = new JsonFactory();

  private final Set<String> administratorKeys;
  private final Map<String, TokenCheck> applications;

  KeyUploads(Set<String> administratorKeys, Map<String, TokenCheck> applications) {
    this.administratorKeys = administratorKeys;
    this.applications = applications;
  }

  static boolean isUpload(RecordedRequest request) {
    List<String> path = request.getUrl().pathSegments();
    return request.getMethod().equals("POST")
        && path.size() == 4
        && path.get(0).equals("v3")
        && path.get(1).equals("applications")
        && path.get(3).equals("verification-keys");
  }

  MockResponse upload(RecordedRequest request) throws RejectedException {
    checkKey(Credential.of(request.getHeaders()).token());
    String applicationId = request.getUrl().pathSegments().get(2);
    TokenCheck check = applications.get(applicationId);
    if (check == null) {
      throw RejectedException.notFound("The application is not known");
    }
    VerificationCertificate key = key(fields(request.getBody()));
    if (check instanceof VerificationKeyCheck keys) {
      keys.add(key);
    }
    return new MockResponse.Builder()
        .code(201)
        .setHeader("Content-Type", "application/json")
        .body("{\"object\":\"verification-key\",\"id\":\"" + UUID.randomUUID() + "\"}")
        .build();
  }

  private void checkKey(@Nullable String key) throws RejectedException {
    if (key == null || !administratorKeys.contains(key)) {
      throw RejectedException.unauthorized("The access key does not belong to an administrator");
    }
  }

  private static VerificationCertificate key(Map<String, String> body) throws RejectedException {
    List<ServiceError.Field> wrong = new ArrayList<>();
    if (body.getOrDefault("name", "").isBlank()) {
      wrong.add(new ServiceError.Field("name", "must not be empty"));
    }
    VerificationCertificate key = null;
    try {
      key = VerificationCertificate.parse(body.getOrDefault("certificate", ""));
      key.checkValidAt(Instant.now());
    } catch (IllegalArgumentException e) {
      wrong.add(new ServiceError.Field("certificate", String.valueOf(e.getMessage())));
    }
    if (key == null || !wrong.isEmpty()) {
      throw RejectedException.invalid(wrong);
    }
    return key;
  }

  /** Returns the top-level strings of a JSON object; empty if the body is not a JSON object. */
  private static Map<String, String> fields(@Nullable ByteString body) throws RejectedException {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser parser = JSON.createParser(body == null ? "" : body.utf8())) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        if (parser.nextToken() == JsonToken.VALUE_STRING) {
          fields.put(name, parser.getText());
        }
        parser.skipChildren();
      }
    } catch (IOException e) {
      throw RejectedException.invalid("body", "must be JSON");
    }
    return fields;
  }
}
