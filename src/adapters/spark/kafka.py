"""Kafka through Spark's own source and sink: the settings of the stages as options.

Source: the stages' behaviour in Data Collector 3.23; offsets are in Spark's checkpoint, not in a consumer group.
"""

from collections.abc import Iterator
from typing import Any

from ...core.errors import InvalidValueError, UnsupportedError
from ...core.plan.given import Given
from ...core.plan.model import Plan, StagePlan

CONSUMER = "com_streamsets_pipeline_stage_origin_multikafka_MultiKafkaDSource"
ONE_TOPIC = "com_streamsets_pipeline_stage_origin_kafka_KafkaDSource"
PRODUCER = "com_streamsets_pipeline_stage_destination_kafka_KafkaDTarget"
COLUMNS = ("key", "value", "topic", "partition", "offset", "timestamp", "timestampType")
_PROTOCOLS = {"SSL_AUTH": "SSL"}
# what Spark's source and sink set themselves and refuse from others
_SPARKS_OWN = ("key.", "value.", "group.id", "auto.offset.reset", "enable.auto.commit", "interceptor.classes")


def consumes(stage: StagePlan) -> bool:
    """True for a Kafka Consumer, of one topic or several."""
    return stage.kind in (CONSUMER, ONE_TOPIC)


def runs(stage: StagePlan) -> bool:
    """True for the stages of this module."""
    return consumes(stage) or stage.kind == PRODUCER


def settings(stage: StagePlan) -> Given:
    """The settings of a stage without their prefix."""
    return stage.given.under("kafkaConfigBean." if stage.kind == ONE_TOPIC else "conf.")


def producers(plan: Plan) -> tuple[StagePlan, ...]:
    """The stages whose messages Spark writes."""
    return tuple(stage for stage in plan.stages if stage.kind == PRODUCER)


def refused(stage: StagePlan) -> Iterator[str]:
    """What a stage asks for and cannot have here."""
    given, connection = settings(stage), "connectionConfig."
    wanted = {
        "keyDeserializer": "STRING",
        "valueDeserializer": "DEFAULT",
        "messageKeyFormat": "STRING",
        "keySerializer": "STRING",
        "valueSerializer": "DEFAULT",
        f"{connection}connectionSelection": "MANUAL",
    }
    for name, held in wanted.items():
        if given.text(name, held) != held:
            yield f"{name} is {given.text(name)}, only {held} is possible here"
    if given.flag(f"{connection}connection.securityConfig.provideKeytab"):
        yield "a keytab in the flow is not handed to Spark; give Spark the keytab"
    if stage.given.flag("responseConf.sendResponseToOrigin"):
        yield "responses to the origin are not sent"


def brokers(stage: StagePlan) -> tuple[tuple[str, int], ...]:
    """Host and port of every broker.

    Raises:
        InvalidValueError: a broker without a port.
    """
    text = settings(stage).text("connectionConfig.connection.metadataBrokerList")
    found = [each.strip().rpartition(":") for each in text.split(",") if each.strip()]
    if not found or not all(host and port.isdecimal() for host, _, port in found):
        raise InvalidValueError(f"Broker URI of {stage.label}", text, "host:port, several with commas")
    return tuple((host.strip("[]"), int(port)) for host, _, port in found)


def client_options(stage: StagePlan, more: str) -> dict[str, str]:
    """The options of Kafka's client; those of the setting ``more`` win where the stage lets them."""
    given = settings(stage)
    connection = given.under("connectionConfig.connection.")
    security = connection.under("securityConfig.")
    made = dict(_security(security))
    own = {name: text for name, text in given.pairs(more).items() if not name.startswith(_SPARKS_OWN)}
    made = {**made, **own} if given.flag("overrideConfigurations") else {**own, **made}
    made["bootstrap.servers"] = connection.text("metadataBrokerList")
    return {f"kafka.{name}": text for name, text in made.items() if text}


