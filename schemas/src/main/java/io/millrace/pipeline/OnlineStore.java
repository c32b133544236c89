package io.millrace.pipeline;

import java.time.Duration;

/**
 * The Redis that serves features.
 *
 * @param redis {@code redis[s]://[user[:password]@]host[:port][/db]}; a secret because it may hold
 *     a password
 * @param cluster whether the address is a node of a Redis Cluster
 * @param patience how long the store may be away before the job fails
 */
public record OnlineStore(Secret redis, boolean cluster, Duration patience) {}
