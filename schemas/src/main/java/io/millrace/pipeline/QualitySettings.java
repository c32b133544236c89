package io.millrace.pipeline;

import java.io.Serializable;
import java.time.Duration;

/**
 * How the quality rules of a source's contract are reported.
 *
 * @param window length of the windows of event time, aligned to 1970, that pass rates are given for
 *     and that values are unique within
 */
public record QualitySettings(Duration window) implements Serializable {

  public static final QualitySettings DEFAULT = new QualitySettings(Duration.ofMinutes(5));
}
