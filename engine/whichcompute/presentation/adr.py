"""An architecture decision record: a recommendation as a Markdown document, ready to be committed to a repository.

Every text that comes from a workload, a rule pack or a source is escaped, so none of it can act as Markdown or HTML.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date

from whichcompute.base.units import range_words
from whichcompute.base.version import VERSION
from whichcompute.base.words import joined, percent, plural, upper
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.services import NONE, SERVICE_NAMES
from whichcompute.presentation.citations import Citations
from whichcompute.presentation.own_text import OwnText, hashes, with_own_text
from whichcompute.presentation.recommendation import key_reasons, money, reason_text, status
from whichcompute.recommender.result import Cited, Reason, Recommendation, Verdict
from whichcompute.recommender.summary import strongest

_SPECIAL = re.compile(r"([\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_]))")
_ADDRESS = re.compile(r"(?<=\w)(:)(?=//)|(?<=www)(\.)", re.IGNORECASE)  # would become a link by itself
_REFERENCE = re.compile(r"@(?=\w)|#(?=\d)|\bGH-(?=\d)", re.IGNORECASE)
"""What code hosts make a mention, which notifies people, or a link to an issue. They look at the rendered text, where
an escape is gone: only a character of no width between the two keeps them from it."""
_BLOCK = re.compile(r"^([#+=-]|\d+(?=[.)](\s|$)))")  # would begin a heading, a list or a rule
_IN_BLOCK = re.compile(r"[<>&`*|~$\[\]]|(?<!\w)_|_(?!\w)")
FENCE = "```json whichcompute"
"""The line that opens the machine-readable block of a record."""
_FIELD = re.compile(rf"\b({'|'.join(name for name in DESCRIPTORS if '_' in name)}|vcpus|gpus|os)\b")
_FIELD_BESIDE = re.compile(rf" \((?:{_FIELD.pattern})\)")
KEEP = "keep"  # the place outside that means: where it is
_AMPLE = 0.9  # of a limit: what leaves more is not worth a line
CONSIDERATIONS = 5
"""As many points to settle are listed."""
_DECISIONS = {
    "decided": "It is clearly ahead of the other options.",
    "close": "It is ahead by little.",
    "undecided": "Answer what is unknown before deciding.",
    "none": "None of the services compared fits as well.",
}
_ALONE = "It is clearly ahead of the other options, but provisional until the cautions and caveats below are settled."


def write(
    recommendation: Recommendation,
    overturns: Iterable[str] = (),
    day: date | None = None,
    *,
    free_tier: bool = False,
    supersedes: str = "",
    own: OwnText | None = None,
    since: str = "",
) -> str:
    """The decision record of a recommendation; `overturns` lists the single answers that would change it.

    It is dated `day`, by default the day whose facts apply, and ends with a JSON block from which `whichcompute review`
    evaluates it again. `supersedes` is the file name of the record that it replaces, `own` what people wrote there, and
    `since` what has changed since then.
    """
    citations = Citations(brief=True)
    parts = [
        *_head(recommendation, day or recommendation.as_of, supersedes),
        *_context(recommendation, f"This replaces {escape(supersedes)}. {escape(since)}" if since else ""),
        *_options(recommendation, citations),
        *_decision(recommendation),
        *_consequences(recommendation, list(overturns), citations),
        *_sources(citations),
        *_origin(recommendation),
    ]
    kept = with_own_text(parts, own, escape(supersedes)) if own else parts
    return "\n".join([*kept, *_block(recommendation, free_tier, hashes(parts), supersedes)]) + "\n"


def escape(text: str) -> str:
    """A text on one line with everything escaped that Markdown or HTML would act on.

    >>> print(escape("# a <b> & [c](d)"))
    \\# a &lt;b&gt; &amp; \\[c\\](d)
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    line = _SPECIAL.sub(r"\\\1", line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    line = _REFERENCE.sub(r"\g<0>&#8203;", line)
    line = _ADDRESS.sub(lambda found: f"&#{ord(found[0])};", line)
    return _BLOCK.sub(lambda start: start[1] + "\\" if start[1].isdigit() else "\\" + start[1], line)


def linked(source: Cited) -> str:
    """A source as a Markdown link, or its title alone where its address is not a plain URL."""
    if not re.fullmatch(r"https?://[^\s<>()\"'\\`]+", source.url):
        return escape(source.title)
    return f"[{escape(source.title)}](<{source.url}>)"


def _marks(citations: Citations, sources: Iterable[Cited]) -> str:
    marks = citations.marks(sources)
    return f" \\[{marks}\\]" if marks else ""


def _sources(citations: Citations) -> Iterator[str]:
    yield "## Sources"
    yield ""
    for number, source, sections in citations.cited():
        section = f", {plural(len(sections), 'section')} {escape(', '.join(sections))}" if sections else ""
        read = f", read on {source.read_on}" if source.read_on else ""
        yield f"{number}. {linked(source)}{section}{read}"
    yield ""


def _subject(recommendation: Recommendation) -> str:
    """What the record is about: the name of the workload, else its kind."""
    name, kind = (recommendation.workload.get(field) for field in ("workload_id", "kind"))
    if isinstance(name, str):
        return escape(name)
    return f"the {DESCRIPTORS['kind'].say(kind)}" if isinstance(kind, str) else "the workload"


def _head(recommendation: Recommendation, day: date | None, supersedes: str) -> Iterator[str]:
    subject = _subject(recommendation)
    undecided = recommendation.decision == "undecided"
    yield f"# Where to run {subject}" if undecided else f"# Run {subject} {_place(recommendation)}"
    yield ""
    yield "- Status: proposed"
    yield f"- Date: {day or 'not stated'}"
    yield "- Deciders: to be named"
    if supersedes:
        yield f"- Supersedes: {escape(supersedes)}"
    yield ""


def _name(service: str) -> str:
    return escape(upper(SERVICE_NAMES[service]))


def _in_words(text: str) -> str:
    """A text with the names of fields replaced by their titles, or left out in brackets beside what they name; ids of
    facts and x86_64 stay as they are."""
    titled = _FIELD.sub(lambda name: DESCRIPTORS[name[0]].title, _FIELD_BESIDE.sub("", text))
    return re.sub(r"(?<![\w.])(?!x86_)\w+(?![\w.]*\.\w)", lambda word: word[0].replace("_", " "), titled)


def _context(recommendation: Recommendation, replaces: str) -> Iterator[str]:
    yield "## Context"
    yield ""
    yield from _about(recommendation)
    if replaces:
        yield replaces
        yield ""
    known = [name for name in recommendation.workload if DESCRIPTORS[name].decides and name != "kind"]
    if known:
        yield "| What is known | |"
        yield "|---|---|"
    for name in known:
        descriptor = DESCRIPTORS[name]
        yield f"| {escape(descriptor.title)} | {escape(descriptor.say(recommendation.workload[name]))} |"
    if not known:
        yield "Nothing is known of the workload yet."
    yield ""
    if recommendation.missing:
        titles = ", ".join(escape(DESCRIPTORS[name].title) for name in recommendation.missing)
        yield f"Unknown, and could change the decision: {titles}."
        yield ""


def _about(recommendation: Recommendation) -> Iterator[str]:
    """What the workload is and what is to be decided, in sentences; then its description as it was given."""
    name, kind, description = map(recommendation.workload.get, ("workload_id", "kind", "description"))
    work = DESCRIPTORS["kind"].say(kind) if isinstance(name, str) and isinstance(kind, str) else ""
    named = f", {'an' if work[:1] in 'aeiou' else 'a'} {work}" if work else ""
    yield f"We have to decide where to run {_subject(recommendation)}{named}."
    yield ""
    if isinstance(description, str):
        yield escape(description)
        yield ""


def _options(recommendation: Recommendation, citations: Citations) -> Iterator[str]:
    yield "## Options"
    yield ""
    yield "| Service | Verdict | Probability | Cost a month |"
    yield "|---|---|---|---|"
    for verdict in recommendation.verdicts:
        share = "" if verdict.status == "ruled_out" else percent(verdict.probability)
        yield f"| {escape(upper(verdict.name))} | {status(verdict)} | {share} | {cost_range(verdict)} |"
    for verdict in recommendation.verdicts:
        yield ""
        yield f"### {escape(upper(verdict.name))}"
        yield ""
        for reason in key_reasons(verdict):
            of_classifier = reason.effect == "evidence" and not any(recommendation.comparable.values())
            said = "Classifier" if of_classifier else _for_or_against(reason)
            yield f"- {said}: {escape(reason_text(reason, verdict, recommendation))}{_marks(citations, reason.sources)}"
        for variant in verdict.variants:
            yield f"- Without this limit: {escape(variant.name)}. {escape(variant.text)}"
        if not key_reasons(verdict):
            yield "- No rule or evidence clearly favours it or counts against it."
    yield ""


def _for_or_against(reason: Reason) -> str:
    if reason.effect == "exclude":
        return "Ruled out"
    if reason.effect == "evidence":
        return "Precedent"
    return "For" if reason.weight > 0 else "Against"


def cost_range(verdict: Verdict) -> str:
    """The monthly cost of a service: expected (low to high), or what an estimate needs."""
    needs = verdict.cost_needs
    return money(verdict.monthly_cost_usd) or (f"no estimate: needs {_in_words(needs)}" if needs else "not estimated")


def _decision(recommendation: Recommendation) -> Iterator[str]:
    yield "## Decision"
    yield ""
    yield f"{_choice(recommendation)} {escape(_why(recommendation))}"
    sure = f" Confidence: {percent(recommendation.confidence)}."
    others = [service for service in recommendation.plausible_services if service != recommendation.service]
    firm = _DECISIONS[recommendation.decision]
    if recommendation.decision == "close":
        named = joined([_named(service, recommendation) for service in others]) if others else ""
        firm = f"{firm} {upper(named)} would serve too." if others else _ALONE
    yield f"{firm}{sure}"
    yield ""
    also = [item for item in recommendation.outside if item.text != _why(recommendation)]
    if also:
        yield "Outside the services compared, these would serve too:"
        yield ""
        yield from (f"- {escape(item.name)}: {escape(item.text)}" for item in also)
        yield ""


def _choice(recommendation: Recommendation) -> str:
    """The decision in the words of those who take it; where there is none yet, that there is none."""
    if recommendation.decision == "undecided":
        return "No decision yet."
    return f"We will run {_subject(recommendation)} {_place(recommendation)}."


def _named(service: str, recommendation: Recommendation) -> str:
    """An answer in a sentence; for `none` the first place outside."""
    return escape(recommendation.outside[0].name) if service == NONE and recommendation.outside else _name(service)


def _place(recommendation: Recommendation) -> str:
    """Where it will run, as the title and the decision say it."""
    if recommendation.service != NONE:
        return f"on {_name(recommendation.service)}"
    first = next(iter(recommendation.outside), None)
    if first is None:
        return "outside the services compared"
    return escape(first.name) if first.id == KEEP else f"on {escape(first.name)}"


def _why(recommendation: Recommendation) -> str:
    """The reason in the words of the rule that weighs most; where none speaks, the summary as it is."""
    reason = strongest(recommendation.verdicts[0])
    if recommendation.decision == "undecided":
        return recommendation.summary
    if recommendation.service == NONE and recommendation.outside:
        return recommendation.outside[0].text
    return reason.text if reason else recommendation.summary


def _consequences(recommendation: Recommendation, overturns: list[str], citations: Citations) -> Iterator[str]:
    chosen = next((v for v in recommendation.verdicts if v.service == recommendation.service), None)
    yield "## Consequences"
    yield ""
    settle = [
        f"{escape(_in_words(item.text))}{_marks(citations, item.sources)}"
        for item in recommendation.considerations[:CONSIDERATIONS]
    ]
    lists = {**(_of_service(chosen) if chosen else {}), "What would change the decision": overturns}
    listed = {title: [escape(_in_words(item)) for item in items] for title, items in lists.items()}
    caveats = [escape(_in_words(note)) for note in recommendation.notes if "cannot be checked without" not in note]
    listed |= {"Caveats": caveats, "Precedents": [*_precedents(recommendation)]}
    for title, items in {"To settle before building": settle, **listed}.items():
        if items:
            yield f"### {title}"
            yield ""
            yield from (f"- {item}" for item in items)
            yield ""


def _precedents(recommendation: Recommendation) -> Iterator[str]:
    """The decisions on record that are most like the workload, each with its link."""
    for case in recommendation.similar:
        source = Cited(key=case.id, title=case.description or case.id, url=case.url)
        yield f"{_name(case.choice)}: {linked(source)}"


def _of_service(verdict: Verdict) -> dict[str, list[str]]:
    cost = verdict.monthly_cost_usd
    open_ = list(dict.fromkeys(limit.condition for limit in verdict.unconfirmed))
    return {
        "Usually combined with": [f"{item.name}: {item.text}" for item in verdict.companions],
        "Cautions": list(verdict.cautions),
        f"Not yet checked: {verdict.name} is ruled out if": open_,
        "Headroom": [margin.text for margin in verdict.margins if margin.spare < _AMPLE],
        "What the cost estimate assumes": list(cost.assumptions) if cost else [],
    }


def _origin(recommendation: Recommendation) -> Iterator[str]:
    day = f"as of {recommendation.as_of}" if recommendation.as_of else "as last read"
    yield "---"
    yield ""
    yield f"Drafted by whichcompute {VERSION} with the limits and prices {day}."
    yield f"Fingerprint of rules, facts and classifier: `{recommendation.fingerprint}`."
    yield ""
    yield "<details><summary>What whichcompute review reads</summary>"


def _block(recommendation: Recommendation, free_tier: bool, drafted: str, supersedes: str) -> Iterator[str]:
    """What `whichcompute review` reads: the workload and its answer as JSON, one line for each value."""
    content = {
        "whichcompute": VERSION,
        "workload": recommendation.workload,
        "free_tier": free_tier,
        "answer": recommendation.service,
        "decision": recommendation.decision,
        "fingerprint": recommendation.fingerprint,
        "as_of": str(recommendation.as_of) if recommendation.as_of else None,
        "drafted": drafted,
    }
    if supersedes:
        content["supersedes"] = supersedes
    if ranges := {name: words for name, value in recommendation.workload.items() if (words := range_words(value))}:
        content["ranges"] = ranges
    text = json.dumps(content, indent=2)
    # These characters occur in strings only, and a string of the workload must not act as Markdown or HTML.
    text = _IN_BLOCK.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    yield ""
    yield FENCE
    yield from text.splitlines()
    yield from ("```", "", "</details>")
