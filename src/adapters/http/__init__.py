"""The service over HTTP: the ports against its REST protocol, through httpx."""

from .auth import ApiKeyAuth, BearerAuth, PasswordAuth, ZenApiKeyAuth
from .backend import HttpBackend
from .client import HttpOptions

__all__ = ["ApiKeyAuth", "BearerAuth", "HttpBackend", "HttpOptions", "PasswordAuth", "ZenApiKeyAuth"]
