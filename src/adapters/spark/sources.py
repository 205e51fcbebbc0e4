"""On the driver: the DataFrame of an origin, made by Spark's own sources."""

import codecs
import re
from typing import Any

from ...core.errors import InvalidValueError
from ...core.plan.model import StagePlan
from ...core.processors.api import Tools
from . import kafka
from .address import Address
from .code import StageCode
from .hosts import answering
from .placing import DIRECTORY

RECORDS, LINES, FILES, MESSAGES = "records", "lines", "files", "messages"
BINARY_SCHEMA = "path string, modificationTime timestamp, length long, content binary"


def reads(stage: StagePlan, address: Address) -> str:
    """What the rows of an origin are: lines of splits, whole files, messages, or records that the driver makes."""
    if kafka.consumes(stage):
        return MESSAGES
    if stage.kind != DIRECTORY:
        return RECORDS
    given = stage.given.under("conf.")
    settings, word = given.under("dataFormatConfig."), given.text("dataFormat", "JSON")
    by_line = (
        word == "LOG"
        or (word == "TEXT" and not settings.flag("useCustomDelimiter"))
        or (word == "JSON" and settings.text("jsonContent") != "ARRAY_OBJECTS")
    )
    return LINES if by_line and not address.whole_files and _is_ascii_like(settings.text("charset", "UTF-8")) else FILES


def _is_ascii_like(charset: str) -> bool:
    """True where a line end is one byte that is part of no other character."""
    try:
        return codecs.lookup(charset).name in ("utf-8", "ascii", "cp1252") or codecs.lookup(charset).name.startswith(
            "iso"
        )
    except LookupError:
        return False


def touches_nothing(stage: StagePlan) -> bool:
    """True for an origin that makes its records itself, so that it may be built to see whether it can be."""
    return stage.kind.startswith("com_streamsets_pipeline_stage_devtest_")


def check(stage: StagePlan, code: StageCode, tools: Tools) -> None:
    """Looks at what an origin of Spark's own reads, before anything is started.

    Raises:
        InvalidValueError, UnsupportedError, StopFault: what is wrong with it.
        UnreachableError: no broker answers.
    """
    if kafka.consumes(stage):
        answering(stage.label, kafka.brokers(stage))
    else:
        check_folder(stage, code, tools)


def check_folder(stage: StagePlan, code: StageCode, tools: Tools) -> None:
    """Builds the origin once, which checks its folder, pattern and data format.

    Raises:
        InvalidValueError, UnsupportedError, StopFault: what is wrong with it.
    """
    folder = stage.given.text("conf.spoolDir")
    if "://" not in folder:
        code.origin(stage, tools)
    elif tools.access.folders is not None:
        raise InvalidValueError("Files Directory", folder, f"a folder below {', '.join(tools.access.folders)}")


def stream(spark: Any, stage: StagePlan, address: Address) -> Any:
    """The streaming DataFrame of an origin, with the columns that the reader in the workers expects."""
    if kafka.consumes(stage):
        return kafka.stream(spark, stage, address.per_batch)
    from pyspark.sql import functions as F

    given = stage.given.under("conf.")
    by_line = reads(stage, address) == LINES
    reader = spark.readStream.format("text" if by_line else "binaryFile")
    for name, value in _options(stage, address).items():
        reader = reader.option(name, value)
    if not by_line:
        reader = reader.schema(BINARY_SCHEMA)
    content = F.col("value").cast("binary") if by_line else F.col("content")
    facts = {
        "path": "file_path",
        "mtime": "file_modification_time",
        "start": "file_block_start",
        "length": "file_block_length",
        "size": "file_size",
    }
    columns = [F.col(f"_metadata.{held}").alias(name) for name, held in facts.items()]
    columns[1] = F.unix_millis(F.col("_metadata.file_modification_time")).alias("mtime")
    folder = re.sub(r"([{}\[\]*?\\])", r"\\\1", given.text("spoolDir"))
    return reader.load(folder).select(content.alias("content"), *columns)


def _options(stage: StagePlan, address: Address) -> dict[str, str]:
    given = stage.given.under("conf.")
    made = {"lineSep": "\n", "recursiveFileLookup": "true"}
    if given.text("pathMatcherMode", "GLOB") == "GLOB":
        made["pathGlobFilter"] = given.text("filePattern")
    if address.per_batch:
        made["maxFilesPerTrigger"] = str(address.per_batch)
    after = given.text("postProcessing", "NONE")
    if after == "DELETE":
        made["cleanSource"] = "delete"
    elif after == "ARCHIVE":
        made |= {"cleanSource": "archive", "sourceArchiveDir": given.text("archiveDir")}
    return made
