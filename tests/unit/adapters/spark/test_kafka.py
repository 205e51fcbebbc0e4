"""Settings of Kafka's stages as options of Spark's source."""

import pytest

from penstock.adapters.spark import kafka
from penstock.core.catalogue.definitions import StageType
from penstock.core.plan import Given, StagePlan
from penstock.core.values import JsonMap, freeze

CASES: dict[str, tuple[str, str, str, dict[str, object], str]] = {
    "several topics": (kafka.CONSUMER, "conf.", "kafkaOptions", {"topicList": ["a", "b"]}, "a,b"),
    "one topic": (kafka.ONE_TOPIC, "kafkaConfigBean.", "kafkaConsumerConfigs", {"topic": "a"}, "a"),
}


@pytest.mark.parametrize("case", CASES)
def test_both_consumers_give_the_same_options(case: str) -> None:
    """Topics, group, offsets, security and what is given to the client; Spark's own settings stay Spark's."""
    kind, prefix, more, topics, subscribed = CASES[case]
    given: dict[str, object] = {
        **topics,
        "connectionConfig.connection.metadataBrokerList": "one:9092, two:9093",
        "connectionConfig.connection.securityConfig.securityOption": "SASL_PLAINTEXT",
        "connectionConfig.connection.securityConfig.saslMechanism": "PLAIN",
        "consumerGroup": "mine",
        "kafkaAutoOffsetReset": "LATEST",
        more: [{"key": "fetch.max.bytes", "value": "7"}, {"key": "group.id", "value": "other"}],
    }
    frozen = freeze({prefix + name: value for name, value in given.items()})
    assert isinstance(frozen, JsonMap)
    stage = StagePlan("Kafka_01", kind, StageType.ORIGIN, given=Given(frozen))
    assert kafka.brokers(stage) == (("one", 9092), ("two", 9093))
    assert kafka.source_options(stage, 10) == {
        "subscribe": subscribed,
        "groupIdPrefix": "mine",
        "startingOffsets": "latest",
        "maxOffsetsPerTrigger": "10",
        "kafka.bootstrap.servers": "one:9092, two:9093",
        "kafka.security.protocol": "SASL_PLAINTEXT",
        "kafka.sasl.mechanism": "PLAIN",
        "kafka.fetch.max.bytes": "7",
    }
