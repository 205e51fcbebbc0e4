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


@attrs.frozen
class Renamed:
    """A setting that has another name since, ``new``; None: it is gone. ``change`` gives the value under that name."""

    old: str
    new: str | None
    change: Change = _same


@attrs.frozen
class Replaced:
    """A value that means another one for stages made before version ``before``."""

    setting: str
    old: Json
    new: Json
    before: int


_HTTP_TIMEOUTS = {
    "HttpClientDSource": (16, 250_000, 30_000),
    "HttpClientDTarget": (5, 250_000, 30_000),
    "ControlHubApiDProcessor": (4, 10_000, 10_000),
}
REPLACED: Mapping[str, tuple[Replaced, ...]] = {
    **{
        kind: (Replaced("connectTimeoutMillis", 0, connect, before), Replaced("readTimeoutMillis", 0, read, before))
        for kind, (before, connect, read) in _HTTP_TIMEOUTS.items()
    },
    "HttpDProcessor": (  # the old default meant the tries only; since answers that come later are refused
        Replaced("connectTimeoutMillis", 0, 250_000, 14),
        Replaced("readTimeoutMillis", 0, 30_000, 14),
        Replaced("maxWaitTime", 2000, 100_000, 17),
    ),
    "AmazonS3DSource": (Replaced("archivingOption", "MOVE_TO_DIRECTORY", "MOVE_TO_PREFIX", 4),),
    **{
        kind: (
            Replaced("maxOutstandingElementCount", 0, 1000, 4),
            Replaced("maxOutstandingRequestBytes", 0, 8000, 4),
        )
        for kind in ("PubSubDTarget", "ToErrorPubSubDTarget")
    },
    "FieldHasherDProcessor": (Replaced("hashType", "SHA2", "SHA256", 4),),
    "SplitterDProcessor": (  # one character that became a regular expression
        *(Replaced("separator", sign, f"\\{sign}", 2) for sign in ".$|()[{^?*+\\"),
        Replaced("separator", " ", "[ ]", 2),
    ),
}
"""By kind, the last part of its stage name."""

_ELASTIC = (
    Renamed("httpUris", "connection.serverUrl", _joined),
    Renamed("sslTruststorePath", "sslTrustStorePath"),
    Renamed("sslTruststorePassword", "sslTrustStorePassword"),
    Renamed("shieldUser", "securityUser"),
    Renamed("useShield", "useSecurity"),
)
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
    "SpoolDirDSource": (Renamed("textMaxObjectLen", "textMaxLineLen"),),
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

ONE_ROW: Mapping[str, tuple[str, Mapping[str, Json]]] = {
    "GeolocationDProcessor": ("dbConfigs", {"geoIP2DBFile": "", "geoIP2DBType": "COUNTRY"}),
}
"""By kind: a list of rows whose only row was written as settings of its own, with what each meant when missing."""

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
    **dict.fromkeys(
        ("ClusterHdfsDSource", "KafkaDSource", "KinesisDSource", "MapRStreamsDSource", "HttpDProcessor"), 5
    ),
    "SpoolDirDSource": 8,
    "HttpClientDSource": 9,
}
"""Since which version a stage that reads AVRO is told where the id of a schema is."""
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
    "ClusterHdfsDSource": {"csvRecordType": Meant("LIST", 2)},
    "KafkaDSource": {"csvRecordType": Meant("LIST", 2)},
    "SpoolDirDSource": {"csvRecordType": Meant("LIST", 3)},
    "FieldHasherDProcessor": {"useSeparator": Meant(True, 3)},
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
    "JdbcLookupDProcessor": {"missingValuesBehavior": Meant("SEND_TO_ERROR", 3)},
    "JdbcQueryDExecutor": {"batchCommit": Meant(False, 2)},
    "JdbcTeeDProcessor": {"defaultOperation": Meant("INSERT", 2)},
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
        found["schemaLookupMode"] = "AUTO"
    return found | {name: each.value for name, each in MEANT.get(kind, {}).items() if version < each.before}


NO_KEYS = ("awsConfig.credentialMode", ("awsAccessKeyId", "awsSecretAccessKey"), "WITH_IAM_ROLES")
"""A later choice, the settings that it is judged by beside it, and what it means when all of these are empty."""


def kind_of(stage_name: str) -> str:
    """The last part of a stage name, which the tables go by."""
    return stage_name.rsplit("_", 1)[-1]
