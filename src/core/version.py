"""The version of penstock."""

VERSION = "0.1.0"
