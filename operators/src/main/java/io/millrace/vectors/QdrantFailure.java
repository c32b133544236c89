package io.millrace.vectors;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;

/** What a failed request of Qdrant means for what was requested. */
final class QdrantFailure extends Exception {

  private static final long serialVersionUID = 1L;

  /** Who has to do something about it. */
  enum Kind {
    /** Passes by itself: try again. */
    OUTAGE,
    /** One of the points of the request is not taken. */
    REFUSED,
    /** The collection is not there. */
    NOT_FOUND,
    /** Somebody has to change a setting. */
    SETTING
  }

  private final Kind kind;

  private QdrantFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  static QdrantFailure of(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      Status status =
          each instanceof StatusRuntimeException runtime
              ? runtime.getStatus()
              : each instanceof StatusException checked ? checked.getStatus() : null;
      if (status != null && isUntrusted(status)) {
        return new QdrantFailure(
            Kind.SETTING,
            words(status)
                + ": the server's certificate is signed by nobody who is trusted here; name its authority in qdrant.ca_file",
            failure);
      }
      if (status != null) {
        return new QdrantFailure(kind(status), words(status), failure);
      }
    }
    return new QdrantFailure(Kind.OUTAGE, failure.toString(), failure);
  }

  private static boolean isUntrusted(Status status) {
    for (Throwable each = status.getCause(); each != null; each = each.getCause()) {
      if (each instanceof CertificateException || each instanceof CertPathBuilderException) {
        return true;
      }
    }
    return false;
  }

  static QdrantFailure setting(String message) {
    return new QdrantFailure(Kind.SETTING, message, null);
  }

  private static Kind kind(Status status) {
    return switch (status.getCode()) {
      case INVALID_ARGUMENT, OUT_OF_RANGE, FAILED_PRECONDITION -> Kind.REFUSED;
      case NOT_FOUND -> Kind.NOT_FOUND;
      case UNAUTHENTICATED, PERMISSION_DENIED, UNIMPLEMENTED -> Kind.SETTING;
      default -> Kind.OUTAGE;
    };
  }

  private static String words(Status status) {
    String text = status.getDescription() == null ? "" : ": " + status.getDescription();
    Throwable cause = status.getCause();
    String hint =
        switch (status.getCode()) {
          case UNAUTHENTICATED, PERMISSION_DENIED -> " (check qdrant.api_key)";
          case UNIMPLEMENTED -> " (Qdrant 1.16 or newer is needed)";
          default -> "";
        };
    return status.getCode()
        + text
        + (cause == null || cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")")
        + hint;
  }

  Kind kind() {
    return kind;
  }
}
