from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from whichcompute.knowledge.services import SERVICES
from whichcompute.presentation.charts.palette import COLOURS, look, style, text_at


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("role", ["ink", "soft", *SERVICES])
def test_text_in_every_colour_can_be_read(role: str, scheme: int) -> None:
    assert contrast(COLOURS[role][scheme], COLOURS["paper"][scheme]) >= 4.5


def test_every_service_has_a_colour_of_its_own() -> None:
    for scheme in (0, 1):
        assert len({COLOURS[service][scheme] for service in SERVICES}) == len(SERVICES)


def test_the_style_knows_both_schemes_and_loads_nothing() -> None:
    assert "@media (prefers-color-scheme:dark)" in style()
    assert all(f"--wc-{role}:{light}" in style() and dark in style() for role, (light, dark) in COLOURS.items())
    assert not any(word in style() for word in ("url(", "@import", "http"))


def test_a_look_carries_class_and_colour() -> None:
    light = COLOURS["soft"][0]
    assert look("soft") == f'class="f-soft" fill="{light}"'
    assert look(stroke="soft") == f'class="s-soft" fill="none" stroke="{light}"'
    assert look("paper", "soft").startswith('class="f-paper s-soft"')


def test_text_is_escaped() -> None:
    element = ET.fromstring(text_at(1, 2, 'a <b> & "c" >', look("ink")))
    assert element.text == 'a <b> & "c" >' and not list(element)
