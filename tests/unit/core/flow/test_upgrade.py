"""Older document schemas and older stages."""

from typing import Any

import pytest

from penstock.adapters.packaged import packaged_catalogue
from penstock.core.errors import InvalidValueError
from penstock.core.flow.document import decode_flow, encode_flow
from penstock.core.flow.model import Flow, StageInstance
from penstock.core.flow.settings import Settings
from penstock.core.flow.stage_upgrade import Upgraded, upgrade_stage, upgrade_stages
from penstock.core.flow.upgrade import upgrade
from penstock.core.values import JsonMap

CATALOGUE = packaged_catalogue()
PREFIX = "com_streamsets_pipeline_stage_"
ORACLE = "oracleCDCConfigBean.baseConfigBean."
FIRST: dict[str, Any] = {
    "schemaVersion": 1,
    "uuid": "u",
    "info": {"name": "id1"},
    "stages": [
        {
            "instanceName": "a",
            "stageName": "k",
            "stageVersion": "1",
            "library": "l",
            "inputLanes": [],
            "outputLanes": [],
        }
    ],
    "errorStage": None,
}


def test_schema_1_gets_everything_that_came_since() -> None:
    """Event lanes, services, pipeline id, start and stop stages and the test origin are in the written document."""
    made: Any = encode_flow(upgrade(decode_flow(FIRST)))
    assert made["schemaVersion"] == 6
    assert made["pipelineId"] == "id1"
    assert (made["startEventStages"], made["stopEventStages"], made["testOriginStage"]) == ([], [], None)
    stage = made["stages"][0]
    assert (stage["eventLanes"], stage["services"]) == ([], [])


def test_the_given_flow_stays_as_it_was() -> None:
    """The untouched original still goes out byte for byte."""
    flow = decode_flow(FIRST)
    upgrade(flow)
    assert encode_flow(flow) == FIRST


def test_newest_schema_comes_back_itself() -> None:
    """A flow of schema 6 is returned, not copied."""
    flow = Flow("f")
    assert upgrade(flow) is flow


def test_null_becomes_the_empty_form() -> None:
    """A document that wrote null for its event lanes writes an empty list after the upgrade."""
    raw = {**FIRST, "stages": [{**FIRST["stages"][0], "eventLanes": None}]}
    made: Any = encode_flow(upgrade(decode_flow(raw)))
    stage = made["stages"][0]
    assert stage["eventLanes"] == []


def test_cluster_flow_of_schema_4_discards_its_statistics() -> None:
    """The statistics stage that wrote straight to Control Hub is reset, as the engine does."""
    stats = StageInstance("s", f"{PREFIX}destination_devnull_StatsDpmDirectlyDTarget", "1", "l")
    settings = Settings.of({"executionMode": "CLUSTER_BATCH"})
    made = upgrade(Flow("f", schema_version=4, stats_stage=stats, configuration=settings))
    assert made.stats_stage is not None
    assert made.stats_stage.instance_name == "Discard_StatsAggregatorStage"


def test_selected_statistics_follow_their_stage() -> None:
    """The setting that shows which statistics stage was selected names the new one, where the file has it."""
    stats = StageInstance("s", f"{PREFIX}destination_devnull_StatsDpmDirectlyDTarget", "1", "l")
    settings = Settings.of({"executionMode": "CLUSTER_BATCH", "statsAggregatorStage": f"l::{stats.stage_name}::1"})
    made = upgrade(Flow("f", schema_version=4, stats_stage=stats, configuration=settings))
    basic = "streamsets-datacollector-basic-lib"
    assert made.configuration["statsAggregatorStage"] == f"{basic}::{PREFIX}destination_devnull_StatsNullDTarget::1"


def test_fragments_have_a_history_of_their_own() -> None:
    """Their newest schema is 2; an older one gets a test origin and nothing that only pipelines have."""
    newest = {**FIRST, "schemaVersion": 2, "fragmentId": "f"}
    assert upgrade(decode_flow(newest)).schema_version == 2
    assert encode_flow(upgrade(decode_flow(newest))) == newest
    older = {**newest, "schemaVersion": 1}
    assert encode_flow(upgrade(decode_flow(older))) == {**newest, "testOriginStage": None}
    flow = decode_flow({**FIRST, "schemaVersion": 6, "fragments": [older, newest]})
    assert [each.schema_version for each in upgrade(flow).fragments] == [2, 2]


def test_test_origin_comes_only_where_no_error_stage_is() -> None:
    """The odd condition of the engine's last step is kept."""
    origin = StageInstance("t", "k", "1", "l")
    error = StageInstance("e", "k", "1", "l")
    assert upgrade(Flow("f", schema_version=5), test_origin=origin).test_origin == origin
    assert upgrade(Flow("f", schema_version=5, error_stage=error), test_origin=origin).test_origin is None


