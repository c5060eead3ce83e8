from __future__ import annotations

import csv
import html
import html.parser
import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from tests.presentation.report.conftest import Reporter
from whichcompute import Engine

HOSTILE = [
    "</script><script>document.title='broken'</script>",
    "<img src=x onerror=\"document.title='broken'\">",
    "<!--<script>",
    "{{ 7 * 7 }}",
    "javascript:document.title='broken'",
    "\u2028x",
]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


class Elements(html.parser.HTMLParser):
    """The elements of a page with their attributes, and the text of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][0] == "script":
            self.scripts[-1] += data


def hostile_csv() -> str:
    quoted = [f'"{text.replace(chr(34), chr(34) * 2)}",event_handler,12\n' for text in HOSTILE]
    return "workload_id,kind,max_duration_s\n" + "".join(quoted) + '"bad",<script>alert(1)</script>,1\n'


def test_text_of_the_inventory_makes_no_element_and_no_script(reporter: Reporter) -> None:
    _, page = reporter(hostile_csv(), strict=True)
    elements = Elements(page)
    assert [tag for tag, _ in elements.found].count("script") == 2
    assert not [tag for tag, _ in elements.found if tag in ("img", "iframe", "object", "embed", "link", "base", "form")]
    assert not [name for _, attributes in elements.found for name in attributes if name.startswith("on")]
    assert json.loads(elements.scripts[0])["name"] == HOSTILE
    assert "&lt;script&gt;alert(1)" in page


def test_the_page_needs_nothing_from_elsewhere(reporter: Reporter) -> None:
    _, page = reporter("kind\nwebsite\n")
    elements = Elements(page)
    assert not [attributes for _, attributes in elements.found if {"src", "srcset", "action"} & set(attributes)]
    assert all((attributes.get("href") or "#").startswith("#") for _, attributes in elements.found)
    assert "@import" not in page
    assert "url(" not in page


def test_the_policy_lets_only_its_own_script_and_style_run(reporter: Reporter) -> None:
    _, page = reporter("kind\nwebsite\n")
    policy = next(a["content"] or "" for tag, a in Elements(page).found if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_what_a_reader_looks_for_is_there(reporter: Reporter, engine: Engine) -> None:
    outcome, page = reporter(
        "workload_id,kind,max_duration_s\na,event_handler,12\nb,batch_job,2h\nc,webapi,\nd,website,1,2\n"
    )
    text = re.sub(r"<[^>]+>", " ", page)
    for expected in (
        "Where 3 workloads should run",
        "in.csv",
        engine.recommender.fingerprint,
        "1",
        "row rejected",
    ):
        assert expected in text
    assert "lambda.duration-exceeds-limit-unless-split" in text
    remedy = html.unescape(text)
    assert engine.pack.rule("lambda.duration-exceeds-limit-unless-split").entry.remedy[:30] in remedy
    assert outcome.rejects_file in text.replace("\n", " ")


@pytest.mark.parametrize("text", ["kind\n", "kind,os\nwebapi,linux\n"], ids=["no rows", "little read"])
def test_thin_inventories_still_give_a_page(reporter: Reporter, text: str) -> None:
    _, page = reporter(text)
    assert page.rstrip().endswith("</html>")


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
def test_a_browser_shows_the_rows_and_runs_no_foreign_script(reporter: Reporter, tmp_path: Path) -> None:
    reporter(hostile_csv(), strict=True)
    words = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", f"file://{tmp_path}/page.html"]
    dom = subprocess.run(words, capture_output=True, text=True, timeout=120).stdout
    title = re.search(r"<title>(.*?)</title>", dom)
    assert title is not None
    assert title[1] == "Where 6 workloads should run"
    body = dom[dom.index('<tbody id="rows">') :]
    assert body[: body.index("</tbody>")].count("<tr>") == len(HOSTILE)
    assert "6 of 6 workloads" in dom
    assert "&lt;img src=x" in body


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
def test_the_rows_that_a_search_finds_are_saved_without_formulas(reporter: Reporter, tmp_path: Path) -> None:
    _, page = reporter('workload_id,kind\nfirst,web_api\n"=1+1, a ""shop""",batch_job\nlast,website\n')
    search = """<script>
      URL.createObjectURL = (file) => {
        file.text().then((text) => { document.title = JSON.stringify(text); });
        return "#";
      };
      document.getElementById("search").value = "shop";
      document.getElementById("search").dispatchEvent(new Event("input"));
      setTimeout(() => document.getElementById("save").click(), 500);
    </script>"""
    # The policy of the page allows its own script alone, so that of the test needs a page without it.
    page = re.sub(r"<meta http-equiv=.Content-Security-Policy.[^>]*>", "", page)
    (tmp_path / "open.html").write_text(page.replace("</body>", f"{search}</body>"), "utf-8")
    words = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--dump-dom"]
    dom = subprocess.run([*words, f"file://{tmp_path}/open.html"], capture_output=True, text=True, timeout=120).stdout
    title = re.search(r"<title>(.*?)</title>", dom)
    assert title is not None
    header, row = csv.reader(json.loads(unescape(title[1])).splitlines())
    assert dict(zip(header[:4], row, strict=False)) == {
        "line": "3", "workload": "'=1+1, a \"shop\"", "answer": "", "decision": "undecided",
    }  # fmt: skip


def test_a_place_outside_is_named_in_chart_table_and_filter(reporter: Reporter) -> None:
    _, page = reporter("hostname,os,vcpu,memory gb\na,Ubuntu,4,16\nb,AIX 7.2,4,16\n")
    assert '<option value="ec2">Amazon EC2</option><option value="keep">Where it is</option>' in page
    assert "Amazon EC2 1; Where it is 1;" in page
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    assert data["shared"]["answer"]["texts"] == ["ec2", "keep"] and data["names"]["ec2"] == "Amazon EC2"
