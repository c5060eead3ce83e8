"""`whichcompute rules`: the rules, without the classifier."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from whichcompute.base.errors import WhichcomputeError
from whichcompute.base.words import did_you_mean
from whichcompute.cli.completion import rule_ids
from whichcompute.cli.options import AS_JSON, PATH, Group, fail_if
from whichcompute.cli.rule_views import page, rule_line
from whichcompute.cli.settings import Settings
from whichcompute.cli.terminal import json_text, listed
from whichcompute.engine import EFFECTS, STRENGTHS
from whichcompute.knowledge.descriptors import PROPERTIES
from whichcompute.knowledge.services import NONE, SERVICES

if TYPE_CHECKING:
    from whichcompute.knowledge.rules import Rule, RulePack


@click.group(cls=Group)
def rules() -> None:
    """The rules: every rule with its conditions, reason and sources.

    \b
    Examples:
      whichcompute rules list --service lambda --effect exclude
      whichcompute rules show lambda.duration-exceeds-limit
    """


@rules.command("list")
@click.option("--service", type=click.Choice([*SERVICES, NONE]), help="Only rules of this service.")
@click.option("--effect", type=click.Choice(EFFECTS), help="Only this effect.")
@click.option("--strength", type=click.Choice(STRENGTHS), help="Only advice of this strength.")
@click.option("--field", metavar="NAME", help="Only rules that depend on this field.")
@click.option("--fact", metavar="ID", help="Only rules that depend on this fact.")
@click.option("--source", metavar="KEY", help="Only rules that cite this source.")
@AS_JSON
@click.pass_obj
def list_rules(settings: Settings, /, as_json: bool, **filters: str | None) -> None:
    """List the rules: id, effect, strength, conditions in words.

    \b
    Examples:
      whichcompute rules list --service lambda --effect exclude
      whichcompute rules list --field memory_mb --json
    """
    pack = settings.layer.pack
    _known_filters(pack, filters)
    shown = [rule for rule in pack if _passes(rule, filters)]
    if as_json:
        click.echo(json_text([_summary(rule) for rule in shown]))
        return
    size = max((len(rule.id) for rule in shown), default=0)
    for rule in shown:
        listed(rule_line(rule, size))
    settings.note(f"{len(shown)} rules")


def _known_filters(pack: RulePack, filters: dict[str, str | None]) -> None:
    names: dict[str, Iterable[str]] = {
        "field": PROPERTIES,
        "source": pack.facts.sources,
        "fact": pack.facts,
    }
    for name, known in names.items():
        value = filters[name]
        if value is not None and value not in known:
            raise click.UsageError(f"no {name} '{value}'{did_you_mean(value, known, 3)}")


def _passes(rule: Rule, filters: dict[str, str | None]) -> bool:
    has: dict[str, list[str | None]] = {
        "service": [rule.entry.service],
        "effect": [rule.entry.effect],
        "strength": [rule.entry.strength],
        "field": [*rule.fields, *(condition.field for condition in rule.conditions)],
        "fact": list(rule.facts),
        "source": [reference.partition("#")[0] for reference in rule.entry.sources],
    }
    return all(value is None or value in has[name] for name, value in filters.items())


def _summary(rule: Rule) -> dict[str, Any]:
    return {"id": rule.id, "when_words": rule.when_words(), "pack": rule.pack, **rule.entry.model_dump()}


@rules.command("show")
@click.argument("id_", metavar="ID", shell_complete=rule_ids)
@AS_JSON
@click.pass_obj
def show_rule(settings: Settings, id_: str, as_json: bool) -> None:
    """Show one rule: conditions in words, reason, remedy, sources with dates, examples, neighbours.

    The ids of findings of `check` are known too.

    \b
    Examples:
      whichcompute rules show lambda.duration-exceeds-limit
      whichcompute rules show check.contradiction
    """
    from whichcompute.presentation.citations import address
    from whichcompute.presentation.rule_cards import card
    from whichcompute.presentation.sarif import explained

    if finding := explained(id_):
        click.echo(json_text({"id": id_, "text": finding}) if as_json else f"{id_}: {finding}")
        return
    pack, id_ = settings.layer.pack, id_.removesuffix(".margin")
    rule = pack.rule(id_)
    if as_json:
        near = [other.id for other in card(rule, pack).neighbours]
        click.echo(json_text({**_summary(rule), "facts": rule.facts, "neighbours": near}))
        return
    click.echo(page(card(rule, pack)))
    if place := address(settings.documents, id_) if not rule.pack else "":
        click.echo(f"page: {place}")


@rules.command("check")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=PATH)
@click.option("--all", "everything", is_flag=True, help="Print the listed findings too, each with its reason.")
@AS_JSON
@click.pass_obj
def check_rules(settings: Settings, files: tuple[Path, ...], everything: bool, as_json: bool) -> None:
    """Prove what is wrong with the rules in force, or with rule packs applied over them.

    Finds examples that do not hold, rules that can never fire, rules implied by another, advice whose service is always
    ruled out, values that fall between two rules, workloads for which nothing is left, and fields that move an answer
    the other way than data/directions.toml declares, rules and classifier together. Each finding comes with a workload
    that shows it. Exit status 1 when there is a finding without a listed reason, or a broken pack.

    \b
    Examples:
      whichcompute rules check
      whichcompute rules check company.toml
    """
    from whichcompute.base.resources import read_bytes

    for path in files:
        read_bytes(path)  # a file that is not there is wrong usage, not a broken pack
    try:
        pack, findings = settings.layer.check(files, settings.model_folder)
    except WhichcomputeError as error:
        click.echo(json_text({"broken": str(error)}) if as_json else f"broken: {error}")
        raise click.exceptions.Exit(1) from None
    unlisted = [finding for finding in findings if not finding.reason]
    if as_json:
        click.echo(json_text({"rules": len(pack), "findings": _records(findings)}))
    else:
        for finding in findings if everything else unlisted:
            listed(finding.text([*settings.packs, *files]))
        click.echo(f"{len(pack)} rules, {len(unlisted)} findings, {len(findings) - len(unlisted)} listed with a reason")
    fail_if(bool(unlisted))


def _records(items: Iterable[Any]) -> list[dict[str, Any]]:
    """Findings or changes as mappings."""
    return [{name: getattr(item, name) for name in item.__slots__} for item in items]


@rules.command("coverage")
@click.option("--guidance", is_flag=True, help="List the guidance candidates and what became of each as well.")
@click.option("--gaps", is_flag=True, help="List the gaps only.")
@click.pass_obj
def coverage_of_statements(settings: Settings, guidance: bool, gaps: bool) -> None:
    """List every statement of the founding document with what carries it; exit status 1 on a gap.

    \b
    Examples:
      whichcompute rules coverage --gaps
      whichcompute rules coverage --guidance
    """
    carried = [(str(covered), covered.carried) for covered in settings.layer.coverage()]
    judged = [(str(item), not item.gap) for item in settings.layer.guidance()] if guidance else []
    for text, fine in [*carried, *judged]:
        if not (gaps and fine):
            listed(text)
    open_statements, open_candidates = (sum(not fine for _, fine in part) for part in (carried, judged))
    click.echo(f"{len(carried)} statements, {open_statements} without a rule, fact, formula or reason")
    if guidance:
        click.echo(f"{len(judged)} guidance candidates, {open_candidates} without a rule or a reason")
    fail_if(bool(open_statements or open_candidates))


@rules.command("diff")
@click.argument("old")
@click.argument("new")
@AS_JSON
@click.pass_obj
def diff_packs(settings: Settings, old: str, new: str, as_json: bool) -> None:
    """Show which workloads OLD and NEW treat differently, each with a workload that shows it.

    OLD and NEW are rule packs (taken over the shipped rules), folders of rule files (taken by themselves), or the word
    shipped.

    \b
    Examples:
      whichcompute rules diff shipped company.toml
      whichcompute rules diff company-2025.toml company-2026.toml
      whichcompute rules diff ../old-release/rules rules
    """
    changes, values, texts = settings.layer.diff(old, new)
    if as_json:
        click.echo(json_text({"changes": _records(changes), "facts": values, "reworded": texts}))
        return
    packs = [Path(new)] if Path(new).is_file() else []
    for line in (*(change.text(packs) for change in changes), *(f"fact {value}" for value in values)):
        listed(line)
    if texts:
        listed(f"reworded: {', '.join(texts)}")
    click.echo(f"{len(changes)} behavioural differences")


@rules.command("catalogue")
@click.pass_obj
def print_catalogue(settings: Settings) -> None:
    """Print the rule catalogue as a Markdown page.

    \b
    Examples:
      whichcompute rules catalogue > docs/rules.md
    """
    from whichcompute.presentation.catalogue import catalogue

    click.echo(catalogue(settings.layer.pack), nl=False)
