"""Counters for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """The counters of one server, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ["method", "path", "status"]
        self.requests = Counter("penstock_requests", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram(
            "penstock_request_seconds", "Time to answer", ["method", "path"], registry=self.registry
        )
        self.active = Gauge("penstock_requests_active", "Requests being answered", registry=self.registry)
        self.refused = Counter("penstock_logins_refused", "Requests with a wrong token", registry=self.registry)

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
