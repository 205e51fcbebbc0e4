"""What changed in the settings of stages from version to version, where it is more than a move into another group.

A setting is named by its tail: the last part, or the last parts, of its dotted name. Moves that keep the last part
need no entry, for the tail finds its new place. Source: the stage upgraders of the engine; facts only.
"""

from collections.abc import Callable, Mapping

import attrs

from ..values import Json, JsonMap

Change = Callable[[Json], Json]
ANY = "*"


def _same(value: Json) -> Json:
    return value


def _listed(value: Json) -> Json:
    """A single value as the only one of a list."""
    return (value,)


def _joined(value: Json) -> Json:
    """A list of texts as one text with commas."""
    return ",".join(item for item in value if isinstance(item, str)) if isinstance(value, tuple) else value


def _opposite(value: Json) -> Json:
    return not value if isinstance(value, bool) else value


def _chosen(if_true: Json, if_false: Json) -> Change:
    """One of two values in place of true and false."""
    return lambda value: if_true if value is True else if_false


def _among(values: Mapping[str, Json]) -> Change:
    """What a choice is called since."""
    return lambda value: values.get(value, value) if isinstance(value, str) else value


@attrs.frozen
class Renamed:
    """A setting that has another name since, ``new``; None: it is gone. ``change`` gives the value under that name."""

    old: str
    new: str | None
    change: Change = _same


_ELASTIC = (
    Renamed("httpUris", "connection.serverUrl", _joined),
    Renamed("sslTruststorePath", "sslTrustStorePath"),
    Renamed("sslTruststorePassword", "sslTrustStorePassword"),
    Renamed("shieldUser", "securityUser"),
    Renamed("useShield", "useSecurity"),
    Renamed("httpUri", "connection.serverUrl", _among({"hostname": ""})),  # the old default, which meant no address
    Renamed("configs", "params"),
    Renamed("upsert", "defaultOperation", _chosen("INDEX", "CREATE")),
)
_S3_TARGET = (
    Renamed("accessKeyId", "awsConfig.awsAccessKeyId"),
    Renamed("secretAccessKey", "awsConfig.awsSecretAccessKey"),
    Renamed("folder", "s3Config.commonPrefix"),
    Renamed("bucket", "s3Config.bucketTemplate"),
)


def _tenant(address: Json) -> Json:
    """The tenant in the address that hands out tokens: what stands between host and ``/oauth2/token``."""
    path = address.split("://", 1)[-1].partition("/")[2] if isinstance(address, str) else ""
    return path.split("/oauth2/token", 1)[0] if "/oauth2/token" in path else ""


