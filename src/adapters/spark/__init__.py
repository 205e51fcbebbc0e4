"""The engine on Apache Spark, for flows that outgrow one machine. Only a run needs pyspark."""

from .address import Address, is_spark, parse_address
from .code import StageCode
from .engine import SparkEngine

__all__ = ["Address", "SparkEngine", "StageCode", "is_spark", "parse_address"]
