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

NO_KEYS = ("awsConfig.credentialMode", ("awsAccessKeyId", "awsSecretAccessKey"), "WITH_IAM_ROLES")
"""A later choice, the settings that it is judged by beside it, and what it means when all of these are empty."""


def kind_of(stage_name: str) -> str:
    """The last part of a stage name, which the tables go by."""
    return stage_name.rsplit("_", 1)[-1]
