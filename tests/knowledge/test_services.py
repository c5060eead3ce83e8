from __future__ import annotations

import subprocess
import sys
from typing import get_args

import pytest

from whichcompute.base.errors import DataError
from whichcompute.knowledge.services import (
    ANSWERS,
    NONE,
    RECORDS,
    SERVICE_NAMES,
    SERVICES,
    SHIPPED,
    Answer,
    Service,
    ServiceRecord,
    add_service,
)


def test_every_service_is_listed_once_and_has_a_name() -> None:
    assert get_args(Service) == SERVICES == SHIPPED == tuple(RECORDS)
    assert get_args(Answer) == ANSWERS == (*SERVICES, NONE)
    assert tuple(SERVICE_NAMES) == ANSWERS


def test_colours_differ_in_both_schemes() -> None:
    for scheme in (0, 1):
        assert len({record.colours[scheme] for record in RECORDS.values()}) == len(SERVICES)


def test_a_service_is_refused_once_the_list_is_closed() -> None:
    with pytest.raises(DataError, match="service 'farm' is added too late"):
        add_service(ServiceRecord("farm", "Farm", ("#000000", "#ffffff"), "farm"))


@pytest.mark.parametrize(
    ("ids", "problem"),
    [
        (["Farm 1"], "an id is a lower-case letter"),
        (["lambda"], "service 'lambda' is duplicated"),
        (["none"], "service 'none' is duplicated"),
        (["farm", "farm"], "service 'farm' is duplicated"),
        (["a", "b", "c"], "service 'c' is one too many"),
    ],
    ids=["not an id", "shipped", "none", "added before", "too many"],
)
def test_what_is_wrong_with_a_service_is_said(ids: list[str], problem: str) -> None:
    add = f"for i in {ids}: s.add_service(s.ServiceRecord(i, 'Farm', ('#000000', '#ffffff'), 'farm'))"
    code = f"import whichcompute.knowledge.services as s\n{add}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert problem in done.stderr.splitlines()[-1]
