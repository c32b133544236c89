package io.millrace.duplicates;

import io.millrace.duplicates.BlockEntry.Role;
import io.millrace.duplicates.linkage.ComparedRecord;
import io.millrace.duplicates.linkage.Linkage;
import io.millrace.duplicates.linkage.PairComparison;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Compares the rows that meet in a block, and says which pairs are to be judged. Keyed by block:
 * the work of comparing spreads over all subtasks.
 *
 * <p>A block of more rows than {@code largest_block} compares those with the smallest ids: which
 * they are does not depend on the order in which rows come. A row too many is not kept, so a place
 * that a deleted row leaves is taken by the next row that comes or changes.
 *
 * <p>A guest of a neighbourhood counts as long as the owner's text is the one that the guest has
 * found; when it changes, the owner has looked for neighbours again and its findings hold.
 *
 * <pre>
 *   state    key    grows with                                  cleared when
 *   members  block  rows of the block, at most largest_block    the row leaves the block
 *   guests   block  rows near the owner, at most largest_block  the row or the owner leaves
 *   owner    block  rows of the collection                      the row is gone
 * </pre>
 */
final class BlockFunction extends KeyedProcessFunction<String, BlockEntry, PairEvidence> {
  private static final long serialVersionUID = 1L;

  private static final byte[] NO_COMPARISON = {};

  private final DuplicatesPlan plan;

  private transient MapState<String, CandidateRow> members;
  private transient MapState<String, Guest> guests;
  private transient ValueState<CandidateRow> owner;
  private transient DataOutputSerializer bytes;
  private transient Counter compared;
  private transient Counter tooMany;

  /**
   * A row in the neighbourhood of another one. A Flink POJO.
   *
   * @param ownerVersion of the owner that it has found, or that has found it
   */
  public record Guest(CandidateRow row, double similarity, long ownerVersion, String ownerHash) {

    boolean isNearTo(CandidateRow owner) {
      return owner != null && owner.contentHash().equals(ownerHash);
    }

    /** Whether it waits for an owner that has not come yet. */
    boolean isAheadOf(long version) {
      return ownerVersion > version;
    }
  }

  BlockFunction(DuplicatesPlan plan) {
    this.plan = plan;
  }