_DATA_LAKE = (
    Renamed("authMethod", "connection.authMethod", _among({"OAUTH": "CLIENT"})),
    Renamed("authTokenEndpoint", "connection.tenantId", _tenant),
)
_PACKED: Mapping[str, Json] = {"AUTOMATIC": "NONE", "ZIP": "ARCHIVE", "GZIP": "COMPRESSED_FILE"}
_APP_ID = Renamed("appId", "httpConfigs.appIds", lambda secret: (JsonMap({"credential": secret}),))
RENAMED: Mapping[str, tuple[Renamed, ...]] = {
    ANY: (
        Renamed("trustStorePath", "trustStoreFilePath"),
        Renamed("trustStoreFile", "trustStoreFilePath"),
        Renamed("keyStorePath", "keyStoreFilePath"),
        Renamed("keyStoreFile", "keyStoreFilePath"),
        Renamed("sslEnabled", "tlsEnabled"),
        Renamed("brokerURI", "connection.metadataBrokerList"),
        Renamed("schemaInMessage", "avroSchemaSource", _chosen("SOURCE", "INLINE")),
        Renamed("avroSchemaInHeader", "avroSchemaSource", _chosen("HEADER", "INLINE")),
        Renamed("requestTimeoutMillis", "readTimeoutMillis"),
        Renamed("mongoConnectionString", "mongoConfig.connectionString"),
        Renamed("mongoClientURI", "mongoConfig.connectionString"),
        Renamed("zookeeperParentZnode", "zookeeperParentZNode"),
        Renamed("maxPrepStmtCache", None),
        Renamed("previewWaitTime", None),
    ),
    "AmazonS3DSource": (
        Renamed("accessKeyId", "awsConfig.awsAccessKeyId"),
        Renamed("secretAccessKey", "awsConfig.awsSecretAccessKey"),
        Renamed("folder", "s3Config.commonPrefix"),
        Renamed("filePattern", "s3FileConfig.prefixPattern"),
        Renamed("errorFolder", "errorConfig.errorPrefix"),
        Renamed("postProcessFolder", "postProcessingConfig.postProcessPrefix"),
    ),
    "AmazonS3DTarget": _S3_TARGET,
    "ToErrorAmazonS3DTarget": _S3_TARGET,
    **dict.fromkeys(("DataLakeGen2DSource", "DataLakeGen2DTarget", "DataLakeGen2MetadataDExecutor"), _DATA_LAKE),
    "ElasticSearchDTarget": _ELASTIC,
    "ToErrorElasticSearchDTarget": _ELASTIC,
    "ElasticsearchDSource": _ELASTIC,
    "CassandraDTarget": (
        Renamed("contactNodes", "contactPoints"),
        Renamed("disableBatchInsert", "enableBatches", _opposite),
        Renamed("requestTimeout", "writeTimeout"),
        Renamed("useCredentials", "authProviderOption", _chosen("PLAINTEXT", "NONE")),
    ),
    "HttpClientDSource": (
        Renamed("batchSize", "maxBatchSize"),
        Renamed("maxBatchWaitTime", "maxWaitTime"),
        Renamed("requestData", "requestBody"),
        Renamed("jsonMode", "jsonContent"),
        Renamed("isOAuthEnabled", "authType", _chosen("OAUTH", "NONE")),
    ),
    "HttpServerDPushSource": (_APP_ID,),
    "RestServiceDPushSource": (_APP_ID,),
    "HiveQueryDExecutor": (Renamed("query", "config.queries", _listed),),
    "JdbcDTarget": (
        Renamed("qualifiedTableName", "tableNameTemplate"),
        Renamed("tableName", "tableNameTemplate"),
    ),
    "CouchbaseDTarget": (
        Renamed("URL", "couchbase.nodes"),
        Renamed("version", "credentials.version", lambda version: "BUCKET" if version == "VERSION4" else "USER"),
        Renamed("documentKey", "config.documentKeyEL", lambda field: f"${{record:value('/{field}')}}"),
    ),
    "KuduDTarget": (Renamed("upsert", "defaultOperation", _chosen("UPSERT", "INSERT")),),
    "SpoolDirDSource": (
        Renamed("textMaxObjectLen", "textMaxLineLen"),
        Renamed("fileCompression", "compression", _among(_PACKED)),
    ),
    "FileTailDSource": (Renamed("maxLineLength", "textMaxLineLen"),),
    "LogParserDProcessor": (Renamed("grokPattern", "grokPatternList", _listed),),
    "JdbcTeeDProcessor": (Renamed("useMultiRowInsert", "useMultiRowOp"),),
    "JdbcQueryDExecutor": (Renamed("query", "config.queries", _listed), Renamed("parallel", "config.isParallel")),
    "KinesisDSource": (Renamed("maxWaitTime", None),),
    "FieldHasherDProcessor": (Renamed("fieldHasherConfigs", "hasherConfig.inPlaceFieldHasherConfigs"),),
    "FieldRenamerDProcessor": (
        Renamed("overwriteExisting", "errorHandler.existingToFieldHandling", _chosen("REPLACE", "TO_ERROR")),
        Renamed("onStagePreConditionFailure", "errorHandler.nonExistingFromFieldHandling"),
    ),
    "FieldValueReplacerDProcessor": (
        Renamed(
            "fieldsToNull",
            "nullReplacerConditionalConfigs",
            lambda paths: (JsonMap({"fieldsToNull": paths, "condition": ""}),),
        ),
    ),
}
"""By kind; the entries of ``ANY`` are looked at after those of the kind."""

ROWS: Mapping[str, Mapping[str, tuple[str, int]]] = {
    "FieldHasherDProcessor": {"fieldsToHash": ("sourceFieldsToHash", 2)},
    "FieldRenamerDProcessor": {"fromField": ("fromFieldExpression", 2), "toField": ("toFieldExpression", 2)},
    "HttpServerDPushSource": {"appId": ("credential", 14)},
    "RestServiceDPushSource": {"appId": ("credential", 6)},
}
"""By kind and old key of the rows of lists: the new key, and the version that has it first."""


@attrs.frozen
class Gathered:
    """One setting, ``target``, in place of several: ``parts``, with what each meant when missing."""

    target: str
    parts: Mapping[str, Json]
    make: Callable[[Mapping[str, Json]], Json]


def _one_row(parts: Mapping[str, Json]) -> Json:
    return (JsonMap(parts),)


