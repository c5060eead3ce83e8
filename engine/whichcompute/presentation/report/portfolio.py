"""The sums of a portfolio in words: what it costs, could share, would break, and could save."""

from __future__ import annotations

from collections.abc import Iterator

from whichcompute.base.units import plain
from whichcompute.base.words import about, counted
from whichcompute.inventory.tally import BOUNDS, Tally
from whichcompute.pricing import CostModel
from whichcompute.pricing.portfolio import Saving


def portfolio(tally: Tally, model: CostModel) -> list[tuple[str, str]]:
    """Each sum with its title and a sentence; none where no row has an estimate."""
    return list(_lines(tally, model)) if tally.priced.total() else []


def _lines(tally: Tally, model: CostModel) -> Iterator[tuple[str, str]]:
    low, expected, high = (tally.bounds[which] for which in BOUNDS)
    yield (
        "Sum",
        f"about {about(expected)} a month ({about(low)} to {about(high)}) for "
        f"{counted(tally.priced.total(), 'workload')} of {tally.count:,}; the range holds if all low, or all high, "
        "assumptions hold together",
    )
    yield (
        "Rests on",
        ", ".join(
            f"{share:.0%} on {decision} rows"
            for decision, usd in tally.rests_on.most_common()
            if (share := usd / max(expected, 0.01)) >= 0.005
        ),
    )
    found = tally.portfolio
    yield from _shared("Shared load balancers", found.shared_balancers(model), "load balancer")
    yield from _shared("Shared ECS hosts", found.shared_hosts(model), "instance")
    covered, off = found.plans(model)
    if covered:
        yield (
            "Savings plans",
            f"{about(covered)} of the sum is compute that a Compute Savings Plan covers; at the highest discounts, for "
            f"a commitment of three years, up to {about(off)} a month less",
        )
    for quota in found.broken(model):
        yield (
            f"Quota: {quota.name}",
            f"{quota.region} needs about {plain(float(f'{quota.needed:.2g}'))}, a new account has "
            f"{plain(quota.default)}. Request: {quota.request}",
        )


def _shared(title: str, saving: Saving, thing: str) -> Iterator[tuple[str, str]]:
    if saving.workloads:
        yield (
            title,
            f"{counted(saving.workloads, 'workload')} that may share cost {about(saving.usd)} a month apart, and about "
            f"{about(saving.shared)} with {counted(saving.number, thing)}: up to "
            f"{about(saving.usd - saving.shared)} less",
        )
