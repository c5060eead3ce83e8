"""What is in front of functions: API Gateway for HTTP and WebSocket, and RDS Proxy for databases."""

from __future__ import annotations

from whichcompute.pricing.bill import Lines, Part
from whichcompute.pricing.demand import Demand
from whichcompute.pricing.ops import Ops, Quantity
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.scenario import Scenario

_KB_PER_MB = 1024.0
_MINUTES_PER_HOUR = 60.0


class Front:
    """Prices of API Gateway, by its metering units, and of RDS Proxy."""

    def __init__(self, facts: PriceFacts) -> None:
        self._lines = facts.part(Lines)
        self.units = {api: facts.number(f"api_gateway.{api}_unit") for api in ("http", "websocket")}
        self.body_max = {
            "http": facts.number("api_gateway.payload_max") * _KB_PER_MB,
            "websocket": facts.number("api_gateway.websocket_message_max"),
        }
        self.proxy_vcpus = facts.number("rds.proxy_min_vcpus")
        self.proxy_from = facts.number("cost.proxy_from_peak")
        self.hours = facts.hours

    def lines(self, ops: Ops, scenario: Scenario, demand: Demand) -> list[Part]:
        """The lines of the API in front of functions; none for functions that clients do not call."""
        if ops.nowhere(demand.reached):
            return []
        million = demand.runs / 1e6
        sent = ops.where(demand.socket, million * self._units(ops, scenario, "websocket"), 0.0)
        minutes = ops.where(demand.socket, demand.open * self.hours * _MINUTES_PER_HOUR / 1e6, 0.0)
        lines = {"API Gateway, WebSocket messages": sent, "API Gateway, WebSocket connections": minutes}
        if scenario.says("api_in_front"):  # a function URL costs nothing
            called = ops.where(demand.web, million, 0.0)
            if scenario.says("rest_api"):
                lines["API Gateway, REST API"] = called
            else:
                lines["API Gateway, HTTP API"] = called * self._units(ops, scenario, "http")
        return self._lines(ops, lines)

    def _units(self, ops: Ops, scenario: Scenario, api: str) -> Quantity:
        if not scenario.says("full_payload"):
            return 1.0
        kb = ops.smaller(ops.default(ops.read("payload_mb"), 0.0) * _KB_PER_MB, self.body_max[api])
        return ops.larger(ops.ceil(kb / self.units[api]), 1.0)

    def database_proxy(self, ops: Ops, scenario: Scenario) -> list[Part]:
        """The line of RDS Proxy, where functions have a relational database and may be many."""
        used = ops.is_in(ops.read("relational_database"), True)
        if ops.nowhere(used):
            return []
        if not scenario.says("database_proxy"):
            used = used & (ops.default(ops.read("peak_concurrency"), 0.0) >= self.proxy_from)
        return self._lines(ops, {"RDS Proxy": ops.where(used, self.hours * self.proxy_vcpus, 0.0)})

    @staticmethod
    def words(demand: Demand) -> str:
        """What is assumed of the API, in words."""
        if demand.socket:
            return "each invocation is a message of a WebSocket API; connections are counted where the peak is known"
        return "requests arrive through an HTTP API (low: a function URL, high: a REST API)" if demand.web else ""
