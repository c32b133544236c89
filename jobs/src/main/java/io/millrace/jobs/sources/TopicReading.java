package io.millrace.jobs.sources;

import io.millrace.ingest.ContractOverlay;
import java.io.Serializable;

/**
 * How the records of a topic are read.
 *
 * @param settles whether the source carries out what it decides, because nobody does it later
 * @param positions whether it says of each record where it lay
 * @param version of the contract by which it decides; null: as the contract file has it
 */
record TopicReading(boolean settles, boolean positions, ContractOverlay version)
    implements Serializable {}
