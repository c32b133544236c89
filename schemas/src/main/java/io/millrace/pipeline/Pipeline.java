package io.millrace.pipeline;

import java.util.List;
import java.util.Optional;

/**
 * One pipeline file: sources, the capabilities that run over them, and where results go.
 *
 * @param name identifier of the pipeline; part of uids, topics, Redis keys and consumer groups
 * @param sources in file order
 * @param featureViews in file order
 * @param onDemandGroups in file order
 * @param driftMonitors in file order
 * @param embeddings in file order
 * @param onlineStore where feature vectors are served from
 * @param topics where Millrace writes its own records
 * @param offline where history is kept; absent: nowhere
 */
public record Pipeline(
    String name,
    List<Source> sources,
    List<FeatureViewSpec> featureViews,
    List<OnDemandSpec> onDemandGroups,
    List<DriftMonitorSpec> driftMonitors,
    List<EmbeddingSpec> embeddings,
    OnlineStore onlineStore,
    Topics topics,
    Optional<OfflineSpec> offline) {

  public Pipeline {
    sources = List.copyOf(sources);
    featureViews = List.copyOf(featureViews);
    onDemandGroups = List.copyOf(onDemandGroups);
    driftMonitors = List.copyOf(driftMonitors);
    embeddings = List.copyOf(embeddings);
  }

  public Optional<Source> source(String sourceName) {
    return sources.stream().filter(source -> source.name().equals(sourceName)).findFirst();
  }

  public Optional<FeatureViewSpec> featureView(String viewName) {
    return featureViews.stream().filter(view -> view.name().equals(viewName)).findFirst();
  }

  public Optional<OnDemandSpec> onDemandGroup(String groupName) {
    return onDemandGroups.stream().filter(group -> group.name().equals(groupName)).findFirst();
  }

  public Optional<EmbeddingSpec> embedding(String embeddingName) {
    return embeddings.stream()
        .filter(embedding -> embedding.name().equals(embeddingName))
        .findFirst();
  }
}
