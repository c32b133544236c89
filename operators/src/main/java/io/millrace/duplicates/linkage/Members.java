package io.millrace.duplicates.linkage;

import java.util.HashMap;
import java.util.Map;

/** Where {@link Clusters} keep what they know: in memory, or in a job's state. */
public interface Members {
  /** Null for a record that is not known. */
  Member get(String id);

  void put(Member member);

  void remove(String id);

  /** In memory. */
  static Members inMemory() {
    return inMemory(new HashMap<>());
  }

  /** In a map of the caller's. */
  static Members inMemory(Map<String, Member> members) {
    return new Members() {
      @Override
      public Member get(String id) {
        return members.get(id);
      }

      @Override
      public void put(Member member) {
        members.put(member.id(), member);
      }

      @Override
      public void remove(String id) {
        members.remove(id);
      }
    };
  }
}
