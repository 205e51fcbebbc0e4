"""Stages and libraries that moved: the names that old flows use, and what they are called since.

Source: the engine's alias properties; the engine resolves them before it looks at anything else.
"""

from collections.abc import Mapping

import attrs

from .model import Flow, StageInstance

_PREFIX = "streamsets-datacollector-"


def _libraries(*pairs: tuple[str, str]) -> Mapping[str, str]:
    return {f"{_PREFIX}{old}-lib": f"{_PREFIX}{new}-lib" for old, new in pairs}


LIBRARIES: Mapping[str, str] = _libraries(
    ("apache-kafka_0_8_1_1", "apache-kafka_0_8_1"),
    ("apache-kafka_0_8_2_0", "apache-kafka_0_8_2"),
    ("apache-kafka_0_8_2_1", "apache-kafka_0_8_2"),
    ("cassandra_2_1_5", "cassandra_2"),
    ("cdh5_2_1", "cdh_5_2"),
    ("cdh5_2_3", "cdh_5_2"),
    ("cdh5_2_4", "cdh_5_2"),
    ("cdh5_3_0", "cdh_5_3"),
    ("cdh5_3_1", "cdh_5_3"),
    ("cdh5_3_2", "cdh_5_3"),
    ("cdh5_4_0-cluster-cdh_kafka_1_2_0", "cdh_5_4-cluster-cdh_kafka_1_2"),
    ("cdh5_4_0", "cdh_5_4"),
    ("cdh5_4_1-cluster-cdh_kafka_1_2_0", "cdh_5_4-cluster-cdh_kafka_1_2"),
    ("cdh5_4_1", "cdh_5_4"),
    ("cdh_5_4-cluster-cdh_kafka_1_2_0", "cdh_5_4-cluster-cdh_kafka_1_2"),
    ("cdh_kafka_1_2_0", "cdh_kafka_1_2"),
    ("elasticsearch_1_4_4", "elasticsearch_1_4"),
    ("elasticsearch_1_5_0", "elasticsearch_1_5"),
    ("hdp_2_2_0", "hdp_2_2"),
    ("jython_2_7_0", "jython_2_7"),
    ("mongodb_3_0_2", "mongodb_3"),
    ("cassandra_2", "cassandra_3"),
    ("cdh_5_9-cluster-cdh_kafka_2_0", "cdh-spark_2_1"),
    *((f"cdh_5_{minor}-cluster-cdh_kafka_2_1", "cdh-spark_2_1") for minor in (10, 11, 12, 13, 14)),
)
"""Old library name -> name since."""

_STAGE = "com_streamsets_pipeline_stage_"


def _moves() -> dict[tuple[str, str], tuple[str, str]]:
    moves: dict[tuple[str, str], tuple[str, str]] = {}

    def move(old: str, new: str, *names: str, renamed: str | None = None) -> None:
        for name in names:
            moves[(f"{_PREFIX}{old}-lib", _STAGE + name)] = (f"{_PREFIX}{new}-lib", _STAGE + (renamed or name))

    move("basic", "jdbc", "destination_jdbc_JdbcDTarget", "origin_jdbc_JdbcDSource")
    move("basic", "omniture", "origin_omniture_OmnitureDSource")
    move("cdh_5_7-cluster-cdh_kafka_2_0", "cdh_kafka_2_0", "destination_kafka_KafkaDTarget")
    elastic = "destination_elasticsearch_"
    for version in ("1_4", "1_5", "1_6", "1_7", "2_0", "2_1", "2_2", "2_3", "2_4", "5_0"):
        names = (f"{elastic}ElasticSearchDTarget", f"{elastic}ToErrorElasticSearchDTarget")
        move(f"elasticsearch_{version}", "elasticsearch_5", *names)
    for minor in (4, 5, 7, 8, 9, 10):
        spark = "processor_spark_StandaloneSparkDProcessor"
        move(f"cdh_5_{minor}", "cdh_spark_2_1_r1", spark, renamed="processor_spark_SparkDProcessor")
    kinesis = ("FirehoseDTarget", "StatsKinesisDTarget", "KinesisDTarget", "ToErrorKinesisDTarget")
    move("aws", "kinesis", *(f"destination_kinesis_{name}" for name in kinesis), "origin_kinesis_KinesisDSource")
    targets = ("destination_hive_HiveMetastoreDTarget", "destination_hive_HiveDTarget")
    for version in ("hdp_2_3", "hdp_2_4"):
        move(version, f"{version}-hive1", "processor_hive_HiveMetadataDProcessor", *targets)
    couchbase = "destination_couchbase_CouchbaseConnectorDTarget"
    move("couchbase_5", "couchbase_5", couchbase, renamed="destination_couchbase_CouchbaseDTarget")
    return moves


STAGES: Mapping[tuple[str, str], tuple[str, str]] = _moves()
"""Old library and stage name -> library and stage name since."""


def resolve_alias(stage: StageInstance) -> StageInstance:
    """The stage under its present library and stage name; itself when it never moved."""
    library = LIBRARIES.get(stage.library, stage.library)
    library, name = STAGES.get((library, stage.stage_name), (library, stage.stage_name))
    if library == stage.library and name == stage.stage_name:
        return stage
    return attrs.evolve(stage, library=library, stage_name=name)


def resolve_aliases(flow: Flow) -> Flow:
    """The flow with canvas, error, statistics, start and stop stages under their present names."""
    stages = _resolved(flow.stages)
    error = flow.error_stage and resolve_alias(flow.error_stage)
    stats = flow.stats_stage and resolve_alias(flow.stats_stage)
    start, stop = _resolved(flow.start_stages), _resolved(flow.stop_stages)
    if (
        stages is flow.stages
        and error is flow.error_stage
        and stats is flow.stats_stage
        and start is flow.start_stages
        and stop is flow.stop_stages
    ):
        return flow
    return attrs.evolve(flow, stages=stages, error_stage=error, stats_stage=stats, start_stages=start, stop_stages=stop)


def _resolved(stages: tuple[StageInstance, ...]) -> tuple[StageInstance, ...]:
    made = tuple(resolve_alias(stage) for stage in stages)
    return stages if all(new is old for new, old in zip(made, stages, strict=True)) else made
