package io.millrace.features;

import java.io.Serializable;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;

/**
 * The state that one subtask of a backfill has written for a view.
 *
 * @param subtask its index
 * @param subtasks how many there are
 * @param state handles of the files in the savepoint's folder
 */
public record BackfilledState(int subtask, int subtasks, OperatorSubtaskState state)
    implements Serializable {}