@pytest.mark.parametrize("schema", [0, 7, -1])
def test_unknown_schema_is_refused(schema: int) -> None:
    """Only 1 to 6 exist."""
    with pytest.raises(InvalidValueError):
        upgrade(Flow("f", schema_version=schema))


def _upgraded(kind: str, version: str, **settings: object) -> Upgraded:
    definition = CATALOGUE.stage(PREFIX + kind)
    assert definition is not None
    stage = StageInstance("s", PREFIX + kind, version, definition.library, Settings.of(settings))
    return upgrade_stage(stage, definition, CATALOGUE)


def test_setting_moves_to_the_place_with_its_last_part() -> None:
    """A connection string found a new home below the connection."""
    made = _upgraded("origin_jdbc_JdbcDSource", "2", connectionString="jdbc:x")
    assert made.stage.configuration["hikariConfigBean.connection.connectionString"] == "jdbc:x"
    assert made.leftover == ()


def test_data_format_moves_into_a_service() -> None:
    """What a service took over goes there, and the service is registered."""
    made = _upgraded("devtest_rawdata_RawDataDSource", "2", rawData="{}", dataFormat="JSON")
    assert made.stage.configuration["rawData"] == "{}"
    (service,) = made.stage.services
    assert service.configuration["dataFormat"] == "JSON"


def test_what_came_later_is_filled_in_the_service_too() -> None:
    """The schema of AVRO was in the data before somebody could say where it is."""
    (service,) = _upgraded("origin_jms_JmsDSource", "4", dataFormat="AVRO").stage.services
    assert service.configuration["dataFormatConfig.avroSchemaSource"] == "SOURCE"


def test_value_that_meant_something_else_is_replaced() -> None:
    """No timeout was written as 0 once."""
    made = _upgraded("origin_http_HttpClientDSource", "15", **{"conf.client.connectTimeoutMillis": 0})
    assert made.stage.configuration["conf.client.connectTimeoutMillis"] == 250_000


def test_the_old_default_of_a_limit_is_not_taken_for_a_new_one() -> None:
    """HTTP Client processors of older engines only ended their tries by it; what somebody chose stays."""
    for wait, kept in ((2000, 100_000), (3000, 3000)):
        made = _upgraded("processor_http_HttpDProcessor", "16", **{"conf.basic.maxWaitTime": wait})
        assert made.stage.configuration["conf.basic.maxWaitTime"] == kept


def test_rows_get_their_new_keys() -> None:
    """The field renamer had plain names where it has expressions now."""
    made = _upgraded(
        "processor_fieldrenamer_FieldRenamerDProcessor", "1", renameMapping=[{"fromField": "/a", "toField": "/b"}]
    )
    assert made.stage.configuration["renameMapping"] == (
        JsonMap({"fromFieldExpression": "/a", "toFieldExpression": "/b"}),
    )


def test_settings_become_one_row() -> None:
    """The geolocation database was one and is a list now."""
    made = _upgraded("processor_geolocation_GeolocationDProcessor", "1", geoIP2DBFile="/db")
    assert made.stage.configuration["dbConfigs"] == (JsonMap({"geoIP2DBFile": "/db", "geoIP2DBType": "COUNTRY"}),)


@pytest.mark.parametrize(
    ("kind", "version", "name", "value"),
    [
        ("processor_fieldhasher_FieldHasherDProcessor", "2", "hasherConfig.useSeparator", True),
        ("processor_fieldhasher_FieldHasherDProcessor", "3", "hasherConfig.useSeparator", None),
        ("processor_geolocation_GeolocationDProcessor", "2", "missingAddressAction", "REPLACE_WITH_NULLS"),
        ("processor_http_HttpDProcessor", "1", "conf.client.transferEncoding", "CHUNKED"),
        ("processor_http_HttpDProcessor", "4", "conf.dataFormatConfig.schemaLookupMode", "AUTO"),
        ("origin_tcp_TCPServerDSource", "3", "conf.readTimeout", 3600),
        ("origin_spooldir_SpoolDirDSource", "7", "conf.dataFormatConfig.avroSchemaSource", "SOURCE"),
        ("destination_kafka_KafkaDTarget", "2", "conf.dataGeneratorFormatConfig.avroSchemaSource", "INLINE"),
        ("destination_kafka_KafkaDTarget", "3", "conf.dataGeneratorFormatConfig.avroSchemaSource", None),
        ("origin_jms_JmsDSource", "6", "jmsConfig.durableSubscription", False),
        ("executor_jdbc_JdbcQueryDExecutor", "2", "config.isParallel", False),
    ],
)
def test_what_came_later_means_what_the_stage_did_before(kind: str, version: str, name: str, value: object) -> None:
    """Where that is not its default, and only for stages from before its time."""
    made = _upgraded(kind, version).stage.configuration
    assert made.get(name) == value


