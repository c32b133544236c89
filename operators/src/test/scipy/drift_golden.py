"""Writes ../resources/golden/drift-scipy-v1.json: samples (as seeds), tables and what SciPy makes of them.

    pip install scipy==1.17.1 numpy && python3 drift_golden.py

ScipySamples.java draws the same numbers from the same seeds (SplitMix64, Box-Muller).
"""
import json
import math
import pathlib

import numpy as np
import scipy
from scipy import stats
from scipy.spatial.distance import jensenshannon

MASK = (1 << 64) - 1


class SplitMix:
    def __init__(self, seed):
        self.state = seed & MASK

    def uniform(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) >> 11) * 2.0**-53

    def normal(self):
        u = 1 - self.uniform()
        return math.sqrt(-2 * math.log(u)) * math.cos(2 * math.pi * self.uniform())


def sample(spec):
    random = SplitMix(spec["seed"])
    values = []
    for _ in range(spec["n"]):
        kind, a, b = spec["kind"], spec["a"], spec["b"]
        if kind == "uniform":
            value = a + (b - a) * random.uniform()
        elif kind == "normal":
            value = a + b * random.normal()
        elif kind == "lognormal":
            value = math.exp(a + b * random.normal())
        elif kind == "ties":
            value = math.floor(a + b * random.uniform())
        elif kind == "rounded":
            value = math.floor(a + b * random.normal())
        elif kind == "constant":
            random.uniform()
            value = a
        elif kind == "heavy_tail":
            value = math.floor(a * (1 - random.uniform()) ** -b)
        elif kind == "mostly_zero":
            value = a + b * random.normal() if random.uniform() < 0.3 else 0.0
        if random.uniform() < spec["nan"]:
            value = math.nan
        values.append(value)
    return values


def spec(kind, n, a, b, seed, nan=0.0):
    return {"kind": kind, "n": n, "a": a, "b": b, "seed": seed, "nan": nan}


def pair(name, reference, current):
    x = [v for v in sample(reference) if not math.isnan(v)]
    y = [v for v in sample(current) if not math.isnan(v)]
    ks = stats.ks_2samp(x, y, method="asymp").statistic
    effective = len(x) / (len(x) + len(y)) * len(y)
    # Around a common value: NumPy's own roundings would be the greater ones far from zero.
    origin = x[0]
    a, b = np.array(x) - origin, np.array(y) - origin
    pooled = a.var(ddof=0) + b.var(ddof=0) > 0 and len(a) + len(b) > 2
    expected = {
        "ks": ks,
        "ks_p_limit": stats.kstwobign.sf(math.sqrt(effective) * ks),
        "wasserstein": stats.wasserstein_distance(a, b),
        "reference_mean": origin + np.mean(a),
        "reference_deviation": np.std(a, ddof=1) if len(a) > 1 else 0.0,
        "mean_p_limit": 2 * stats.norm.sf(abs(stats.ttest_ind(a, b, equal_var=True).statistic)) if pooled else None,
    }
    if len(x) * len(y) <= 10_000:
        expected["ks_p_exact"] = stats.ks_2samp(x, y, method="exact").pvalue
    return {"name": name, "reference": reference, "current": current, "expected": expected}


