"""Settings that newer engines added to the HTTP Client stages, with the raw names of published flows."""

from collections.abc import Mapping

import attrs

from .definitions import ModelDefinition, SettingDefinition

SOURCE = "published flows of engine 6 and its documentation"
ORIGIN = "com_streamsets_pipeline_stage_origin_http_HttpClientDSource"
PROCESSOR = "com_streamsets_pipeline_stage_processor_http_HttpDProcessor"
DESTINATION = "com_streamsets_pipeline_stage_destination_http_HttpClientDTarget"
_WRITTEN = "conf.dataFormatRequest.dataGeneratorFormatConfig."
_FORMATS = ("JSON", "SDC_JSON", "TEXT", "DELIMITED", "XML", "BINARY", "AVRO", "PROTOBUF")


def _of(name: str, label: str, kind: str, default: "str | bool | tuple[()] | None") -> SettingDefinition:
    return SettingDefinition(name, name.rsplit(".", 1)[-1], label, kind, default, source=SOURCE)


def _choice(name: str, label: str, default: str, *values: str) -> SettingDefinition:
    return attrs.evolve(_of(name, label, "MODEL", default), model=ModelDefinition("VALUE_CHOOSER", values, values))


_JWT = {"conf.client.oauth2.credentialsGrantType": ("JWT",)}
_CLIENT = (
    attrs.evolve(_of("conf.secureHeaders", "Additional Security Headers", "MAP", ()), evaluation="EXPLICIT"),
    attrs.evolve(
        _of("conf.client.oauth2.jwtHeaders", "JWT Headers", "STRING", None), evaluation="EXPLICIT", depends_on=_JWT
    ),
    attrs.evolve(
        _of("conf.client.oauth2.useCustomAssertion", "Use Custom Assertion", "BOOLEAN", False), depends_on=_JWT
    ),
    attrs.evolve(
        _of("conf.client.oauth2.assertionKeyType", "Assertion Key Type", "STRING", "assertion"), depends_on=_JWT
    ),
)
_TOGETHER = {"conf.singleRequestPerBatch": (True,)}
PASS_RECORD = _of("passRecord", "Pass Record", "BOOLEAN", False)
WEB_SETTINGS: Mapping[str, tuple[SettingDefinition, ...]] = {
    ORIGIN: _CLIENT,
    DESTINATION: _CLIENT,
    PROCESSOR: (
        *_CLIENT,
        _of("conf.responseTimeoutActionConfig.passRecord", "Pass Record", "BOOLEAN", False),
        _of("conf.singleRequestPerBatch", "One Request per Batch", "BOOLEAN", False),
        *(
            attrs.evolve(each, depends_on=_TOGETHER)
            for each in (
                _choice("conf.dataFormatRequest.dataFormat", "Request Data Format", "JSON", *_FORMATS),
                _choice(f"{_WRITTEN}jsonMode", "JSON Content", "MULTIPLE_OBJECTS", "ARRAY_OBJECTS", "MULTIPLE_OBJECTS"),
                _of(f"{_WRITTEN}textFieldPath", "Text Field Path", "STRING", "/text"),
                _of(f"{_WRITTEN}textRecordSeparator", "Record Separator", "STRING", "\\n"),
            )
        ),
    ),
}
DEFAULTS = {(PROCESSOR, "conf.basic.maxWaitTime"): 100_000}
"""Newer engines refuse what was not answered by then; older ones only end their tries."""
EXPLICIT = {(PROCESSOR, "conf.pagination.nextPageURLPrefix")}
"""Settings that are evaluated for every record since."""
