/**
 * The online store: how feature vectors lie in Redis, how they are written so that an older one
 * never replaces a newer one, how they are read back, and their JSON on the feature topic.
 */
package io.millrace.online;
