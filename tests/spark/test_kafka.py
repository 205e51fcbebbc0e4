"""Kafka on Spark, against a real broker: its own source and sink, records and messages as the stages make them."""

from collections.abc import Iterator
from typing import Any

import pytest

import penstock
from penstock.adapters.spark import parse_address
from penstock.adapters.spark.session import open_session

from .broker import Broker, NoBroker, jars
from .conftest import MASTER


class Kafka:
    """The broker, and topics read and written past penstock."""

    def __init__(self, broker: Broker, spark: Any) -> None:
        self.address, self._spark = broker.address, spark

    def put(self, topic: str, rows: list[tuple[str | None, str | None, int]]) -> None:
        """Messages with key, value and partition."""
        frame = self._spark.createDataFrame(rows, "key string, value string, partition int")
        writer = frame.coalesce(1).write.format("kafka").option("kafka.bootstrap.servers", self.address)
        writer.option("topic", topic).save()

    def rows(self, topic: str) -> list[tuple[str | None, str, int]]:
        """Everything in a topic: key, value and partition."""
        reader = self._spark.read.format("kafka").option("kafka.bootstrap.servers", self.address)
        held = reader.option("subscribe", topic).load().orderBy("partition", "offset").collect()
        return [
            (None if row.key is None else bytes(row.key).decode(), bytes(row.value).decode(), row.partition)
            for row in held
        ]


