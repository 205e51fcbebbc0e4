"""Settings of newer engines on the HTTP Client stages."""

import pytest

from penstock.adapters.packaged import packaged_catalogue
from penstock.core.catalogue.names import resolve

CATALOGUE = packaged_catalogue()


@pytest.mark.parametrize(
    ("kind", "attribute", "name"),
    [
        ("processor_http_HttpDProcessor", "one_request_per_batch", "conf.singleRequestPerBatch"),
        ("processor_http_HttpDProcessor", "request_data_format", "conf.dataFormatRequest.dataFormat"),
        ("processor_http_HttpDProcessor", "pass_record", "conf.responseTimeoutActionConfig.passRecord"),
        ("processor_http_HttpDProcessor", "additional_security_headers", "conf.secureHeaders"),
        ("origin_http_HttpClientDSource", "use_custom_assertion", "conf.client.oauth2.useCustomAssertion"),
        ("destination_http_HttpClientDTarget", "jwt_headers", "conf.client.oauth2.jwtHeaders"),
    ],
)
def test_settings_of_newer_engines_have_names(kind: str, attribute: str, name: str) -> None:
    """The human-readable name means the raw name of published flows."""
    stage = CATALOGUE.stage(f"com_streamsets_pipeline_stage_{kind}")
    assert stage is not None
    assert name in [each.name for each in resolve(stage.settings, attribute)]


def test_rules_for_statuses_can_pass_records_on() -> None:
    """A part of every row of the processor; the origin has no record to pass on."""
    for kind, wanted in (("processor_http_HttpDProcessor", True), ("origin_http_HttpClientDSource", False)):
        stage = CATALOGUE.stage(f"com_streamsets_pipeline_stage_{kind}")
        assert stage is not None
        (rows,) = resolve(stage.settings, "conf.responseStatusActionConfigs")
        assert rows.model is not None
        assert ("passRecord" in [each.name for each in rows.model.settings]) is wanted
