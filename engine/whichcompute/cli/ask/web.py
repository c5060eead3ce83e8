"""The questionnaire as a page for the browser, served on this machine only, under an address that cannot be guessed.

One page, nothing loaded from elsewhere, nothing stored; the same Interview as in the terminal.
"""

from __future__ import annotations

import hmac
import json
import secrets
import sys
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from whichcompute.base.errors import WhichcomputeError
from whichcompute.cli.ask.words import share
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.presentation.recommendation import render

if TYPE_CHECKING:
    from whichcompute.questionnaire.interview import Interview
    from whichcompute.questionnaire.questions import Question


def answered(interview: Interview, step: str, given: Mapping[str, Any]) -> str | None:
    """Carries out a step of the page; returns the question to show next, None for whichever is best.

    Steps: state, answer (field, value, choice; or `answers`, a list of these), skip (field), ask (field), undo, go-on.
    Raises WorkloadError, KeyError.
    """
    if step == "answer":
        answers = given.get("answers", [given])
        interview.answer_together({each["field"]: _value(interview, each) for each in answers})
    elif step == "skip":
        interview.skip(*(part.field for part in interview.question(given["field"]).parts))
    elif step == "ask":
        return interview.question(given["field"]).field
    elif step == "undo":
        undone = interview.undo()
        return undone.field if undone else None
    elif step == "go-on":
        interview.go_on()
    elif step != "state":
        raise KeyError(step)
    return None


def _value(interview: Interview, given: Mapping[str, Any]) -> object:
    # The words of a range are looked up here: what a page sends is not to be trusted in a file.
    value, number = given.get("value"), given.get("choice")
    choices = interview.question(given["field"]).choices
    if isinstance(number, int) and 0 <= number < len(choices) and choices[number].value == value:
        return choices[number].value
    return value


def state(interview: Interview, wanted: str | None = None) -> dict[str, Any]:
    """Everything the page shows: the question with what its answers mean, the ranking, the answers so far."""
    question = interview.question(wanted) if wanted else interview.next_question()
    return {
        "question": _question(interview, question) if question else None,
        "ranking": [
            {"name": s.name, "probability": s.probability, "ruled_out": s.ruled_out, "share": share(s)}
            for s in interview.ranking
        ],
        "firmness": interview.firmness,
        "more": not interview.settled and bool(interview.open),
        "contradictions": [c.text for c in interview.contradictions],
        "answered": [
            {
                "field": step.field,
                "text": DESCRIPTORS[step.field].question,
                "answer": step.words,
            }
            for step in interview.steps.values()
        ],
    }


def _question(interview: Interview, question: Question) -> dict[str, Any]:
    consequences = interview.consequences(question)
    means = [
        {
            "effects": [f"{does} {', '.join(names)}" for does, names in consequence.effects],
            "sources": list(dict.fromkeys(cited.title for cited in consequence.sources)),
        }
        for consequence in consequences
    ]
    chosen = interview.chosen(question)
    return {
        **question.to_dict(),
        "means": means,
        "chosen": question.choices.index(chosen) if chosen else None,
        "number": None if question.field in interview.steps else interview.asked + 1,
        "also": [_question(interview, part) for part in question.also],
    }


HOST = "127.0.0.1"
_MAX_BYTES = 10_000
_SECONDS = 30  # for a request to arrive
_WIDTH, _UNWRAPPED = 100, 10_000  # columns of the text to copy, and of the one that the page lays out
_PAGE = Path(__file__).with_name("page.html")


class Site(ThreadingHTTPServer):
    """Serves one interview on a free port of the loopback interface; `keep` runs after each step."""

    daemon_threads = True

    def __init__(self, interview: Interview, keep: Callable[[], None], *, free_tier: bool = False) -> None:
        super().__init__((HOST, 0), _Handler)
        self.token, self.nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(16)
        self.page = _PAGE.read_text(encoding="utf-8").replace("{{nonce}}", self.nonce)
        self.interview, self.keep, self.free_tier = interview, keep, free_tier
        self.lock = Lock()  # browsers ask in parallel, an interview takes one step at a time
        self.hosts = {f"{name}:{self.server_port}" for name in (HOST, "localhost")}

    @property
    def address(self) -> str:
        """The address of the page."""
        return f"http://{HOST}:{self.server_port}/{self.token}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stays silent: a browser that goes away in the middle of a request is not an error."""

    def step(self, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """The state after a step; WorkloadError and KeyError when it makes no sense."""
        with self.lock:
            if name == "finish":
                result = self.interview.recommendation(free_tier=self.free_tier)
                text, whole = (render(result, width=n, firmness=self.interview.firmness) for n in (_WIDTH, _UNWRAPPED))
                return {"recommendation": {"text": text, "lines": whole.splitlines()}}
            wanted = answered(self.interview, name, given)
            self.keep()
            return state(self.interview, wanted)


class _Handler(BaseHTTPRequestHandler):
    server: Site
    timeout = _SECONDS
    server_version = "whichcompute"
    sys_version = ""

    def do_GET(self) -> None:  # the name is http.server's
        if self._place() == "":
            self._send(HTTPStatus.OK, self.server.page.encode(), "text/html; charset=utf-8")
        else:
            self._send(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        name = self._place()
        if name is None:
            self._send(HTTPStatus.NOT_FOUND)
            return
        try:
            answer = self.server.step(name, self._given())
        except (WhichcomputeError, ValueError, KeyError, TypeError, RecursionError) as error:
            self._json(HTTPStatus.BAD_REQUEST, {"error": str(error)})
            return
        self._json(HTTPStatus.OK, answer)
        if name == "finish":
            Thread(target=self.server.shutdown, daemon=True).start()  # must not wait for this very request

    def _place(self) -> str | None:
        # None: not ours. The host is compared so that no other site can reach us under its own name.
        parts = self.path.split("/")
        known = self.headers.get("Host", "") in self.server.hosts
        if not known or len(parts) != 3 or not hmac.compare_digest(parts[1].encode(), self.server.token.encode()):
            return None
        return parts[2]

    def _given(self) -> Mapping[str, Any]:
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= _MAX_BYTES or self.headers.get("Content-Type") != "application/json":
            raise ValueError("a small JSON object is needed")
        given = json.loads(self.rfile.read(length) or b"{}")
        if not isinstance(given, dict):
            raise ValueError("a JSON object is needed")
        return given

    def _json(self, status: HTTPStatus, content: Mapping[str, Any]) -> None:
        self._send(status, json.dumps(content).encode(), "application/json")

    def _send(self, status: HTTPStatus, content: bytes = b"", kind: str = "text/plain") -> None:
        nonce = self.server.nonce
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header(
            "Content-Security-Policy",
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
            "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        )
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Stays silent: the address is a secret."""


def serve(interview: Interview, keep: Callable[[], None], *, free_tier: bool = False) -> None:
    """Serves the page until it is finished there or Ctrl-C is pressed; says the address on standard error."""
    with Site(interview, keep, free_tier=free_tier) as site:
        print(f"Open this address in a browser on this machine: {site.address}", file=sys.stderr)
        print("Finish there, or press Ctrl-C here, for the recommendation.", file=sys.stderr, flush=True)
        try:
            site.serve_forever(poll_interval=0.1)
        except KeyboardInterrupt:
            print(file=sys.stderr)