  @Override
  public void open(OpenContext context) {
    members =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "members", Types.STRING, TypeInformation.of(CandidateRow.class)));
    guests =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>("guests", Types.STRING, TypeInformation.of(Guest.class)));
    owner =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("owner", TypeInformation.of(CandidateRow.class)));
    bytes = new DataOutputSerializer(128);
    compared = getRuntimeContext().getMetricGroup().counter("comparedPairs");
    tooMany = getRuntimeContext().getMetricGroup().counter("rowsBeyondLargestBlock");
  }

  @Override
  public void processElement(BlockEntry entry, Context context, Collector<PairEvidence> out)
      throws Exception {
    if (entry.role() == Role.MEMBER) {
      if (entry.leaves()) {
        leave(entry.id(), out);
      } else {
        enter(entry.row(), out);
      }
    } else if (entry.role() == Role.OWNER) {
      own(entry, out);
    } else {
      visit(entry, out);
    }
  }

  private void enter(CandidateRow row, Collector<PairEvidence> out) throws Exception {
    CandidateRow before = members.get(row.id());
    List<CandidateRow> others = new ArrayList<>();
    CandidateRow last = null;
    for (CandidateRow member : members.values()) {
      if (!member.id().equals(row.id())) {
        others.add(member);
        last = last == null || member.id().compareTo(last.id()) > 0 ? member : last;
      }
    }
    if (before == null && others.size() >= plan.spec().largestBlock()) {
      tooMany.inc();
      if (row.id().compareTo(last.id()) > 0) {
        return;
      }
      leave(last.id(), out);
      others.remove(last);
    }
    members.put(row.id(), row);
    for (CandidateRow other : others) {
      say(row, other, false, before == null ? 1 : 0, Linkage.NO_COSINE, out);
    }
  }

  private void leave(String id, Collector<PairEvidence> out) throws Exception {
    CandidateRow row = members.get(id);
    if (row == null) {
      return;
    }
    members.remove(id);
    for (CandidateRow other : members.values()) {
      withdraw(row, other, false, out);
    }
  }

  private void own(BlockEntry entry, Collector<PairEvidence> out) throws Exception {
    CandidateRow before = owner.value();
    if (entry.leaves()) {
      owner.clear();
    } else {
      owner.update(entry.row());
    }
    List<Guest> known = new ArrayList<>();
    guests.values().forEach(known::add);
    for (Guest guest : known) {
      Guest now = entry.leaves() ? guest : seenBy(entry, guest);
      if (now.isNearTo(entry.row())) {
        guests.put(guest.row().id(), now);
        say(entry.row(), guest.row(), true, guest.isNearTo(before) ? 0 : 1, now.similarity(), out);
      } else {
        if (guest.isNearTo(before)) {
          withdraw(before, guest.row(), true, out);
        }
        if (!now.isAheadOf(entry.version())) {
          guests.remove(guest.row().id());
        }
      }
    }
  }

  /** The guest as the owner has just found it, if it has. */
  private static Guest seenBy(BlockEntry owner, Guest guest) {
    return owner.neighbours().stream()
        .filter(neighbour -> neighbour.id().equals(guest.row().id()))
        .filter(neighbour -> neighbour.contentHash().equals(guest.row().contentHash()))
        .findFirst()
        .map(
            neighbour ->
                new Guest(
                    guest.row(),
                    neighbour.similarity(),
                    owner.version(),
                    owner.row().contentHash()))
        .orElse(guest);
  }

  private void visit(BlockEntry entry, Collector<PairEvidence> out) throws Exception {
    CandidateRow host = owner.value();
    Guest before = guests.get(entry.id());
    boolean wasNear = before != null && before.isNearTo(host);
    if (entry.leaves()) {
      guests.remove(entry.id());
      if (wasNear) {
        withdraw(host, before.row(), true, out);
      }
      return;
    }
    if (before == null && isFull()) {
      tooMany.inc();
      return;
    }
    Guest now = new Guest(entry.row(), entry.similarity(), entry.ownerVersion(), entry.ownerHash());
    if (now.isNearTo(host)) {
      guests.put(entry.id(), now);
      say(host, now.row(), true, wasNear ? 0 : 1, now.similarity(), out);
      return;
    }
    if (wasNear) {
      withdraw(host, before.row(), true, out);
    }
    if (host == null || now.isAheadOf(host.version())) {
      guests.put(entry.id(), now);
    } else {
      guests.remove(entry.id());
    }
  }

  private boolean isFull() throws Exception {
    int count = 0;
    for (String ignored : guests.keys()) {
      count++;
    }
    return count >= plan.spec().largestBlock();
  }

  private void say(
      CandidateRow one,
      CandidateRow other,
      boolean near,
      int delta,
      double similarity,
      Collector<PairEvidence> out)
      throws IOException {
    boolean ordered = one.id().compareTo(other.id()) < 0;
    CandidateRow a = ordered ? one : other;
    CandidateRow b = ordered ? other : one;
    compared.inc();
    out.collect(
        new PairEvidence(
            a.tenant(), a.id(), b.id(), a, b, near, delta, compare(a, b, similarity), similarity));
  }

  private byte[] compare(CandidateRow a, CandidateRow b, double similarity) throws IOException {
    if (plan.linkage() == null) {
      return NO_COMPARISON;
    }
    PairComparison comparison =
        plan.linkage()
            .compare(
                new ComparedRecord(a.id(), a.values()),
                new ComparedRecord(b.id(), b.values()),
                similarity);
    bytes.clear();
    comparison.write(bytes);
    return bytes.getCopyOfBuffer();
  }

  private static void withdraw(
      CandidateRow one, CandidateRow other, boolean near, Collector<PairEvidence> out) {
    boolean ordered = one.id().compareTo(other.id()) < 0;
    out.collect(
        new PairEvidence(
            one.tenant(),
            ordered ? one.id() : other.id(),
            ordered ? other.id() : one.id(),
            null,
            null,
            near,
            -1,
            NO_COMPARISON,
            Linkage.NO_COSINE));
  }
}
