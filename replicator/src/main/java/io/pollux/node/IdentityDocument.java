package io.pollux.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.tls.Identity;
import io.pollux.tls.TrustList;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/** What {@code pollux identity show} says, from a running node or from its files. */
public final class IdentityDocument {
  private IdentityDocument() {}

  /**
   * Reads the files of a node that doesn't run.
   *
   * @throws PolluxException DIRECTORY_MISSING or BAD_CONFIGURATION
   */
  public static ObjectNode read(Path directory) throws PolluxException {
    ConfigFile.read(directory.resolve("pollux.yaml"));
    Path identity = directory.resolve("identity");
    try {
      return of(Identity.load(identity), TrustList.load(identity));
    } catch (IOException | GeneralSecurityException e) {
      throw new PolluxException(
          Reason.BAD_CONFIGURATION,
          "can't read the identity in " + identity + ": " + e.getMessage(),
          e);
    }
  }

  static ObjectNode of(Identity identity, TrustList trust) {
    ObjectNode document = Json.MAPPER.createObjectNode();
    document.put("name", identity.name());
    document.put("fingerprint", identity.fingerprint().toString());
    document.put("keyType", identity.certificate().getPublicKey().getAlgorithm());
    document.put("validFrom", identity.certificate().getNotBefore().toInstant().toString());
    document.put("validUntil", identity.validUntil().toString());
    ArrayNode trusted = document.putArray("trusted");
    trust
        .nodes()
        .forEach(
            (key, name) ->
                trusted.addObject().put("name", name).put("fingerprint", key.toString()));
    return document;
  }
}
