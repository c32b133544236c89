package io.millrace.evolution;

import io.millrace.contract.Contract;
import io.millrace.contract.ContractVersion;
import io.millrace.ingest.ContractOverlay;
import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorV2;
import org.apache.flink.streaming.api.operators.Input;
import org.apache.flink.streaming.api.operators.MultipleInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/**
 * Settles what the source could not: records that differ from the contract file are held against
 * the newest version of the contract. Clean records pass untouched and in order.
 *
 * <p>Two inputs: records, and contract versions, broadcast. Event time comes from the records
 * alone. What differs is added up and told to the keeper about four times a second, and before each
 * checkpoint, so that nothing is told twice or never.
 *
 * <table>
 * <caption>state</caption>
 * <tr><th>state</th><th>key</th><th>grows with</th><th>cleared when</th></tr>
 * <tr><td>contract-versions (broadcast)</td><td>source</td><td>one entry, the newest version, up to
 * some 100 KB</td><td>never</td></tr>
 * </table>
 */
final class GuardOperator extends AbstractStreamOperatorV2<Ingested>
    implements MultipleInputStreamOperator<Ingested> {

  /** What guards tell the keeper. */
  static final OutputTag<ContractMessage> OBSERVATIONS =
      new OutputTag<>("observations", TypeInformation.of(ContractMessage.class));

  static final MapStateDescriptor<String, String> VERSIONS =
      new MapStateDescriptor<>("contract-versions", Types.STRING, Types.STRING);

  private static final long serialVersionUID = 1L;
  private static final int INPUTS = 2;
  private static final long TELL_EVERY_MILLIS = 250;

  /** Between two times, at most so many rows are looked at to know what values usually are. */
  private static final int SAMPLED_ROWS = 20;

  /** At the start, and after that once a minute: values of known fields go to the keeper. */
  private static final int TELL_KNOWN_EVERY = 240;

  private final GuardSettings settings;
  private final Guard guard;
  private final RowSampler sampler;
  private final DriftTally tally;
  private final Contract file;
  private final List<Observation> untold = new ArrayList<>();
  private BroadcastState<String, String> versions;
  private ContractVersion version;
  private int sampleBudget = 10 * SAMPLED_ROWS;
  private int told;

  GuardOperator(StreamOperatorParameters<Ingested> parameters, GuardSettings settings) {
    super(parameters, INPUTS);
    this.settings = settings;
    this.guard = settings.guard();
    this.file = settings.contract().contract();
    this.tally = new DriftTally(settings.contract().source());
    this.sampler = new RowSampler(settings.rules().intake().rowType(), file, tally);
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    versions = context.getOperatorStateStore().getBroadcastState(VERSIONS);
  }

  @Override
  public void open() throws Exception {
    super.open();
    String source = settings.contract().source();
    String inState = versions.get(source);
    follow(
        settings
            .contract()
            .newest(
                settings.log().newest().get(source),
                inState == null ? null : new StoredVersion(source, inState).version()));
    untold.add(Observation.started(source));
    tellLater();
  }

  private void tellLater() {
    processingTimeService.registerTimer(
        processingTimeService.getCurrentProcessingTime() + TELL_EVERY_MILLIS,
        time -> {
          tell();
          sampleBudget = Math.max(sampleBudget, SAMPLED_ROWS);
          tellLater();
        });
  }

  private void tell() {
    boolean withKnown = ++told % TELL_KNOWN_EVERY == 0;
    if (withKnown || !tally.isEmpty()) {
      untold.addAll(tally.drain(withKnown));
    }
    for (Observation observation : untold) {
      output.collect(OBSERVATIONS, new StreamRecord<>(ContractMessage.of(observation)));
    }
    untold.clear();
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    tell();
  }

  @Override
  public void finish() throws Exception {
    tell();
    super.finish();
  }

  private void follow(ContractVersion newer) throws Exception {
    version = newer;
    versions.put(newer.source(), StoredVersion.of(newer).json());
    guard.follow(ContractOverlay.of(newer, file));
  }

  private void record(StreamRecord<Ingested> record) {
    Ingested ingested = record.getValue();
    if (ingested.drift() == null) {
      if (sampleBudget > 0 && ingested.isRow()) {
        sampleBudget--;
        sampler.sample(ingested.row(), ingested.eventTimeMillis());
      }
      output.collect(record);
      return;
    }
    Ingested again = guard.reconsider(ingested);
    if (again.drift() != null) {
      tally.add(again.drift(), again.eventTimeMillis());
    }
    Ingested settled = guard.settle(again);
    output.collect(
        settled.isRow() && settled.eventTimeMillis() != record.getTimestamp()
            ? new StreamRecord<>(settled, settled.eventTimeMillis())
            : record.replace(settled));
  }

  private void version(StoredVersion stored) throws Exception {
    if (!stored.source().equals(version.source())) {
      return;
    }
    ContractVersion other;
    try {
      other = stored.version().rebasedOn(file);
    } catch (IllegalArgumentException unreadable) {
      LOG.warn(
          "A version of the contract of source {} cannot be read and is passed over: {}",
          stored.source(),
          unreadable.getMessage());
      return;
    }
    // Of equal revisions the later one on the topic holds, for everybody.
    if (other.revision() >= version.revision() && !other.equals(version)) {
      follow(other);
      LOG.info("Source {} goes by version {} of its contract", other.source(), other.label());
    }
  }

  @Override
  @SuppressWarnings("rawtypes") // as Flink declares it
  public List<Input> getInputs() {
    return List.of(new Records(), new Versions());
  }

  /** The records: they alone move event time. */
  private final class Records implements Input<Ingested> {
    @Override
    public void processElement(StreamRecord<Ingested> element) {
      record(element);
    }

    @Override
    public void processWatermark(Watermark mark) {
      output.emitWatermark(mark);
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) {
      output.emitWatermarkStatus(status);
    }

    @Override
    public void processLatencyMarker(LatencyMarker marker) {
      reportOrForwardLatencyMarker(marker);
    }

    @Override
    public void setKeyContextElement(StreamRecord<Ingested> element) {}
  }

  /** Contract versions of all sources. */
  private final class Versions implements Input<ContractMessage> {
    @Override
    public void processElement(StreamRecord<ContractMessage> element) throws Exception {
      version(element.getValue().version());
    }

    @Override
    public void processWatermark(Watermark mark) {}

    @Override
    public void processWatermarkStatus(WatermarkStatus status) {}

    @Override
    public void processLatencyMarker(LatencyMarker marker) {}

    @Override
    public void setKeyContextElement(StreamRecord<ContractMessage> element) {}
  }
}
