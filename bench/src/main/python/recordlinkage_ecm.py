"""Finds the duplicates of a FEBRL file with recordlinkage's ECM classifier, over the whole file at once.

The last line: pairs found that are right, pairs found, pairs that are true. Candidates are those of the keys that Millrace
is given, as far as recordlinkage has them; comparisons are those of its own documentation.
"""
import sys
import warnings

import pandas as pd
import recordlinkage
from recordlinkage.preprocessing import phonetic

warnings.filterwarnings("ignore")
people = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False).replace("", None).set_index("rec_id")
for name in ("given_name", "surname"):
    people[name + "_sound"] = phonetic(people[name], "soundex")
people["initial"] = people["given_name"].str[:1]
people["suburb_start"] = people["suburb"].str[:3]
people["street_word"] = people["address_1"].map(lambda street: max(sorted(street.split()), key=len) if street else None)

indexer = recordlinkage.Index()
indexer.block("soc_sec_id")
indexer.block("date_of_birth")
indexer.block(["surname_sound", "initial"])
indexer.block(["given_name_sound", "postcode"])
indexer.block(["street_word", "suburb_start"])
candidates = indexer.index(people)

compare = recordlinkage.Compare()
for name in ("given_name", "surname", "suburb"):
    compare.string(name, name, method="jarowinkler", threshold=0.85)
for name in ("address_1", "address_2"):
    compare.string(name, name, method="levenshtein", threshold=0.85)
for name in ("street_number", "postcode", "state", "date_of_birth", "soc_sec_id"):
    compare.exact(name, name)
features = compare.compute(candidates, people)

found = recordlinkage.ECMClassifier().fit_predict(features)
who = people.index.to_series().str.split("-").str[1]
sizes = who.value_counts()
right = sum(a.split("-")[1] == b.split("-")[1] for a, b in found)
print(right, len(found), int((sizes * (sizes - 1) // 2).sum()))
