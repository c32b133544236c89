package io.millrace.duplicates;

import io.millrace.duplicates.linkage.Member;
import java.util.Map;
import java.util.TreeMap;

/**
 * State of a row that has matches. A Flink POJO.
 *
 * @param matches weights of the matches, by the id of the other row
 */
public record MatchedRow(int completeness, Map<String, Double> matches) {

  static MatchedRow of(Member member) {
    return new MatchedRow(member.completeness(), member.matches());
  }

  Member member(String id) {
    return new Member(id, completeness, new TreeMap<>(matches));
  }
}
