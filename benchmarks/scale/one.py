"""One measurement: ``WAY MASTER SOURCE FEW OUT``; prints seconds, processor seconds and rows that were written."""

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SETTINGS = {"dataFormat": "JSON", "filePattern": "*.json"}


def processor_s() -> float:
    """Of the caller and all that it started: drivers, JVMs, workers, a cluster. 0 where there is no /proc."""
    took: dict[int, float] = {}
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            facts = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        number = int(entry.parent.name)
        children.setdefault(int(facts[1]), []).append(number)
        took[number] = sum(map(int, facts[11:15])) / os.sysconf("SC_CLK_TCK")
    tree = [os.getppid()]
    for number in tree:
        tree += children.get(number, [])
    return sum(took.get(number, 0.0) for number in tree)


class Watch:
    """Seconds and processor seconds since it was made."""

    def __init__(self) -> None:
        self._began, self._processor_s = time.perf_counter(), processor_s()

    def read(self) -> dict[str, float]:
        """Both."""
        return {"seconds": time.perf_counter() - self._began, "processor_s": processor_s() - self._processor_s}


def penstock_job(master: str, source: Path, few: Path, out: Path) -> dict[str, float]:
    """The flow: tax, masked card, large orders to files, the rest away."""
    import penstock

    engine = master if master.startswith("spark://") else f"spark+{master}"
    engine += f"?once=yes&checkpoint={out / 'checkpoint'}&python={sys.executable}"
    with penstock.open_project(engine=engine) as project:
        flows = [_flow(project, name, folder, out / name) for name, folder in (("few", few), ("all", source))]
        for flow in flows:
            watch = Watch()
            run = project.create_job(name=flow.name, flow=flow).start()
            run.wait()
            took = watch.read()
            assert run.state == "Completed", run.message
    return took


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


def _lines(library: str) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """What a partition does, with one library or the other for JSON."""

    def run(batches: Iterator[Any]) -> Iterator[Any]:
        import json

        import orjson
        import pyarrow as pa

        loads: Any = orjson.loads if library == "orjson" else json.loads
        compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
        dumps: Any = (lambda order: orjson.dumps(order).decode()) if library == "orjson" else compact
        tail = re.compile(r"(\d{4})$")
        for batch in batches:
            kept = []
            for line in batch.column(0).to_pylist():
                order = loads(line)
                order["tax"], order["total"] = order["amount"] * 0.2, order["amount"] * 1.2
                found = tail.search(order["card"])
                order["card"] = "xxxx-xxxx-xxxx-" + (found[1] if found else "")
                if order["amount"] >= 1000:
                    kept.append(dumps(order))
            yield pa.RecordBatch.from_arrays([pa.array(kept, pa.string())], ["value"])

    return run


def by_hand(way: str, master: str, source: Path, few: Path, out: Path) -> dict[str, float]:
    """The same job as a PySpark program: in Python functions, or in Spark's own."""
    from penstock.adapters.spark import parse_address
    from penstock.adapters.spark.session import open_session

    address = master if master.startswith("spark://") else f"spark+{master}"
    spark = open_session(parse_address(f"{address}?python={sys.executable}")).spark
    for name, folder in (("few", few), ("all", source)):
        watch = Watch()
        if way in ("json", "orjson"):
            # by value: workers do not have this module
            from pyspark import cloudpickle

            cloudpickle.register_pickle_by_value(sys.modules[__name__])
            spark.read.text(str(folder)).mapInArrow(_lines(way), "value string").write.text(str(out / name))
        else:
            _dataframe(spark, folder).write.json(str(out / name))
        took = watch.read()
    spark.stop()
    return took


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
    took = penstock_job(master, *places) if way == "penstock" else by_hand(way, master, *places)
    files = [path for path in (places[2] / "all").iterdir() if path.name[0] not in "._"]
    print(json.dumps({**took, "written": sum(map(_rows, files))}))


def _rows(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(1 for _ in lines)


if __name__ == "__main__":
    main(*sys.argv[1:])
