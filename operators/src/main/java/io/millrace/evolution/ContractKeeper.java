package io.millrace.evolution;

import io.millrace.contract.ContractVersion;
import io.millrace.records.ControlMessage;
import io.millrace.records.SchemaChange;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where contract versions are made: keyed by source, it hears what guards observe,
 * what people want, and what stands on the topic of versions. Schema changes are its output, new
 * versions go to {@link #VERSIONS}.
 *
 * <p>A version is on its topic before anybody goes by it, and is sent at once, not with the next
 * checkpoint. After a failure the keeper may therefore find a greater revision there than in its
 * state, and goes on from that one; what it had observed since the checkpoint is observed again.
 *
 * <table>
 * <caption>state</caption>
 * <tr><th>state</th><th>key</th><th>grows with</th><th>cleared when</th></tr>
 * <tr><td>learned</td><td>source</td><td>new fields, and other types of fields; 500 of each,
 * mostly below 5 KB a field</td><td>of a field: when it is decided; never as a whole</td></tr>
 * </table>
 */
public final class ContractKeeper
    extends KeyedProcessFunction<String, ContractMessage, SchemaChange> {

  /** New versions, to be put on their topic. */
  public static final OutputTag<StoredVersion> VERSIONS =
      new OutputTag<>("contract-versions", TypeInformation.of(StoredVersion.class));

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ContractKeeper.class);

  private final Map<String, SourceContract> contracts;
  private final ContractLog log;
  private transient ValueState<Learned> learned;
  private transient Map<String, ContractVersion> onTopic;
  private transient Set<String> reconciled;

  public ContractKeeper(List<SourceContract> contracts, ContractLog log) {
    this.contracts = new TreeMap<>();
    contracts.forEach(contract -> this.contracts.put(contract.source(), contract));
    this.log = log;
  }

  @Override
  public void open(OpenContext context) throws Exception {
    learned =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("learned", TypeInformation.of(Learned.class)));
    onTopic = log.newest();
    reconciled = new HashSet<>();
  }

  @Override
  public void processElement(ContractMessage input, Context context, Collector<SchemaChange> out)
      throws Exception {
    SourceContract contract = contracts.get(input.source());
    long now = context.timerService().currentProcessingTime();
    if (contract == null) {
      refuse(input, now, out);
      return;
    }
    Evolution evolution = new Evolution(contract.policies(), known(contract, context));
    if (input.observation() != null) {
      evolution.observe(input.observation(), now);
    } else if (input.control() != null) {
      evolution.obey(input.control(), now);
    } else {
      reconcile(evolution, contract, input.version());
    }
    learned.update(evolution.learned());
    Decision decision = evolution.decision();
    if (input.version() == null) {
      decision.version().ifPresent(version -> publish(version, context));
    }
    for (SchemaChange change : decision.changes()) {
      LOG.info(
          "Contract of source {}: {} {} {}, now version {}",
          change.source(),
          change.status(),
          change.kind(),
          change.field(),
          change.contractVersion());
      out.collect(change);
    }
  }

  /** State, topic and file may each be newer than the others when the job starts. */
  private Learned known(SourceContract contract, Context context) throws Exception {
    Learned before = learned.value();
    if (!reconciled.add(contract.source()) && before != null) {
      return before;
    }
    ContractVersion inState =
        before == null ? null : new StoredVersion(contract.source(), before.version()).version();
    ContractVersion stored = onTopic.get(contract.source());
    ContractVersion newest = contract.newest(stored, inState);
    if (stored == null || !stored.equals(newest)) {
      publish(newest, context);
    }
    Learned state = Evolution.of(newest);
    return before == null
        ? state
        : new Learned(
            state.version(),
            before.newFields(),
            before.known(),
            before.types(),
            before.absent(),
            before.open());
  }

  private static void reconcile(
      Evolution evolution, SourceContract contract, StoredVersion stored) {
    try {
      evolution.reconcile(stored.version().rebasedOn(contract.contract()));
    } catch (IllegalArgumentException unreadable) {
      LOG.warn(
          "A version of the contract of source {} cannot be read and is passed over: {}",
          stored.source(),
          unreadable.getMessage());
    }
  }

  private static void publish(ContractVersion version, Context context) {
    context.output(VERSIONS, StoredVersion.of(version));
  }

  private void refuse(ContractMessage input, long now, Collector<SchemaChange> out) {
    ControlMessage message = input.control();
    if (message == null) {
      return; // of a source that the pipeline no longer has
    }
    out.collect(
        new SchemaChange(
            message.source(),
            SchemaChange.Kind.CONTRACT_FILE,
            SchemaChange.Status.REJECTED,
            message.field(),
            "",
            "",
            1.0,
            List.of(
                "the job has no source "
                    + message.source()
                    + "; there are "
                    + String.join(", ", contracts.keySet())),
            "",
            0,
            "",
            0,
            message.sentBy(),
            now));
  }
}
