from __future__ import annotations

from dataclasses import replace

import pytest

from whichcompute.base.errors import DataError
from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge.services import RECORDS, SERVICES
from whichcompute.pricing import services
from whichcompute.pricing.price_facts import PriceFacts

FACTS = PriceFacts(all_facts.load())


def test_the_services_have_their_pricing_in_order() -> None:
    assert tuple(services.pricing_of_services(FACTS)) == SERVICES


@pytest.mark.parametrize("module", ["no_such_module", "math"])
def test_a_service_without_a_pricing_is_named(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RECORDS, "batch", replace(RECORDS["batch"], pricing=module))
    with pytest.raises(DataError, match=f"service 'batch': no PRICING in the module '{module}'"):
        services.pricing_of_services(FACTS)
