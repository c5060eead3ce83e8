"""The sums of a portfolio in words: what it costs, could share, would break, and could save."""

from __future__ import annotations

from collections.abc import Iterator

from whichcompute.base.units import plain
from whichcompute.base.words import about, counted, estimated
from whichcompute.knowledge.services import NONE
from whichcompute.pricing.portfolio import Portfolio, Sharing

_ROWS: dict[str, str] = {NONE: "rows that belong outside the services compared"}


def sums(found: Portfolio) -> list[tuple[str, str]]:
    """Each sum with its title and a sentence; none where no row has an estimate."""
    return list(_lines(found)) if found.priced else []


def _lines(found: Portfolio) -> Iterator[tuple[str, str]]:
    yield (
        "Sum",
        f"{estimated(found.expected)} a month ({about(found.low)} to {about(found.high)}) for "
        f"{counted(found.priced, 'workload')} of {found.workloads:,}; the range holds if all low, or all high, "
        "assumptions hold together",
    )
    yield (
        "Rests on",
        ", ".join(
            f"{share:.0%} on {_ROWS.get(decision, f'{decision} rows')}"
            for decision, usd in found.rests_on.items()
            if (share := usd / max(found.expected, 0.01)) >= 0.005
        ),
    )
    yield from _shared("Shared load balancers", found.load_balancers, "load balancer")
    yield from _shared("Shared ECS hosts", found.ecs_hosts, "instance")
    if (plan := found.savings_plan) is not None:
        yield (
            "Savings plans",
            f"{about(plan.covered_usd)} of the sum is compute that a Compute Savings Plan covers (instances of "
            "Windows not counted, as no plan lowers the licence in their price); at the highest "
            f"discounts, for a commitment of three years, up to {about(plan.saves_usd)} a month less",
        )
    for quota in found.quotas:
        yield (
            f"Quota: {quota.name}",
            f"{quota.region} needs about {plain(float(f'{quota.needed:.2g}'))}, a new account has "
            f"{plain(quota.default)}. Request: {quota.request}",
        )


def _shared(title: str, sharing: Sharing | None, thing: str) -> Iterator[tuple[str, str]]:
    if sharing is not None:
        yield (
            title,
            f"{counted(sharing.workloads, 'workload')} that may share cost {about(sharing.usd)} a month separately, "
            f"and {about(sharing.shared_usd)} with {counted(sharing.number, thing)}: up to "
            f"{about(sharing.usd - sharing.shared_usd)} less",
        )