@pytest.fixture(scope="module")
def broker(java: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker of its own; skipped, with the reason, where there is no Maven."""
    try:
        jars()
    except NoBroker as reason:
        pytest.skip(f"no Kafka here: {reason}")
    made = Broker(tmp_path_factory.mktemp("kafka"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is there is read, then the run ends."""
    return f"spark+local[2]?once=yes&checkpoint={tmp_path_factory.mktemp('checkpoint')}"


@pytest.fixture(scope="module")
def kafka(broker: Broker, connector: str) -> Kafka:
    """Ready to read and write; the engine of the projects shares this Spark."""
    return Kafka(broker, open_session(parse_address(MASTER + connector)).spark)


@pytest.fixture
def project(kafka: Kafka, engine: str) -> Iterator[penstock.Project]:
    """A project whose engine is that Spark."""
    with penstock.open_project(engine=engine) as opened:
        yield opened


def consumer(flow: penstock.StreamingFlow, address: str, topic: str, **given: object) -> penstock.Stage:
    """A Kafka Multitopic Consumer of one topic."""
    stage = flow.add_stage("Kafka Multitopic Consumer")
    stage.configuration["conf.connectionConfig.connection.metadataBrokerList"] = address
    for name, value in {"topicList": [topic], "dataFormat": "JSON", **given}.items():
        stage.configuration[f"conf.{name}"] = value
    return stage


def producer(flow: penstock.StreamingFlow, address: str, **given: object) -> penstock.Stage:
    """A Kafka Producer."""
    stage = flow.add_stage("Kafka Producer")
    stage.configuration["conf.connectionConfig.connection.metadataBrokerList"] = address
    for name, value in {"dataFormat": "JSON", **given}.items():
        stage.configuration[f"conf.{name}"] = value
    return stage


def finished(project: penstock.Project, flow: penstock.StreamingFlow) -> Any:
    """The run of a flow that ends with the data."""
    project.update_flow(flow)
    run = project.create_job(name=flow.name, flow=flow).start()
    run.wait()
    return run


def errors(run: Any) -> int:
    """Records that went to error."""
    count: int = run.metrics["counters"]["pipeline.batchErrorRecords.counter"]["count"]
    return count


def test_messages_go_from_topic_to_topic_with_keys_and_headers(project: penstock.Project, kafka: Kafka) -> None:
    """Topic, partition, offset and the captured key are headers, keys are kept, broken messages go to error."""
    kafka.put("orders", [("a", '{"id": 1}', 0), (None, '{"id": 2}', 1), ("c", "{broken", 0), ("d", None, 1)])
    flow = project.create_flow(name="copy")
    origin = consumer(flow, kafka.address, "orders", keyCaptureMode="RECORD_HEADER")
    noted = flow.add_stage("Expression Evaluator")
    noted.configuration["expressionProcessorConfigs"] = [
        {"fieldToSet": f"/{name}", "expression": f"${{record:attribute('{name}')}}"} for name in ("topic", "offset")
    ]
    origin.connect_output_to(noted)
    noted.connect_output_to(producer(flow, kafka.address, topic="copies"))
    run = finished(project, flow)
    assert run.state == "CompletedWithErrors", run.message
    assert sorted((value, key) for key, value, _ in kafka.rows("copies")) == [
        ('{"id":1,"topic":"orders","offset":"0"}', "a"),
        ('{"id":2,"topic":"orders","offset":"0"}', None),
    ]
    assert errors(run) == 2


def test_the_consumer_of_one_topic_makes_the_same_records(project: penstock.Project, kafka: Kafka) -> None:
    """Its settings have other names, records and headers are those of the consumer of several topics."""
    kafka.put("single", [("a", '{"id": 1} {"id": 2}', 1)])
    flow = project.create_flow(name="single")
    origin, noted = flow.add_stage("Kafka Consumer"), flow.add_stage("Expression Evaluator")
    given = {"topic": "single", "dataFormat": "JSON", "keyCaptureMode": "RECORD_FIELD"}
    for name, value in {"connectionConfig.connection.metadataBrokerList": kafka.address, **given}.items():
        origin.configuration[f"kafkaConfigBean.{name}"] = value
    noted.configuration["expressionProcessorConfigs"] = [
        {"fieldToSet": "/from", "expression": "${record:attribute('topic')}:${record:attribute('partition')}"}
    ]
    origin.connect_output_to(noted)
    noted.connect_output_to(producer(flow, kafka.address, topic="singles"))
    assert finished(project, flow).state == "Completed"
    assert sorted(value for _, value, _ in kafka.rows("singles")) == [
        '{"id":1,"kafkaMessageKey":"a","from":"single:1"}',
        '{"id":2,"kafkaMessageKey":"a","from":"single:1"}',
    ]


def test_a_second_run_reads_only_what_came_since(project: penstock.Project, kafka: Kafka) -> None:
    """Offsets are in the job's checkpoint; a reset reads from the start again."""
    kafka.put("ticks", [(None, '{"n": 1}', 0)])
    flow = project.create_flow(name="ticks")
    consumer(flow, kafka.address, "ticks").connect_output_to(producer(flow, kafka.address, topic="seen"))
    project.update_flow(flow)
    job = project.create_job(name="ticks", flow=flow)
    for number in (2, 3):
        job.start().wait()
        kafka.put("ticks", [(None, f'{{"n": {number}}}', 0)])
    assert sorted(value for _, value, _ in kafka.rows("seen")) == ['{"n":1}', '{"n":2}']
    job.reset_offset()
    job.start().wait()
    assert sorted(value for _, value, _ in kafka.rows("seen")) == [
        '{"n":1}',
        '{"n":1}',
        '{"n":2}',
        '{"n":2}',
        '{"n":3}',
    ]


def test_topic_and_partition_come_from_the_record(project: penstock.Project, kafka: Kafka) -> None:
    """Expressions choose both; a topic that is not allowed and a partition that is none send the record to error."""
    kafka.put("mixed", [(None, f'{{"to": "{to}", "part": {part}}}', 0) for to, part in (("x", 1), ("y", 0), ("x", -1))])
    kafka.put("x", [(None, "{}", 0)])
    flow = project.create_flow(name="route")
    given = {
        "runtimeTopicResolution": True,
        "topicExpression": "${record:value('/to')}",
        "topicWhiteList": "x",
        "partitionStrategy": "EXPRESSION",
        "partition": "${record:value('/part')}",
    }
    consumer(flow, kafka.address, "mixed").connect_output_to(producer(flow, kafka.address, **given))
    run = finished(project, flow)
    assert errors(run) == 2
    assert kafka.rows("x") == [(None, "{}", 0), (None, '{"to":"x","part":1}', 1)]


def test_a_broker_that_does_not_answer_is_named_before_anything_starts(project: penstock.Project) -> None:
    """At once, instead of a minute of tries."""
    flow = project.create_flow(name="nobody")
    consumer(flow, "127.0.0.1:1", "none").connect_output_to(flow.add_stage("Trash"))
    project.update_flow(flow)
    with pytest.raises(penstock.PenstockError, match="Kafka Multitopic Consumer 1"):
        project.create_job(name="nobody", flow=flow).start()


def test_settings_that_spark_cannot_keep_forbid_the_start(project: penstock.Project) -> None:
    """``validate`` says so before, naming setting and stage."""
    flow = project.create_flow(name="avro keys")
    origin = consumer(flow, "127.0.0.1:1", "none", keyDeserializer="CONFLUENT")
    origin.connect_output_to(flow.add_stage("Trash"))
    project.update_flow(flow)
    with pytest.raises(penstock.PenstockError, match="keyDeserializer is CONFLUENT, only STRING"):
        project.create_job(name="avro", flow=flow).start()