@pytest.mark.parametrize(("sign", "pattern"), [(" ", "[ ]"), ("\\t", "\\t"), ("(", "\\("), ("|", "\\|"), (",", ",")])
def test_the_separator_of_a_splitter_became_an_expression(sign: str, pattern: str) -> None:
    """Signs that mean something there stand for themselves."""
    kind = "processor_splitter_SplitterDProcessor"
    assert _upgraded(kind, "1", separator=sign).stage.configuration["separator"] == pattern
    assert _upgraded(kind, "2", separator=sign).stage.configuration["separator"] == sign


def test_one_timeout_of_requests_became_that_of_reading() -> None:
    """The tail has another name since."""
    made = _upgraded("processor_http_HttpDProcessor", "1", **{"conf.requestTimeoutMillis": 1000})
    assert made.stage.configuration["conf.client.readTimeoutMillis"] == 1000


@pytest.mark.parametrize(
    ("kind", "version", "old", "new"),
    [
        (
            "destination_s3_AmazonS3DTarget",
            "9",
            {"s3TargetConfigBean.s3Config.bucket": "b"},
            {"s3TargetConfigBean.s3Config.bucketTemplate": "b"},
        ),
        ("destination_jdbc_JdbcDTarget", "1", {"qualifiedTableName": "t"}, {"tableNameTemplate": "t"}),
        ("destination_jdbc_JdbcDTarget", "3", {"tableName": "t"}, {"tableNameTemplate": "t"}),
        (
            "origin_spooldir_SpoolDirDSource",
            "3",
            {"fileCompression": "GZIP"},
            {"conf.dataFormatConfig.compression": "COMPRESSED_FILE"},
        ),
        (
            "destination_elasticsearch_ElasticSearchDTarget",
            "5",
            {"elasticSearchConfigBean.httpUri": "es:9200", "elasticSearchConfigBean.upsert": False},
            {"elasticSearchConfig.connection.serverUrl": "es:9200", "elasticSearchConfig.defaultOperation": "CREATE"},
        ),
        (
            "destination_hive_queryexecutor_HiveQueryDExecutor",
            "1",
            {"config.query": "select 1"},
            {"config.queries": ("select 1",)},
        ),
        (
            "destination_datalake_gen2_DataLakeGen2DTarget",
            "1",
            {
                "dataLakeGen2TargetConfig.dataLakeConfig.authMethod": "OAUTH",
                "dataLakeGen2TargetConfig.dataLakeConfig.authTokenEndpoint": "https://login.example/t-1/oauth2/token",
            },
            {
                "dataLakeGen2TargetConfig.dataLakeConfig.connection.authMethod": "CLIENT",
                "dataLakeGen2TargetConfig.dataLakeConfig.connection.tenantId": "t-1",
            },
        ),
        (
            "origin_mysql_MysqlDSource",
            "2",
            {"config.hostname": "db", "config.port": "3306", "config.useSsl": True},
            {"connection.connectionString": "jdbc:mysql://db:3306?useSsl=true"},
        ),
        (
            "origin_jdbc_cdc_oracle_OracleCDCDSource",
            "5",
            {f"{ORACLE}database": "S", f"{ORACLE}tables": ["A", "B"]},
            {
                f"{ORACLE}schemaTableConfigs": tuple(
                    JsonMap({"schema": "S", "table": table, "excludePattern": None}) for table in "AB"
                )
            },
        ),
    ],
    ids=lambda each: each.rsplit("_", 1)[-1] if isinstance(each, str) else "",
)
def test_values_are_found_under_what_became_of_their_setting(
    kind: str, version: str, old: dict[str, object], new: dict[str, object]
) -> None:
    """Other names, other words for a choice, several settings that became one: nothing is left over."""
    made = _upgraded(kind, version, **old)
    assert {name: made.stage.configuration.get(name) for name in new} == new
    assert made.leftover == ()


