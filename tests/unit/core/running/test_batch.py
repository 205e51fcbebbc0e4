"""Where the records of a batch come from."""

from penstock.core.records.record import Header, Record
from penstock.core.running import Batch


def test_a_record_that_the_origin_refused_itself_has_no_other_source() -> None:
    """It may have the source id of a record that was put out: raw data that cannot be read to its end has."""
    batch = Batch()
    batch.keep_sources([Record({"k": 0}, Header("rawData::0"))])
    assert batch.source_of(Record(b"raw", Header("rawData::0"))) is None


def test_a_record_that_went_on_is_found_as_the_origin_made_it() -> None:
    """Also one that a processor made from it, whose id has a postfix."""
    batch = Batch()
    batch.keep_sources([Record({"k": 0}, Header("file::0"))])
    for source_id in ("file::0", "file::0_1"):
        found = batch.source_of(Record({"k": 9}, Header(source_id, stages_path="Origin_01")))
        assert found is not None
        assert found.value == {"k": 0}
