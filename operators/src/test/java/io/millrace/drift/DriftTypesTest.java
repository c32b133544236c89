package io.millrace.drift;

import io.millrace.records.Alert;
import io.millrace.records.DriftControl;
import io.millrace.records.DriftResult;
import io.millrace.records.DriftSummary;
import io.millrace.records.Feedback;
import io.millrace.records.RetrainingAdvice;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DriftTypesTest {

  @ParameterizedTest
  @ValueSource(
      classes = {
        Alert.class,
        AlarmTrack.class,
        ColumnChunk.class,
        ColumnWindow.class,
        DriftControl.class,
        DriftResult.class,
        DriftSummary.class,
        Feedback.class,
        LossTrack.class,
        RetrainingAdvice.class
      })
  void shouldTravelThroughFlinkWithoutKryo(Class<?> type) {
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
  }
}
