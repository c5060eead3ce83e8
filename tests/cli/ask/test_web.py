from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http.client import HTTPConnection
from threading import Thread
from typing import Any

import pytest

from whichcompute.cli.ask.web import HOST, Site
from whichcompute.presentation.recommendation import render
from whichcompute.questionnaire import Interview

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def site(interview: Interview) -> Iterator[Site]:
    kept: list[int] = []
    with Site(interview, lambda: kept.append(1)) as site:
        thread = Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield site
        site.shutdown()
        thread.join()


def call(
    site: Site, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> tuple[int, Any, Any]:
    connection = HTTPConnection(HOST, site.server_port, timeout=10)
    connection.request(method, path, json.dumps(body) if body is not None else None, headers or JSON)
    reply = connection.getresponse()
    text = reply.read().decode()
    connection.close()
    return reply.status, reply.headers, text


def test_the_page_is_self_contained_and_may_load_nothing(site: Site) -> None:
    status, headers, page = call(site, "GET", f"/{site.token}/")
    assert status == 200 and "default-src 'none'" in headers["Content-Security-Policy"]
    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", page) and "http" not in page.replace("https:", "")
    assert f'<script nonce="{site.nonce}">' in page and "{{" not in page


@pytest.mark.parametrize("path", ["/", "/x/", "/{token}", "/{token}/other", "/{token}/state/x"])
def test_every_other_address_is_unknown(site: Site, path: str) -> None:
    assert call(site, "GET", path.replace("{token}", site.token))[0] == 404


def test_without_the_token_nothing_can_be_done(site: Site) -> None:
    assert call(site, "POST", "/wrong/undo", {})[0] == 404


def test_another_name_for_this_machine_is_refused(site: Site) -> None:
    assert call(site, "GET", f"/{site.token}/", headers={"Host": "evil.example"})[0] == 404


def test_it_listens_on_this_machine_only(site: Site) -> None:
    assert site.server_address[0] == "127.0.0.1"


def test_a_form_of_another_page_cannot_post(site: Site) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert call(site, "POST", f"/{site.token}/undo", {}, headers)[0] == 400


def test_answers_come_back_as_state_and_mistakes_as_words(site: Site) -> None:
    _, _, text = call(site, "POST", f"/{site.token}/answer", {"field": "kind", "value": "web_api"})
    assert json.loads(text)["answered"][0]["field"] == "kind"
    status, _, text = call(site, "POST", f"/{site.token}/answer", {"field": "gpus", "value": "many"})
    assert status == 400 and "whole number" in json.loads(text)["error"]


@pytest.mark.parametrize(
    ("body", "length"),
    [("[]", ""), ("{", ""), ("x" * 20_000, ""), ("[" * 4_000, ""), ("{}", "-1"), ("{}", "two"), ("{}", "9" * 30)],
    ids=["a list", "no JSON", "too long", "nested", "negative length", "no length", "a length beyond all"],
)
def test_a_bad_body_is_refused(site: Site, body: str, length: str) -> None:
    connection = HTTPConnection(HOST, site.server_port, timeout=10)
    connection.request("POST", f"/{site.token}/state", body, JSON | ({"Content-Length": length} if length else {}))
    assert connection.getresponse().status == 400
    connection.close()


def test_finishing_gives_the_recommendation_and_ends_the_site(interview: Interview) -> None:
    interview.answer("kind", "event_handler")
    with Site(interview, lambda: None) as site:
        thread = Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        _, _, text = call(site, "POST", f"/{site.token}/finish", {})
        thread.join(timeout=10)
    wrapped, whole = (
        render(interview.recommendation(), width=width, firmness=interview.firmness) for width in (100, 10_000)
    )
    assert json.loads(text)["recommendation"] == {"text": wrapped, "lines": whole.splitlines()}
    assert not thread.is_alive()
