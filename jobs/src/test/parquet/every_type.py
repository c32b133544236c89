"""Writes ../resources/tables/every-type-*.parquet: three rows of every type, packed in every way.

    pip install pyarrow && python3 every_type.py
"""
import datetime
import decimal
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

noon = datetime.datetime(2013, 1, 1, 12)
table = pa.table({
    "a_double": [1.5, None, float("nan")],
    "a_float": pa.array([1, 2, 3], pa.float32()),
    "an_int": pa.array([1, 2, None], pa.int32()),
    "a_long": pa.array([2**40, 1, 2], pa.int64()),
    "unsigned": pa.array([2**32 - 1, 0, 1], pa.uint32()),
    "text": ["a", "\u00e9", None],
    "dictionary": pa.array(["x", "y", "x"]).dictionary_encode(),
    "flag": [True, None, False],
    "moment": pa.array([noon] * 3, pa.timestamp("ms")),
    "day": [noon.date()] * 3,
    "small_decimal": pa.array([decimal.Decimal("1.25")] * 3, pa.decimal128(5, 2)),
    "wide_decimal": pa.array([decimal.Decimal("-1.25")] * 3, pa.decimal128(30, 2)),
    "nested": [[1, 2], None, []],
    "bytes": pa.array([b"\xff", b"", None], pa.binary()),
})
folder = pathlib.Path(__file__).parent.parent / "resources" / "tables"
for packing in ("none", "snappy", "gzip", "zstd", "lz4"):
    pq.write_table(table, folder / f"every-type-{packing}.parquet", compression=packing,
                   store_decimal_as_integer=packing == "snappy", row_group_size=2)
