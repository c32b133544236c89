package io.millrace.records;

/**
 * How one quality rule of a source fared in one window of event time. Of two results with the same
 * source, rule and window the one with more records is the newer one: late records are added.
 *
 * @param rule its name in the contract
 * @param field path of the field it is about; empty for whole records
 * @param expected what it asks of a record
 * @param bound what it asks of the window, for example {@code < 1 percent}
 * @param windowStartMillis first millisecond of the window
 * @param windowEndMillis first millisecond after it
 * @param checked records held against the rule
 * @param failed records that broke it
 * @param passed whether the window keeps the bound
 */
public record QualityResult(
    String source,
    String rule,
    String field,
    String expected,
    String bound,
    long windowStartMillis,
    long windowEndMillis,
    long checked,
    long failed,
    boolean passed) {

  /** Share of the records that kept the rule; 1 when there are none. */
  public double passRate() {
    return checked == 0 ? 1 : 1 - (double) failed / checked;
  }
}