def _mysql_address(parts: Mapping[str, Json]) -> Json:
    host, port, secure = (parts[f"config.{name}"] for name in ("hostname", "port", "useSsl"))
    place = f"{host}" if port in (None, "") else f"{host}:{port}"
    return f"jdbc:mysql://{place}" + ("?useSsl=true" if secure is True else "")


_ORACLE = "oracleCDCConfigBean.baseConfigBean."


def _oracle_tables(parts: Mapping[str, Json]) -> Json:
    tables = parts[f"{_ORACLE}tables"]
    schema, without = parts[f"{_ORACLE}database"], parts[f"{_ORACLE}excludePattern"]
    rows = tables if isinstance(tables, tuple) else ()
    return tuple(JsonMap({"schema": schema, "table": table, "excludePattern": without}) for table in rows)


GATHERED: Mapping[str, Gathered] = {
    "GeolocationDProcessor": Gathered("dbConfigs", {"geoIP2DBFile": "", "geoIP2DBType": "COUNTRY"}, _one_row),
    "MysqlDSource": Gathered(
        "connection.connectionString",
        {"config.hostname": "", "config.port": None, "config.useSsl": None},
        _mysql_address,
    ),
    "OracleCDCDSource": Gathered(
        f"{_ORACLE}schemaTableConfigs",
        dict.fromkeys((f"{_ORACLE}database", f"{_ORACLE}tables", f"{_ORACLE}excludePattern")),
        _oracle_tables,
    ),
}
"""By kind."""

BEFORE: Mapping[str, Mapping[str, Json]] = {
    ANY: {"preserveRootElement": False, "usePathAddressModel": True},
    "StartJobDSource": {"controlHubConfig.authenticationType": "USER_PASSWORD"},
    "StartJobDProcessor": {"controlHubConfig.authenticationType": "USER_PASSWORD"},
    "WaitForJobCompletionDProcessor": {"controlHubConfig.authenticationType": "USER_PASSWORD"},
    "ControlHubApiDProcessor": {"controlHubConfig.authenticationType": "USER_PASSWORD"},
    "JdbcLookupDProcessor": {"validateColumnMappings": False},
    "JdbcMetadataDProcessor": {"lowercaseColumnNames": True},
}
"""By kind: what a setting that came later means for a stage made before it, where that is not its default."""


@attrs.frozen
class Meant:
    """What a setting means for a stage made before version ``before``, which has it first."""

    value: Json
    before: int


