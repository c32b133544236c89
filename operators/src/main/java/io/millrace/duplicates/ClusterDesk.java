package io.millrace.duplicates;

import io.millrace.duplicates.linkage.Cluster;
import io.millrace.duplicates.linkage.ClusterChanges;
import io.millrace.duplicates.linkage.Clusters;
import io.millrace.duplicates.linkage.Member;
import io.millrace.duplicates.linkage.Members;
import io.millrace.duplicates.linkage.RecordPair;
import io.millrace.records.ClusterMember;
import io.millrace.vectors.DuplicateMark;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;

/**
 * Keeps the clusters of the current tenant, and tells each row's when it changes.
 *
 * <pre>
 *   state     key     grows with                      cleared when
 *   matches   tenant  rows that have matches, with    the match is withdrawn
 *                     their matches
 *   clusters  tenant  clusters, with their members    the cluster is no more
 *   told      tenant  rows in clusters                the row is in none any more
 * </pre>
 */
final class ClusterDesk {

  /** Looks a row up. */
  @FunctionalInterface
  interface Rows {
    /** Null when it is not known. */
    CandidateRow get(String id) throws Exception;
  }

  private final DuplicatesPlan plan;
  private final MapState<String, MatchedRow> matches;
  private final MapState<String, List<String>> clusters;
  private final MapState<String, ToldMember> told;
  private final Clusters links;
  private final Rows rows;
  private final BiConsumer<ClusterMember, DuplicateMark> output;
  private final Counter limited;

  /**
   * @param output takes what changed for a row, in the record's and in the point's form
   */
  ClusterDesk(
      DuplicatesPlan plan,
      RuntimeContext context,
      Rows rows,
      BiConsumer<ClusterMember, DuplicateMark> output) {
    this.plan = plan;
    this.rows = rows;
    this.output = output;
    matches =
        context.getMapState(
            new MapStateDescriptor<>(
                "matches", Types.STRING, TypeInformation.of(MatchedRow.class)));
    clusters =
        context.getMapState(
            new MapStateDescriptor<>("clusters", Types.STRING, Types.LIST(Types.STRING)));
    told =
        context.getMapState(
            new MapStateDescriptor<>("told", Types.STRING, TypeInformation.of(ToldMember.class)));
    links = new Clusters(new StoredMembers(matches), plan.spec().largestCluster());
    limited = context.getMetricGroup().counter("limitedClusters");
  }

  /** A pair matches, for the first time or with another weight. */
  void link(String tenant, CandidateRow a, CandidateRow b, double bits) throws Exception {
    tell(
        tenant,
        links.link(new RecordPair(a.id(), b.id()), a.completeness(), b.completeness(), bits));
  }

  /** A pair matches no more. */
  void unlink(String tenant, String idA, String idB) throws Exception {
    tell(tenant, links.unlink(new RecordPair(idA, idB)));
  }

  /** A row has changed. */
  void changed(CandidateRow row) throws Exception {
    tell(row.tenant(), links.complete(row.id(), row.completeness()));
    ToldMember before = told.get(row.id());
    if (before != null && before.version() != row.version()) {
      tell(
          row.tenant(),
          row.id(),
          new ToldMember(
              row.key(),
              row.version(),
              before.cluster(),
              before.size(),
              before.representative(),
              before.representativeKey(),
              before.limited()));
    }
  }

  private void tell(String tenant, ClusterChanges changes) throws Exception {
    SortedSet<String> touched = new TreeSet<>();
    Map<String, Cluster> now = new HashMap<>();
    for (String gone : changes.gone()) {
      addMembers(gone, touched);
      clusters.remove(gone);
    }
    for (Cluster cluster : changes.present()) {
      addMembers(cluster.id(), touched);
      clusters.put(cluster.id(), cluster.members());
      cluster.members().forEach(member -> now.put(member, cluster));
      if (cluster.limited()) {
        limited.inc();
      }
    }
    touched.addAll(now.keySet());
    for (String id : touched) {
      Cluster cluster = now.get(id);
      if (cluster == null) {
        withdraw(tenant, id);
      } else {
        CandidateRow row = rows.get(id);
        CandidateRow representative = rows.get(cluster.representative());
        tell(
            tenant,
            id,
            new ToldMember(
                row.key(),
                row.version(),
                cluster.id(),
                cluster.members().size(),
                cluster.representative(),
                representative.key(),
                cluster.limited()));
      }
    }
  }

  private void addMembers(String cluster, SortedSet<String> members) throws Exception {
    List<String> before = clusters.get(cluster);
    if (before != null) {
      members.addAll(before);
    }
  }

  private void tell(String tenant, String id, ToldMember member) throws Exception {
    if (!member.equals(told.get(id))) {
      told.put(id, member);
      ClusterMember record = member.record(plan, tenant, id, false);
      output.accept(
          record,
          new DuplicateMark(
              id,
              member.version(),
              record.representedByAnother() ? member.representativeKey() : ""));
    }
  }

  private void withdraw(String tenant, String id) throws Exception {
    ToldMember member = told.get(id);
    if (member != null) {
      told.remove(id);
      output.accept(
          member.record(plan, tenant, id, true), new DuplicateMark(id, member.version(), ""));
    }
  }

  /** The links of clusters in the state of the current tenant. */
  private record StoredMembers(MapState<String, MatchedRow> state) implements Members {

    @Override
    public Member get(String id) {
      try {
        MatchedRow row = state.get(id);
        return row == null ? null : row.member(id);
      } catch (Exception failure) {
        throw unreadable(failure);
      }
    }

    @Override
    public void put(Member member) {
      try {
        state.put(member.id(), MatchedRow.of(member));
      } catch (Exception failure) {
        throw unreadable(failure);
      }
    }

    @Override
    public void remove(String id) {
      try {
        state.remove(id);
      } catch (Exception failure) {
        throw unreadable(failure);
      }
    }

    private static IllegalStateException unreadable(Exception failure) {
      return new IllegalStateException("the state of clusters cannot be used", failure);
    }
  }
}
