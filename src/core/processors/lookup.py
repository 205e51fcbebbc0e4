"""Static Lookup: values of a fixed table by key."""

from ..el import EvaluationError
from ..el.coerce import as_text
from ..errors import InvalidValueError
from ..plan.model import StagePlan
from ..records.fields import set_field
from ..records.record import Record
from .api import Out, Process, RecordFault, Tools, each
from .registry import processor


@processor("com_streamsets_pipeline_stage_processor_kv_local_LocalLookupDProcessor")
def static_lookup(plan: StagePlan, tools: Tools) -> Process:
    """Sets a text field for every key that the table has; a key that it does not have changes nothing.

    By record, a key without a value refuses its record; by batch, all records of the batch (LOOKUP_02).

    Raises:
        InvalidValueError: the table is empty (LOOKUP_03).
    """
    table = plan.given.pairs("conf.values")
    if not table:
        raise InvalidValueError("Values", (), "at least one value to look up (LOOKUP_03)")
    lookups = [
        (row.text("outputFieldPath"), tools.evaluate(row.text("keyExpr"))) for row in plan.given.rows("conf.lookups")
    ]

    def keys(record: Record) -> list[tuple[str, str]]:
        return [(path, as_text(key(record))) for path, key in lookups]

    def handle(record: Record) -> Record:
        for path, key in lookups:
            try:
                found = table.get(as_text(key(record)))
            except EvaluationError as error:
                raise RecordFault("LOOKUP_01", f"the key for {path} cannot be looked up: {error}") from None
            if found is not None:
                set_field(record, path, found)
        return record

    def by_batch(batch: list[Record], out: Out) -> None:
        try:
            for record, wanted in zip(batch, [keys(record) for record in batch], strict=True):
                for path, key in wanted:
                    if key in table:
                        set_field(record, path, table[key])
        except (EvaluationError, InvalidValueError) as error:
            for record in batch:
                out.error(record, "LOOKUP_02", f"the values of the batch cannot be looked up: {error}")
            return
        for record in batch:
            out.emit(record)

    return each(handle) if plan.given.text("conf.mode", "BATCH") == "RECORD" else by_batch