_LOOKUP_SINCE = {
    **dict.fromkeys(("RemoteDownloadDSource", "RabbitDSource", "RedisDSource"), 3),
    "FileTailDSource": 4,
    **dict.fromkeys(("ClusterHdfsDSource", "HttpDProcessor", "JmsDSource", "KafkaDSource"), 5),
    **dict.fromkeys(("KinesisDSource", "MapRStreamsDSource"), 5),
    **dict.fromkeys(("AmazonS3DSource", "SpoolDirDSource"), 8),
    "HttpClientDSource": 9,
}
"""Since which version a stage that reads AVRO is told where the schema and its id are."""
_WRITES_AVRO_SINCE = {
    **dict.fromkeys(("MapRFSDTarget", "RabbitDTarget", "RedisDTarget"), 2),
    **dict.fromkeys(("FirehoseDTarget", "FlumeDTarget", "LocalFileSystemDTarget"), 3),
    **dict.fromkeys(("KafkaDTarget", "ToErrorKafkaDTarget", "StatsKafkaDTarget"), 3),
    **dict.fromkeys(("MapRStreamsDTarget", "ToErrorMapRStreamsDTarget", "StatsMapRStreamsDTarget"), 3),
    "HdfsDTarget": 4,
    **dict.fromkeys(("KinesisDTarget", "ToErrorKinesisDTarget", "StatsKinesisDTarget"), 6),
    **dict.fromkeys(("AmazonS3DTarget", "ToErrorAmazonS3DTarget"), 9),
}
"""Since which version a stage that writes AVRO is told where the schema is; it stood in the settings before."""
_S3 = {"s3Config.connection.useRegion": Meant(True, 13)}
_KUDU = ("connection.adminOperationTimeout", "connection.operationTimeout")
_RETRIED: Json = (
    JsonMap({"statusCode": 500, "action": "RETRY_EXPONENTIAL_BACKOFF", "backoffInterval": 1000, "maxNumRetries": 10}),
)
MEANT: Mapping[str, Mapping[str, Meant]] = {
    "AmazonS3DExecutor": {"s3Config.connection.useRegion": Meant(True, 3)},
    "AmazonS3DSource": {**_S3, "objectOrdering": Meant("TIMESTAMP", 6)},
    "AmazonS3DTarget": _S3,
    "ToErrorAmazonS3DTarget": _S3,
    "CassandraDTarget": {"protocolVersion": Meant("V3", 3)},
    "ClusterHdfsDSource": {"csvRecordType": Meant("LIST", 2)},
    "KafkaDSource": {"csvRecordType": Meant("LIST", 2)},
    "SpoolDirDSource": {"csvRecordType": Meant("LIST", 3)},
    "FieldHasherDProcessor": {"useSeparator": Meant(True, 3)},
    "ForceDSource": {"subscriptionType": Meant("PUSH_TOPIC", 2)},
    "ForceLookupDProcessor": {"missingValuesBehavior": Meant("SEND_TO_ERROR", 2)},
    "GeolocationDProcessor": {"missingAddressAction": Meant("REPLACE_WITH_NULLS", 3)},
    "HiveMetadataDProcessor": {"dataFormat": Meant("AVRO", 2), "convertTimesToString": Meant(True, 3)},
    "HttpClientDSource": {
        "transferEncoding": Meant("CHUNKED", 7),
        "pagination.startAt": Meant(0, 8),
        "responseStatusActionConfigs": Meant(_RETRIED, 10),
    },
    "HttpDProcessor": {"transferEncoding": Meant("CHUNKED", 2), "headerAttributePrefix": Meant("http-", 3)},
    "JdbcDSource": {"createJDBCNsHeaders": Meant(False, 7)},
    "JdbcDTarget": {"useMultiRowInsert": Meant(True, 3)},
    "JdbcLookupDProcessor": {
        "cacheConfig.enabled": Meant(False, 2),
        "missingValuesBehavior": Meant("SEND_TO_ERROR", 3),
    },
    "JdbcQueryDExecutor": {"batchCommit": Meant(False, 2), "config.isParallel": Meant(False, 3)},
    "JdbcTeeDProcessor": {"defaultOperation": Meant("INSERT", 2)},
    "JmsDSource": {"durableSubscription": Meant(False, 7), "useClientID": Meant(False, 7)},
    "KuduDTarget": dict.fromkeys(_KUDU, Meant(0, 5)),
    "KuduLookupDProcessor": dict.fromkeys(_KUDU, Meant(0, 3)),
    "ListPivotDProcessor": {"replaceListField": Meant(False, 3)},
    "OracleCDCDSource": {"bufferLocally": Meant(False, 3), "dbTimeZone": Meant("UTC", 3)},
    "PostgresCDCDSource": {"generatorQueueMaxSize": Meant(5000, 3)},
    "RandomErrorProcessor": {"discardSomeRecords": Meant(True, 2)},
    "SQLServerCDCDSource": {"cdcTableJdbcConfigBean.useTable": Meant(True, 5), "txnWindow": Meant("${1 * HOURS}", 5)},
    "TCPServerDSource": {"readTimeout": Meant(3600, 4)},
    "WaveAnalyticsDTarget": {"appendTimestamp": Meant(True, 2)},
    "WindowsEventLogDSource": {"readerAPIType": Meant("EVENT_LOGGING", 3)},
}
"""By kind: as ``BEFORE``, for settings that have had another default ever since a version has them."""


def meant(kind: str, version: int) -> Mapping[str, Json]:
    """What settings that came later than a version of a stage mean for it."""
    found: dict[str, Json] = {**BEFORE[ANY], **BEFORE.get(kind, {})}
    if version < _LOOKUP_SINCE.get(kind, 0):
        found |= {"schemaLookupMode": "AUTO", "avroSchemaSource": "SOURCE"}
    if version < _WRITES_AVRO_SINCE.get(kind, 0):
        found["avroSchemaSource"] = "INLINE"
    return found | {name: each.value for name, each in MEANT.get(kind, {}).items() if version < each.before}


SSL_STORES = ("sslConfig.trustStorePath", "sslConfig.keyStorePath")
TLS_SWITCH = "tlsConfig.tlsEnabled"
"""Stores of certificates were used wherever they were named; since there is a switch beside them."""

NO_KEYS = ("awsConfig.credentialMode", ("awsAccessKeyId", "awsSecretAccessKey"), "WITH_IAM_ROLES")
"""A later choice, the settings that it is judged by beside it, and what it means when all of these are empty."""


def kind_of(stage_name: str) -> str:
    """The last part of a stage name, which the tables go by."""
    return stage_name.rsplit("_", 1)[-1]
