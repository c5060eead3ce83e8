"""The questionnaire as a user meets it: in a pipe, with a closed input, on a terminal."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Run
from whichcompute.cli.ask.keys import Keys

pty = pytest.importorskip("pty")
WAIT_S = 30


def test_a_closed_input_prints_the_recommendation_on_what_is_known(run: Run, tmp_path: Path) -> None:
    given, kept = tmp_path / "answers.yaml", tmp_path / "saved.yaml"
    given.write_text("kind: event_handler\nmax_duration_s: 5\n")
    done = run("ask", "--answers", given, "--save", kept, "--json")
    assert done.status == 0 and json.loads(done.out)["service"] == "lambda"
    assert "kind: event_handler" in kept.read_text() and "max_duration_s: 5" in kept.read_text()


def test_without_any_standard_input_at_all() -> None:
    command = ["sh", "-c", f"exec {sys.executable} -m whichcompute ask <&-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_S)
    assert done.returncode == 0 and "Traceback" not in done.stderr and "AWS" in done.stdout


def test_prompts_go_to_standard_error_and_the_result_to_standard_output(run: Run) -> None:
    done = run("ask", stdin="1\n")
    assert "What kind of workload is it?" in done.err and "What kind" not in done.out
    assert "based on 1 answer" in done.out and "\x1b" not in done.out + done.err


def test_a_conversation_in_a_pipe(run: Run, tmp_path: Path) -> None:
    kept = tmp_path / "a.yaml"
    lines = ["?", "??", "99", "2", "u", "web_api", "b", "b kind", "I don't know", "s", "q"]
    done = run("ask", "--save", kept, stdin="\n".join(lines) + "\n")
    expected = [
        "Why: ",
        "Sources: ",
        "type 1 to 12",
        "Went back to: ",
        "kind: an API",
        "Noted: What kind",
        "Skipped for now: ",
    ]
    for words in expected:
        assert words in done.err
    assert done.status == 0 and kept.read_text().endswith("kind:\n")


def test_a_number_beyond_the_choices_is_questioned_and_not_taken_for_a_value(run: Run, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("kind: batch_job\n")
    typed = "b max_duration_s\n99\n99s\nmax_duration_s=99s\nq\n"
    done = run("ask", "--answers", tmp_path / "w.yaml", "--save", tmp_path / "a.yaml", stdin=typed)
    assert "99 is not one of 1 to " in done.err
    assert "for an exact value type max_duration_s=99s." in " ".join(done.err.split())
    assert "type max_duration_s=99s or typical_duration_s=99s." in " ".join(done.err.split())
    assert "max_duration_s: 99\n" in (tmp_path / "a.yaml").read_text()


def test_where_it_suggests_to_stop_the_same_letters_work_and_nothing_else_ends_it(run: Run) -> None:
    done = run("ask", stdin="2\nb nonsense\nb\nxx\nb kind\n2\nu\n2\n\n")
    assert done.err.count("There is enough to recommend an answer.") == 5
    assert "Unknown question 'nonsense'." in done.err and "Type b and a name to go back" in done.err
    assert "'xx' is not understood here." in done.err
    assert done.err.count("What kind of workload is it?") > done.err.count("Noted:")
    assert done.err.count("Went back to: ") == 1 and "Static hosting fits best" in done.out


def test_questions_asked_at_once_are_one_step(run: Run, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("kind: batch_job\n")
    typed = ["b memory_mb", "2 3", "memory_mb=4GB vcpus=2", "u", "memory_mb=8GB", "q"]
    done = run("ask", "--answers", tmp_path / "w.yaml", "--save", tmp_path / "a.yaml", stdin="\n".join(typed) + "\n")
    text = " ".join(done.err.split())
    assert "'2 3' answers one question twice" in text and "such as 1 " in text
    assert "Went back to: How much memory" in text
    kept = (tmp_path / "a.yaml").read_text()
    assert "memory_mb: 8192\n" in kept and kept.count("vcpus:") == 1 and "vcpus: 2" not in kept


def test_plain_says_everything_in_sentences(run: Run) -> None:
    done = run("ask", "--plain", stdin="batch_job\n")
    assert "So far: AWS Batch" in done.err and "percent" in done.err
    assert not re.search("[█·]", done.err)


def test_a_contradiction_is_pointed_out(run: Run, tmp_path: Path) -> None:
    given = tmp_path / "a.yaml"
    given.write_text("kind: batch_job\ntypical_duration_s: 2h\n")
    done = run("ask", "--answers", given, stdin="b max_duration_s\n=60\n")
    text = " ".join(done.err.split())
    assert "These answers contradict each other" in text and "longer than the maximum duration" in text
    given.write_text("typical_duration_s: 2h\nmax_duration_s: 60\n")
    assert "These answers contradict each other" in run("ask", "--answers", given, stdin="").err


def test_a_first_session_may_name_the_file_it_is_going_to_write(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "session.yaml"
    assert run("ask", "--answers", path, "--save", path, stdin="1\n").status == 0
    again = run("ask", "--answers", path, "--save", path)
    assert "What kind of workload" not in again.err and "kind: website" in path.read_text()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (
            ["--answers", "/nowhere.yaml"],
            "/nowhere.yaml: no such file; `whichcompute ask --save /nowhere.yaml` begins it",
        ),
        (["--save", "/nowhere/x.yaml"], "/nowhere"),
        (["--answers", "{bad}"], "beos"),
    ],
    ids=["no such answers", "cannot be saved", "a bad answer"],
)
def test_wrong_use_is_one_message_and_status_2(run: Run, tmp_path: Path, args: list[str], words: str) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("os: beos\n")
    done = run("ask", *(arg.replace("{bad}", str(bad)) for arg in args))
    assert done.status == 2 and words in done.err and done.out == ""


class Terminal:
    """A child process on a terminal of its own, with everything it wrote so far."""

    def __init__(self, *args: str, columns: int = 60) -> None:
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            for number in (signal.SIGINT, signal.SIGHUP):  # ignored where the tests run in the background
                signal.signal(number, signal.SIG_DFL)
            os.environ.update(TERM="xterm", COLUMNS=str(columns), LINES="24", NO_COLOR="1")
            os.execv(sys.executable, [sys.executable, "-m", "whichcompute", "ask", *args])
        self.seen = ""
        self.status: int | None = None

    def until(self, words: str) -> str:
        """Reads until `words` stand in what was written since the last call; returns that."""
        end = time.monotonic() + WAIT_S
        new = ""
        while words not in new:
            ready, _, _ = select.select([self.master], [], [], max(0, end - time.monotonic()))
            assert ready, f"'{words}' did not come; last: {new[-800:]}"
            try:
                part = os.read(self.master, 65536).decode("utf-8", "ignore")
            except OSError:  # the other end is closed
                part = ""
            assert part, f"ended before '{words}'; last: {new[-800:]}"
            new += part
        self.seen += new
        return new

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def end(self) -> int:
        """Reads what is left; the exit status."""
        try:
            while part := os.read(self.master, 65536):
                self.seen += part.decode("utf-8", "ignore")
        except OSError:
            pass
        if self.status is None:
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            os.close(self.master)
        return self.status


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    begun: list[Terminal] = []

    def begin(*args: str, **options: int) -> Terminal:
        begun.append(Terminal(*args, **options))
        return begun[-1]

    yield begin
    for child in begun:
        if child.status is None:
            os.kill(child.pid, signal.SIGKILL)
            child.end()


def test_arrows_numbers_and_enter_choose(terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    kept = tmp_path / "a.yaml"
    child = terminal("--save", str(kept))
    child.until("What kind of workload")
    child.type("\x1b[B\x1b[B")
    child.until(">   3")
    child.type("\r")
    child.until("2. ")
    child.type("b kind\r")
    child.until("Again.")
    child.type("8\r")
    child.until("runs to completion")
    child.type("q\r")
    assert child.end() == 0 and "kind: batch_job" in kept.read_text()


def test_a_number_that_is_refused_leaves_the_mark_where_it_was(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    """99 moved it to 9 on the way, and Enter then answered that the workload is a server."""
    kept = tmp_path / "a.yaml"
    child = terminal("--save", str(kept))
    child.until("What kind of workload")
    child.type("99\r")
    child.until("'99' is not an answer")
    child.type("\r")
    child.until("2. ")
    child.type("q\r")
    assert child.end() == 0 and "kind: website" in kept.read_text()


def test_a_page_fits_sixty_columns(terminal: Callable[..., Terminal]) -> None:
    child = terminal(columns=60)
    child.until(": ")
    child.type("?\r")
    child.until("Meaning:")
    child.type("??\r")
    child.until("Sources:")
    child.type("5\r")
    child.until("2. ")
    child.type("\x04")
    assert child.end() == 0
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", child.seen.partition("End of input")[0])
    assert max(len(line) for line in re.split(r"[\r\n]+", shown)) <= 60


def one_answer(terminal: Callable[..., Terminal], folder: Path) -> tuple[Terminal, Path]:
    """A questionnaire whose first answer is saved, and the file in which it is kept."""
    kept = folder / "a.yaml"
    child = terminal("--save", str(kept))
    child.until("What kind of workload")
    child.type("4\r")
    end = time.monotonic() + WAIT_S
    while not (kept.exists() and "event_handler" in kept.read_text()):
        assert time.monotonic() < end, "the answer was not saved"
        time.sleep(0.02)
    return child, kept


def test_ctrl_c_keeps_the_answers_and_prints_the_recommendation(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    child, kept = one_answer(terminal, tmp_path)
    child.type("\x03")
    assert child.end() == 0
    assert "Stopped" in child.seen and "AWS Lambda" in child.seen.partition("Stopped")[2]
    assert "kind: event_handler" in kept.read_text()


def test_a_polite_kill_keeps_the_answers_and_sets_the_terminal_back(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    import termios

    child, kept = one_answer(terminal, tmp_path)
    os.kill(child.pid, signal.SIGTERM)
    child.until("confidence")
    assert termios.tcgetattr(child.master)[3] & termios.ECHO and child.end() == 0
    assert "Stopped" in child.seen and "kind: event_handler" in kept.read_text()


@pytest.mark.parametrize("sent", [signal.SIGHUP, signal.SIGKILL], ids=["the window is closed", "kill -9"])
def test_after_a_rude_end_the_answers_are_whole_and_one_goes_on(
    sent: signal.Signals, terminal: Callable[..., Terminal], tmp_path: Path, run: Run
) -> None:
    child, kept = one_answer(terminal, tmp_path)
    os.kill(child.pid, sent)
    assert child.end() == -sent
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]
    again = run("ask", "--answers", kept, "--json")
    assert "What kind of workload" not in again.err and json.loads(again.out)["service"] == "lambda"


def test_a_terminal_that_is_gone_is_the_end_of_input() -> None:
    reader, writer = os.pipe()
    os.close(writer)
    os.close(reader)
    assert Keys(reader).read() == "end"


def test_enough_is_said_and_one_may_go_on(terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    given = tmp_path / "a.yaml"
    given.write_text("kind: batch_job\nprotocol: none\npackaging: container\ninterruptible: yes\ngpus: 1\n")
    child = terminal("--answers", str(given))
    child.until("Press Enter")
    child.type("c\r")
    child.until("6. ")
    child.type("q\r")
    assert child.end() == 0


def test_the_terminal_is_left_as_it_was(terminal: Callable[..., Terminal]) -> None:
    import termios

    child = terminal()
    child.until("What kind of workload")
    assert not termios.tcgetattr(child.master)[3] & termios.ECHO
    child.type("q\r")
    child.until("confidence")
    assert termios.tcgetattr(child.master)[3] & termios.ECHO and child.end() == 0


def test_what_a_scan_says_is_not_asked_again(run: Run, tmp_path: Path) -> None:
    code, found = tmp_path / "manifest.yml", tmp_path / "found.json"
    code.write_text("name: work\ntype: Worker Service\ncpu: 256\nmemory: 512\nplatform: linux/arm64\n")
    assert run("scan", code, "-o", found).status == 0
    for source in (found, code):
        done = run("ask", "--from", source, stdin="")
        assert done.status == 0 and "work: 7 values" in done.err and "What kind of workload is it?" not in done.err
    assert run("ask", "--from", found, "--workload", "none", stdin="").status == 2
