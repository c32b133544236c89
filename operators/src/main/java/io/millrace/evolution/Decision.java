package io.millrace.evolution;

import io.millrace.contract.ContractVersion;
import io.millrace.records.SchemaChange;
import java.util.List;
import java.util.Optional;

/**
 * What follows from an observation or a message.
 *
 * @param version the contract's next version, if there is one
 * @param changes to be published
 */
record Decision(Optional<ContractVersion> version, List<SchemaChange> changes) {}
