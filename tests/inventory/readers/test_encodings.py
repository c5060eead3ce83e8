"""Text that is not UTF-8 is read in the encoding in which its bytes are letters of one language."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence

import polars as pl
import pytest

from tests.inventory.conftest import Scorer
from whichcompute.base.errors import InventoryError
from whichcompute.inventory.readers import encodings
from whichcompute.inventory.readers.csv_source import CsvSource

GERMAN = "Name;Umgebung;Arbeitsspeicher (GB);Verfügbarkeit\nBüro;Produktion;16;größer\nKöln;Präproduktion;8;Straße\n"
FRENCH = "Nom;Environnement;Mémoire (Go);Système\nlyon;Préproduction;16;Debian\nbâle;Développement;8;arrêté\n"
SPANISH = "Nombre;Entorno;Memoria (GB);Ubicación\nañil;Producción;16;Málaga\nb;Preproducción;8;Córdoba\n"
PORTUGUESE = "Nome;Ambiente;Memória (GB);Descrição\na;Produção;16;São Paulo\nb;Homologação;8;Não crítico\n"
POLISH = "Nazwa;Środowisko;Pamięć (GB);Dział\na;Produkcja;16;Księgowość\nb;Testy;8;Łódź główny\n"
CZECH = "Název;Prostředí;Paměť (GB);Oddělení\na;Produkční;16;Účetnictví\nb;Testovací;8;Řízení jakosti\n"
RUSSIAN = "Имя;Среда;Память (ГБ);Отдел\nсервер1;Продуктив;16;Бухгалтерия\nb;Тест;8;Склад\n"
TURKISH = "Ad;Ortam;Bellek (GB);Bölüm\na;Üretim;16;İşletme\nb;Geliştirme;8;Yazılım\n"
GREEK = "Όνομα;Περιβάλλον;Μνήμη (GB);Τμήμα\na;Παραγωγή;16;Λογιστήριο\n"
WESTERN = ("cp1252", "iso8859-15", "cp850", "mac-roman")
CENTRAL = ("cp1250", "iso8859-2", "cp852")
TEXTS = [
    *((text, encoding) for text in (GERMAN, FRENCH, SPANISH) for encoding in (*WESTERN, "cp437")),
    *((PORTUGUESE, encoding) for encoding in WESTERN),
    *((text, encoding) for text in (POLISH, CZECH, GERMAN) for encoding in CENTRAL),
    *((RUSSIAN, encoding) for encoding in ("cp1251", "cp866", "koi8-r")),
    *[(TURKISH, "cp1254"), (GREEK, "cp1253")],
    *((text, encoding) for text in (FRENCH, RUSSIAN) for encoding in ("utf-16-le", "utf-16-be")),
]


def opened(data: bytes) -> tuple[str, list[str]]:
    source = CsvSource(io.BytesIO(data), "in.csv")
    rows = b"".join(piece.data for piece in source.pieces()).decode()
    return source.separator.join(source.columns) + "\n" + rows, source.notices


@pytest.mark.parametrize(("text", "encoding"), TEXTS)
def test_a_list_is_read_in_its_encoding_which_is_named(text: str, encoding: str) -> None:
    read, said = opened(text.encode(encoding))
    assert read == text
    assert "read as" in said[0]


@pytest.mark.parametrize("encoding", ["cp850", "cp437", "mac-roman", "cp1252", "cp1250"])
@pytest.mark.parametrize(("word", "is_one"), [("Préproduction", "dev_test"), ("Developpement", "dev_test")])
def test_what_comes_before_production_is_not_production(scorer: Scorer, encoding: str, word: str, is_one: str) -> None:
    scorer(f"name,environment,vcpus,memory_mb,note\na,{word},4,8192,é\n".encode(encoding), values=True)
    assert pl.read_csv(scorer.folder / "out.csv")["read_environment"].to_list() == [is_one]


@pytest.mark.parametrize(
    ("word", "encoding"), [("Präproduktion", "mac-roman"), ("Ubicación", "mac-roman"), ("Mzda č. 5", "cp1250")]
)
def test_encodings_that_fit_as_well_are_named_with_what_they_read(word: str, encoding: str) -> None:
    _, (said,) = opened(f"name,environment\na,{word}\n".encode(encoding))
    assert " fits as well ('" in said
    assert "save it as UTF-8" in said


def test_bytes_that_are_letters_in_no_encoding_are_said_to_fit_badly() -> None:
    _, (said,) = opened(b"name,environment\na,\x01\xff\x9f\xa0\xf7\xb1\xff\n")
    assert "save it as UTF-8" in said


def test_a_clear_encoding_is_in_no_doubt() -> None:
    for encoding in WESTERN:
        _, (said,) = opened(FRENCH.encode(encoding))
        assert "fits" not in said


@pytest.mark.parametrize(
    "word",
    [
        "Pr‚production",
        "Pr„produktion",
        "Pr\ufffdproduction",
        "Pr\x82production",
        "Pr│prod",
        "Œuvre\x9dprod",
        "Prod‚",
        "Prod„ 2",
    ],
)
def test_a_sign_within_a_word_is_a_letter_that_was_misread(scorer: Scorer, word: str) -> None:
    scorer(f"name,environment,vcpus,memory_mb\na,{word},4,8192\n".encode(), values=True)
    row = pl.read_csv(scorer.folder / "out.csv").row(0, named=True)
    assert row["read_environment"] is None
    assert "cannot be read" in row["notes"]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        (unicodedata.normalize("NFD", "Préproduction"), "dev_test"),
        (unicodedata.normalize("NFD", "Développement"), "dev_test"),
        ("„Produktion“", "production"),
        ("Prod–Paris", "production"),
        ("Prod®", "production"),
        ("本番（東京）", "production"),
    ],
)
def test_accents_apart_and_signs_around_words_are_read(scorer: Scorer, word: str, value: str) -> None:
    scorer(f"name,environment,vcpus,memory_mb\na,{word},4,8192\n".encode(), values=True)
    assert pl.read_csv(scorer.folder / "out.csv")["read_environment"].to_list() == [value]


def test_of_text_in_one_line_no_more_than_its_beginning_is_searched_for_titles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched: list[int] = []

    def counted(cells: Sequence[str]) -> int:
        searched.append(sum(map(len, cells)))
        return 0

    monkeypatch.setattr(encodings, "named", counted)
    assert encodings.encoding_of("Büro;".encode("cp1252") * 100_000).encoding == "cp1252"
    assert max(searched) <= 4096


def test_what_only_begins_as_utf_16_is_refused_with_what_to_do() -> None:
    with pytest.raises(InventoryError, match="begins as UTF-16 but is not UTF-16 text; save it as UTF-8"):
        opened("name,environment\na,b\n".encode("utf-16-le") + b"\x20\xd8\x20\xd8")
