"""Reads features with Feast's SDK and compares them with what Millrace's reader has found.

    python read_with_feast.py REPOSITORY EXPECTED

REPOSITORY  a folder made by `millrace feast export`
EXPECTED    a JSON object per line, as printed by `millrace features get --json`

The last line is `values_compared=... differing=0`; the exit code is 1 if anything differs.
"""

import json
import math
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import feast
from feast import FeatureStore


def same(expected, found):
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(same, expected, found))
    if isinstance(expected, float) and isinstance(found, float):
        return expected == found or (math.isnan(expected) and math.isnan(found))
    return expected == found


def main(repository, expected_file):
    # As a user would: the command that comes with the SDK.
    feast_command = Path(sys.executable).parent / "feast"
    subprocess.run(
        [feast_command, "-c", repository, "apply", "--skip-source-validation"], check=True
    )
    store = FeatureStore(repo_path=str(repository))

    expected = defaultdict(list)
    for line in expected_file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        expected[row["view"]].append(row)

    compared = differing = 0
    for view, rows in expected.items():
        features = list(rows[0]["features"])
        found = store.get_online_features(
            features=[f"{view}:{feature}" for feature in features],
            entity_rows=[row["entity"] for row in rows],
        ).to_dict()
        for index, row in enumerate(rows):
            for feature in features:
                compared += 1
                want, have = row["features"][feature], found[feature][index]
                if not same(want, have):
                    differing += 1
                    print(f"{view} {row['entity']} {feature}: Millrace {want!r}, Feast {have!r}")
        print(f"Feast {feast.__version__} read {len(features)} features of {len(rows)} entities of {view}")

    print(f"values_compared={compared} differing={differing}")
    return 0 if compared and not differing else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
