package io.millrace.jobs;

import io.millrace.features.WorkingMemory;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;

/** What of the feature views is set beside Flink's own options, with {@code -Dkey=value}. */
public final class FeatureOptions {
  /** See {@link WorkingMemory}. */
  public static final ConfigOption<MemorySize> WORKING_MEMORY =
      ConfigOptions.key("millrace.features.working-memory")
          .memoryType()
          .defaultValue(new MemorySize(WorkingMemory.DEFAULT.bytes()))
          .withDescription(
              "Heap for the keys that a feature view works on, for each view and subtask. Keys"
                  + " beyond it are written to RocksDB and read again when they are needed. With"
                  + " the hashmap state backend all keys are on the heap, and this has no effect.");

  private FeatureOptions() {}

  static WorkingMemory workingMemory(ReadableConfig configuration) {
    return new WorkingMemory(configuration.get(WORKING_MEMORY).getBytes());
  }
}
