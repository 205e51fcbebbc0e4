"""Columns: Polars."""

import sys

import polars as pl

source, out = sys.argv[1:3]
done = (
    pl.scan_ndjson(f"{source}/*.json")
    .with_columns(
        pl.col("name").str.to_uppercase(),
        pl.col("card").str.replace_all(".", "x"),
        (pl.col("amount") * 1.2).alias("total"),
    )
    .collect()
)
done.filter(pl.col("age") >= 40).write_ndjson(f"{out}/a.json")
done.filter(pl.col("age") < 40).write_ndjson(f"{out}/b.json")