def _security(given: Given) -> Iterator[tuple[str, str]]:
    option = given.text("securityOption", "PLAINTEXT")
    yield "security.protocol", _PROTOCOLS.get(option, option)
    if option in ("SSL", "SSL_AUTH", "SASL_SSL"):
        yield "ssl.enabled.protocols", given.text("enabledProtocols")
        yield from _store("truststore", given)
    if option == "SSL_AUTH":
        yield from _store("keystore", given)
        yield "ssl.key.password", given.text("keyPassword")
    if option in ("SASL_PLAINTEXT", "SASL_SSL"):
        mechanism = given.text("saslMechanism", "GSSAPI")
        yield "sasl.mechanism", mechanism
        if mechanism == "GSSAPI":
            yield "sasl.kerberos.service.name", given.text("kerberosServiceName")


def _store(which: str, given: Given) -> Iterator[tuple[str, str]]:
    yield f"ssl.{which}.location", given.text(f"{which}File")
    yield f"ssl.{which}.password", given.text(f"{which}Password")
    yield f"ssl.{which}.type", given.text(f"{which}Type", "JKS")


def source_options(stage: StagePlan, per_batch: int) -> dict[str, str]:
    """The options of Spark's source for a consumer; ``per_batch`` bounds the messages of a micro-batch."""
    given, alone = settings(stage), stage.kind == ONE_TOPIC
    made = client_options(stage, "kafkaConsumerConfigs" if alone else "kafkaOptions")
    made["subscribe"] = given.text("topic") if alone else ",".join(given.texts("topicList"))
    made["groupIdPrefix"] = given.text("consumerGroup") or "penstock"
    reset = given.text("kafkaAutoOffsetReset", "EARLIEST")
    if reset == "TIMESTAMP":
        made["startingTimestamp"] = str(given.integer("timestampToSearchOffsets"))
        made["startingOffsetsByTimestampStrategy"] = "latest"
    else:
        made["startingOffsets"] = "latest" if reset == "LATEST" else "earliest"
    if per_batch:
        made["maxOffsetsPerTrigger"] = str(per_batch)
    return made


def check_connector(spark: Any) -> None:
    """Nothing when this Spark has the connector.

    Raises:
        UnsupportedError: it has not.
    """
    try:
        spark.readStream.format("kafka").option("kafka.bootstrap.servers", "-").option("subscribe", "-").load()
    except Exception as error:
        if "data source" not in str(error).lower():
            raise
        package = f"org.apache.spark:spark-sql-kafka-0-10_2.1x:{spark.version}"
        hint = f"Add it to the engine's address: ?spark.jars.packages={package} (2.1x: Spark's Scala), or ?spark.jars=…"
        raise UnsupportedError("Kafka on a Spark without its Kafka connector", hint) from None


def stream(spark: Any, stage: StagePlan, per_batch: int) -> Any:
    """The streaming DataFrame of a consumer, with the columns of ``COLUMNS``; timestamps in milliseconds."""
    from pyspark.sql import functions as F

    reader = spark.readStream.format("kafka")
    for name, value in source_options(stage, per_batch).items():
        reader = reader.option(name, value)
    moment = F.unix_millis(F.col("timestamp")).alias("timestamp")
    return reader.load().select(*(moment if name == "timestamp" else F.col(name) for name in COLUMNS))


def write(rows: Any, stage: StagePlan) -> None:
    """Writes rows with ``key`` (the partition), ``seq`` (topic and key) and ``payload`` through Spark's sink."""
    from pyspark.sql import functions as F

    writer = rows.select(
        F.get_json_object("seq", "$.topic").alias("topic"),
        F.get_json_object("seq", "$.key").cast("binary").alias("key"),
        F.when(F.col("key") >= 0, F.col("key").cast("int")).alias("partition"),
        F.col("payload").alias("value"),
    ).write.format("kafka")
    for name, value in client_options(stage, "kafkaProducerConfigs").items():
        writer = writer.option(name, value)
    writer.save()
