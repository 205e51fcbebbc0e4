"""Static Lookup: values of a fixed table by key."""

from ..el import EvaluationError
from ..el.coerce import as_text
from ..plan.model import StagePlan
from ..records.paths import UnreachablePathError, put
from ..records.record import Record
from .api import Process, RecordFault, Tools, each
from .registry import processor


@processor("com_streamsets_pipeline_stage_processor_kv_local_LocalLookupDProcessor")
def static_lookup(plan: StagePlan, tools: Tools) -> Process:
    """Sets a text field for every key that the table has; a key that it does not have changes nothing."""
    table = plan.given.pairs("conf.values")
    lookups = [
        (row.text("outputFieldPath"), tools.evaluate(row.text("keyExpr"))) for row in plan.given.rows("conf.lookups")
    ]

    def handle(record: Record) -> Record:
        for path, key in lookups:
            try:
                found = table.get(as_text(key(record)))
                if found is not None:
                    record.value = put(record.value, path, found)
            except (EvaluationError, UnreachablePathError) as error:
                raise RecordFault("LOOKUP_01", f"the key for {path} cannot be looked up: {error}") from None
        return record

    return each(handle)
