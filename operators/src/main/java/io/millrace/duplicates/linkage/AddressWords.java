package io.millrace.duplicates.linkage;

import java.util.HashMap;
import java.util.Map;

/**
 * Words of addresses and company names that are often abbreviated, and what they are abbreviated
 * to. Street types after the United States Postal Service's Publication 28, Appendix C.
 */
final class AddressWords {
  private static final String[][] GROUPS = {
    {"st", "street", "str", "strt"},
    {"rd", "road"},
    {"ave", "avenue", "av"},
    {"blvd", "boulevard", "boul"},
    {"dr", "drive", "drv"},
    {"ln", "lane"},
    {"ct", "court", "crt"},
    {"cir", "circle", "circ"},
    {"cct", "circuit"},
    {"cres", "crescent", "cr", "crsc"},
    {"cl", "close"},
    {"pl", "place"},
    {"sq", "square"},
    {"ter", "terrace", "terr", "tce"},
    {"pde", "parade"},
    {"pkwy", "parkway", "pky"},
    {"hwy", "highway"},
    {"expy", "expressway"},
    {"gdns", "gardens", "gdn", "garden"},
    {"gr", "grove", "grv"},
    {"hts", "heights"},
    {"apt", "apartment"},
    {"ste", "suite"},
    {"fl", "floor"},
    {"bldg", "building"},
    {"vlg", "village", "vlge"},
    {"mt", "mount"},
    {"n", "north"},
    {"s", "south"},
    {"e", "east"},
    {"w", "west"},
    {"intl", "international"},
    {"mfg", "manufacturing"},
    {"inc", "incorporated"},
    {"corp", "corporation"},
    {"co", "company"},
    {"ltd", "limited"},
    {"and", "u", "und", "et"},
  };

  private static final Map<String, String> BRIEF = new HashMap<>();

  static {
    for (String[] group : GROUPS) {
      for (String word : group) {
        BRIEF.put(word, group[0]);
      }
    }
  }

  private AddressWords() {}

  static String brief(String word) {
    return BRIEF.getOrDefault(word, word);
  }
}
