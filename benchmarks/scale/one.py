"""One measurement: ``WAY MASTER SOURCE FEW OUT``; prints seconds and the rows that were written."""

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SETTINGS = {"dataFormat": "JSON", "filePattern": "*.json"}


def penstock_job(master: str, source: Path, few: Path, out: Path) -> float:
    """The flow: tax, masked card, large orders to files, the rest away."""
    import penstock

    engine = master if master.startswith("spark://") else f"spark+{master}"
    engine += f"?once=yes&checkpoint={out / 'checkpoint'}&python={sys.executable}"
    with penstock.open_project(engine=engine) as project:
        flows = [_flow(project, name, folder, out / name) for name, folder in (("few", few), ("all", source))]
        for flow in flows:
            began = time.perf_counter()
            run = project.create_job(name=flow.name, flow=flow).start()
            run.wait()
            seconds = time.perf_counter() - began
            assert run.state == "Completed", run.message
    return seconds


def _flow(project: Any, name: str, folder: Path, out: Path) -> Any:
    flow = project.create_flow(name=name)
    orders = flow.add_stage("Directory")
    for key, value in {**SETTINGS, "spoolDir": str(folder)}.items():
        orders.configuration[f"conf.{key}"] = value
    taxed = flow.add_stage("Expression Evaluator")
    taxed.field_expressions = [
        {"fieldToSet": "/tax", "expression": "${record:value('/amount') * 0.2}"},
        {"fieldToSet": "/total", "expression": "${record:value('/amount') * 1.2}"},
    ]
    masked = flow.add_stage("Field Masker")
    masked.configuration["fieldMaskConfigs"] = [
        {"fields": ["/card"], "maskType": "CUSTOM", "regex": "(.*)", "groupsToShow": "1", "mask": "xxxx-xxxx-xxxx-####"}
    ]
    route = flow.add_stage("Stream Selector")
    route.add_predicates(["${record:value('/amount') >= 1000}"])
    large, rest = flow.add_stage("Local FS"), flow.add_stage("Trash")
    large.configuration["configs.dirPathTemplate"] = str(out)
    large.configuration["configs.dataFormat"] = "JSON"
    orders.connect_output_to(taxed)
    taxed.connect_output_to(masked)
    masked.connect_output_to(route)
    route.connect_output_to(large, predicate=route.predicates[0])
    route.connect_output_to(rest, predicate=route.predicates[1])
    project.update_flow(flow)
    return flow


def _lines(batches: Iterator[Any]) -> Iterator[Any]:
    import pyarrow as pa

    tail = re.compile(r"(\d{4})$")
    for batch in batches:
        kept = []
        for line in batch.column(0).to_pylist():
            order = json.loads(line)
            order["tax"], order["total"] = order["amount"] * 0.2, order["amount"] * 1.2
            found = tail.search(order["card"])
            order["card"] = "xxxx-xxxx-xxxx-" + (found[1] if found else "")
            if order["amount"] >= 1000:
                kept.append(json.dumps(order, separators=(",", ":"), ensure_ascii=False))
        yield pa.RecordBatch.from_arrays([pa.array(kept, pa.string())], ["value"])


def by_hand(way: str, master: str, source: Path, few: Path, out: Path) -> float:
    """The same job as a PySpark program: in Python functions, or in Spark's own."""
    from penstock.adapters.spark import parse_address
    from penstock.adapters.spark.session import open_session

    address = master if master.startswith("spark://") else f"spark+{master}"
    spark = open_session(parse_address(f"{address}?python={sys.executable}")).spark
    for name, folder in (("few", few), ("all", source)):
        began = time.perf_counter()
        if way == "python":
            # by value: workers do not have this module
            from pyspark import cloudpickle

            cloudpickle.register_pickle_by_value(sys.modules[__name__])
            spark.read.text(str(folder)).mapInArrow(_lines, "value string").write.text(str(out / name))
        else:
            _dataframe(spark, folder).write.json(str(out / name))
        seconds = time.perf_counter() - began
    spark.stop()
    return seconds


def _dataframe(spark: Any, folder: Path) -> Any:
    from pyspark.sql import functions as F

    schema = "order_id long, customer string, country string, amount double, card string"
    orders = spark.read.schema(schema).json(str(folder))
    made = orders.withColumn("tax", F.col("amount") * 0.2).withColumn("total", F.col("amount") * 1.2)
    made = made.withColumn("card", F.concat(F.lit("xxxx-xxxx-xxxx-"), F.substring("card", -4, 4)))
    return made.where("amount >= 1000")


def main(way: str, master: str, source: str, few: str, out: str) -> None:
    """Measures and checks that something was written."""
    places = (Path(source), Path(few), Path(out))
    seconds = penstock_job(master, *places) if way == "penstock" else by_hand(way, master, *places)
    files = [path for path in (places[2] / "all").iterdir() if path.name[0] not in "._"]
    print(json.dumps({"seconds": seconds, "written": sum(path.read_bytes().count(b"\n") for path in files)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
