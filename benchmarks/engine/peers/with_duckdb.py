"""Columns: DuckDB."""

import sys

import duckdb

source, out = sys.argv[1:3]
done = f"""
    select * replace (upper(name) as name, repeat('x', length(card)) as card), amount * 1.2::double as total
    from read_json('{source}/*.json', format='newline_delimited', columns={{
        number: 'bigint', name: 'varchar', age: 'bigint', amount: 'double', email: 'varchar', card: 'varchar',
        city: 'struct(name varchar, country varchar, zip varchar)'}})
"""
duckdb.sql("set threads to 2")
duckdb.sql(f"copy (from ({done}) where age >= 40) to '{out}/a.json' (format json)")
duckdb.sql(f"copy (from ({done}) where age < 40) to '{out}/b.json' (format json)")
