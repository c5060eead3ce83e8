from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.knowledge.offer_files import EC2, LAMBDA, as_csv, as_json, machine
from whichcompute.base.errors import DataError
from whichcompute.knowledge.offers import MAX_LINE, offers, open_offers

Write = Callable[..., Path]
FORMS = pytest.mark.parametrize("write", [as_json, as_csv], ids=["JSON", "CSV"])


def everything(family: str, attributes: object) -> bool:
    del family, attributes
    return True


def test_both_forms_hold_the_same(tmp_path: Path) -> None:
    found = []
    for write in (as_json, as_csv):
        file = open_offers(write(tmp_path / write.__name__, "AmazonEC2", EC2))
        assert (file.code, str(file.published)) == ("AmazonEC2", "2026-11-20")
        rows = [(o.code, o.family, o.attributes["usagetype"], o.begin, o.usd) for o in offers(file, everything)]
        assert {o.attributes.get("preinstalledsw") for o in offers(file, everything)} >= {"NA", "SQL Web"}
        found.append(sorted(rows))
    assert found[0] == found[1] and len(found[0]) == len(EC2)


@FORMS
def test_only_what_is_wanted_is_kept(write: Write, tmp_path: Path) -> None:
    file = open_offers(write(tmp_path / "x", "AWSLambda", LAMBDA))
    assert [o.usd for o in offers(file, lambda family, attributes: attributes["usagetype"] == "Request")] == [0.0000002]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", "is not an AWS price list file: offer code ''"),
        ('{"offerCode": "../x", "publicationDate": "2026-01-01"}', "is not an AWS price list file"),
        ('{"offerCode": "A", "publicationDate": "soon"}', "publication date 'soon'"),
        ('{"offerCode": 3, "publicationDate": []}', "is not an AWS price list file"),
        ('{"offerCode"', "character 13: the file ends within JSON"),
        ("a,b\nc,d\n", "is not an AWS price list file"),
        ("", "is not an AWS price list file"),
    ],
)
def test_a_file_of_another_kind_is_refused(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(DataError) as refused:
        open_offers(path)
    assert str(refused.value).startswith(f"{path}: ") and words in str(refused.value)


@FORMS
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("0.0000002300", "free", "'free' is not a price or quantity"),
        ("0.0000002300", "-1", "'-1' is not a price or quantity"),
        ("0.0000002300", "1e999", "'1e999' is not a price or quantity"),
    ],
)
def test_a_price_that_is_none_is_named_with_its_place(
    write: Write, old: str, new: str, words: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "x", "AWSLambda", LAMBDA)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(DataError, match=r"terms of SKU0000000000000|row 2 after the header") as refused:
        list(offers(open_offers(path), everything))
    assert words in str(refused.value)


def test_terms_and_rows_of_another_form_are_refused(tmp_path: Path) -> None:
    path = as_json(tmp_path / "x.json", "AWSLambda", LAMBDA)
    path.write_text(path.read_text().replace("priceDimensions", "prices"))
    with pytest.raises(DataError, match="not the form of a price list"):
        list(offers(open_offers(path), everything))
    path = as_csv(tmp_path / "x.csv", "AWSLambda", LAMBDA)
    path.write_text(path.read_text() + "a,b\n")
    with pytest.raises(DataError, match="has 2 cells, the header 18"):
        list(offers(open_offers(path), everything))
    path.write_text(path.read_text().replace("TermType", "Term"))
    with pytest.raises(DataError, match="has no header with SKU, TermType, PricePerUnit and Currency"):
        list(offers(open_offers(path), everything))
    path.write_text('"OfferCode","A"\n"Publication Date","2026-01-01"\n"' + "x" * MAX_LINE)
    with pytest.raises(DataError, match="a line of more than"):
        list(offers(open_offers(path), everything))


@FORMS
def test_memory_does_not_grow_with_the_file(write: Write, tmp_path: Path) -> None:
    peaks = []
    for times in (1, 8):
        many = [
            ("Compute Instance", "BoxUsage:x", machine("us-east-1", f"x{n}.large", operation="o" * 3000), [("0", "1")])
            for n in range(800 * times)
        ]
        file = open_offers(write(tmp_path / "x", "AmazonEC2", many))
        del many
        tracemalloc.start()
        assert list(offers(file, lambda family, attributes: attributes.get("instancetype") == "x7.large"))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 1_000_000 < 12_000_000