def pairs():
    seed = 1
    shapes = [
        ("normal", 0, 1), ("lognormal", 0, 1), ("uniform", -3, 5), ("ties", 0, 7),
        ("rounded", 10, 20), ("mostly_zero", 5, 2), ("constant", 3, 0),
    ]
    for kind, a, b in shapes:
        for n, m in [(5, 7), (50, 60), (100, 2000), (3000, 1500), (20000, 5000)]:
            for shift in (0, 1):
                seed += 2
                moved = a + shift * (b if kind != "constant" else 1) * 0.4
                yield pair(f"{kind} {n}/{m} shift {shift}", spec(kind, n, a, b, seed), spec(kind, m, moved, b, seed + 1))
    for kind, a, b in [("normal", 0, 1), ("ties", 0, 7), ("lognormal", 1, 2)]:
        seed += 2
        yield pair(f"{kind} with NaN", spec(kind, 800, a, b, seed, 0.2), spec(kind, 700, a, b, seed + 1, 0.6))
    yield pair("apart", spec("normal", 500, 0, 1, 901), spec("normal", 400, 1000, 1, 902))
    yield pair("far from zero", spec("normal", 5000, 1e9, 1e-3, 903), spec("normal", 4000, 1e9, 1e-3, 904))
    yield pair("other shape", spec("normal", 5000, 0, 1, 905), spec("uniform", 4000, -1.7, 1.7, 906))
    yield pair("other spread", spec("normal", 5000, 0, 1, 907), spec("normal", 4000, 0, 1.5, 908))
    yield pair("heavy tail", spec("heavy_tail", 30000, 20, 0.6, 911), spec("heavy_tail", 20000, 26, 0.6, 912))
    yield pair("heavier tail", spec("heavy_tail", 30000, 20, 0.5, 913), spec("heavy_tail", 4000, 20, 0.7, 914))
    yield pair("constant becomes normal", spec("constant", 300, 0, 0, 909), spec("normal", 300, 0, 1, 910))


def table(name, reference, current):
    x, y = np.array(reference, float), np.array(current, float)
    chi2, chi2_p, degrees, _ = stats.chi2_contingency([x, y], correction=False)
    g, g_p, _, _ = stats.chi2_contingency([x, y], correction=False, lambda_="log-likelihood")
    p, q = x / x.sum(), y / y.sum()
    full = bool((x > 0).all() and (y > 0).all())
    return {
        "name": name, "reference": reference, "current": current,
        "expected": {
            "chi2": chi2, "chi2_p": chi2_p, "degrees": degrees, "g": g, "g_p": g_p,
            "jensen_shannon": jensenshannon(p, q),
            "hellinger": math.sqrt(max(0, 1 - np.sum(np.sqrt(p * q)))),
            "psi": float(np.sum((p - q) * np.log(p / q))) if full else None,
        },
    }


def tables():
    random = SplitMix(77)
    yield table("two bins", [10, 20], [30, 15])
    yield table("the same", [25, 25, 50], [25, 25, 50])
    yield table("empty bins", [10, 0, 5, 100], [0, 8, 5, 90])
    yield table("lopsided", [1000000, 2000000, 1500000], [10, 35, 20])
    for bins in (3, 5, 10, 26, 128):
        for size in (20, 1000, 100000):
            weights = [0.1 + random.uniform() for _ in range(bins)]
            reference = [1 + int(size * weight * (0.9 + 0.2 * random.uniform())) for weight in weights]
            current = [1 + int(size / 3 * weight * (0.7 + 0.6 * random.uniform())) for weight in weights]
            yield table(f"{bins} bins of {size}", reference, current)


def shares():
    for a, n, b, m in [(0, 50, 5, 50), (3, 100, 10, 90), (1, 1000, 0, 1000), (200, 1000, 260, 900),
                       (12, 5000, 40, 400), (0, 10, 0, 10), (7, 7, 3, 9)]:
        yield {"hits": a, "of": n, "other_hits": b, "other_of": m,
               "fisher_p": stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue}


def adjusted():
    random = SplitMix(99)
    for size in (1, 2, 10, 60):
        p = [random.uniform() ** 3 for _ in range(size)]
        yield {"p": p, "adjusted": list(stats.false_discovery_control(p, method="bh"))}


golden = {
    "scipy": scipy.__version__,
    "pairs": list(pairs()),
    "tables": list(tables()),
    "shares": list(shares()),
    "adjusted": list(adjusted()),
}
target = pathlib.Path(__file__).parent.parent / "resources" / "golden" / "drift-scipy-v1.json"
text = json.dumps(golden, default=float)
for key in ("pairs", "tables", "shares", "adjusted"):
    text = text.replace(f'"{key}": [', f'\n"{key}": [\n').replace("}}, {", "}},\n{")
target.write_text(text + "\n")
print(len(golden["pairs"]), "pairs,", len(golden["tables"]), "tables,", target.stat().st_size, "bytes")