@pytest.mark.parametrize(
    ("kind", "before", "setting", "old", "new"),
    [
        ("destination_mongodb_MongoDBDTarget", 5, "configBean.uniqueKeyField", "/id", ("/id",)),
        ("destination_mongodb_MongoDBDTarget", 5, "configBean.uniqueKeyField", "", ()),
        (
            "processor_jython_JythonDProcessor",
            2,
            "script",
            "out.write(r)\nerr.write(r, 'x')",
            "output.write(r)\nerror.write(r, 'x')",
        ),
        ("processor_http_HttpDProcessor", 10, "conf.rateLimit", 4, 250),
        ("processor_http_HttpDProcessor", 10, "conf.rateLimit", 0, 0),
        ("processor_http_HttpDProcessor", 10, "conf.rateLimit", 1e-320, 2**31 - 1),
        ("destination_kinesis_KinesisDTarget", 4, "kinesisConfig.partitionStrategy", "ROUND_ROBIN", "RANDOM"),
    ],
    ids=lambda each: each.rsplit("_", 1)[-1] if isinstance(each, str) and "_" in each else "",
)
def test_values_are_written_as_today_in_stages_from_before_the_change(
    kind: str, before: int, setting: str, old: object, new: object
) -> None:
    """Later ones keep what they say."""
    for version, value in ((before - 1, new), (before, old)):
        assert _upgraded(kind, str(version), **{setting: old}).stage.configuration[setting] == value


@pytest.mark.parametrize(("store", "enabled"), [("/certs.jks", True), ("", None)])
def test_a_store_of_certificates_switches_tls_on(store: str, enabled: bool | None) -> None:
    """It was used when it was named, before there was a switch."""
    made = _upgraded("origin_http_HttpClientDSource", "10", **{"conf.client.sslConfig.trustStorePath": store})
    assert made.stage.configuration["conf.client.tlsConfig.trustStoreFilePath"] == store
    assert made.stage.configuration.get("conf.client.tlsConfig.tlsEnabled") is enabled


def test_a_couchbase_destination_finds_its_nodes_and_keys() -> None:
    """Its document key was the name of a field."""
    old = {"config.URL": "couch", "config.version": "VERSION4", "config.documentKey": "id"}
    made = _upgraded("destination_couchbase_CouchbaseDTarget", "1", **old)
    assert made.leftover == ()
    assert made.stage.configuration["config.couchbase.nodes"] == "couch"
    assert made.stage.configuration["config.credentials.version"] == "BUCKET"
    assert made.stage.configuration["config.documentKeyEL"] == "${record:value('/id')}"


@pytest.mark.parametrize(
    ("version", "origin", "mode"),
    [
        (3, "origin_hdfs_cluster_ClusterHdfsDSource", "CLUSTER_BATCH"),
        (None, "origin_kafka_KafkaDSource", "CLUSTER_YARN_STREAMING"),
        (4, "origin_kafka_KafkaDSource", "CLUSTER"),
    ],
)
def test_the_one_mode_for_clusters_became_that_of_its_origin(version: int | None, origin: str, mode: str) -> None:
    """Flows from before version 4 of the settings had only one, whether it ran in batches or not."""
    stage = StageInstance("o", PREFIX + origin, "1", "l", output_lanes=("x",))
    flow = Flow("f", version=version, stages=(stage,), configuration=Settings.of({"executionMode": "CLUSTER"}))
    assert upgrade_stages(flow, CATALOGUE).flow.configuration["executionMode"] == mode


@pytest.mark.parametrize(
    ("version", "held", "meant"),
    [
        (2, {}, {"shouldRetry": False}),
        (2, {"shouldRetry": True}, {"shouldRetry": True}),
        (3, {}, {}),
        (None, {}, {}),
        (10, {"amazonEMRConfig.userRegion": "CUSTOM"}, {"amazonEMRConfig.userRegion": "OTHER"}),
        (11, {"amazonEMRConfig.userRegion": "CUSTOM"}, {"amazonEMRConfig.userRegion": "CUSTOM"}),
    ],
)
def test_older_settings_of_a_flow_mean_what_they_meant(
    version: int | None, held: dict[str, object], meant: dict[str, object]
) -> None:
    """Before there were retries a flow that failed had failed; choices are called by today's names."""
    flow = Flow("f", version=version, configuration=Settings.of(held))
    assert dict(upgrade_stages(flow, CATALOGUE).flow.configuration) == meant


def test_setting_without_a_place_is_named() -> None:
    """Nothing is dropped in silence."""
    assert _upgraded("origin_jdbc_JdbcDSource", "2", nobodyKnowsThis=1).leftover == ("nobodyKnowsThis",)


def test_stage_of_this_version_comes_back_itself() -> None:
    """Only older stages are touched."""
    definition = CATALOGUE.stage(f"{PREFIX}processor_identity_IdentityProcessor")
    assert definition is not None
    stage = StageInstance("s", definition.name, definition.version, definition.library, Settings.of({"odd": 1}))
    assert upgrade_stage(stage, definition, CATALOGUE).stage is stage
