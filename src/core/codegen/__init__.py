"""Code generation: a flow as the Python script that builds it, for penstock or for the service's own client."""

from .script import CLIENTS, python_script

__all__ = ["CLIENTS", "python_script"]
