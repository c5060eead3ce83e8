"""The trained classifier: log-odds per service from features, each a conjunction of condition lines.

What is stored is what prediction needs, as plain numbers and condition lines in JSON. Beside the model lie the
decisions it was trained on (shown as similar cases) and its rivals (its parts, each fitted alone, for comparison).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from whichcompute.base.errors import DataError, ModelError, WorkloadError, shown
from whichcompute.classifier.model_files import DECISIONS, MODEL, RIVALS, contents, read_json
from whichcompute.classifier.neighbours import Decided, Neighbours
from whichcompute.knowledge.conditions import MAX_LENGTH, Condition, ConditionError, descriptors_of, parse
from whichcompute.knowledge.descriptors import read
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.services import SERVICES

FORMAT = 3
NAMES_OF_RIVALS = ("majority", "rules_alone", "classifier_alone")
MAX_FEATURES = 2000
UNSEEN_RULE_PROBABILITY = 0.25  # of a rule that training has not seen; not measured
_LARGEST = 1e6  # sums of such numbers stay numbers


@dataclass(frozen=True, slots=True)
class Feature:
    """A conjunction of conditions (1 when all hold, else 0; unknown counts as 0) and its log-odds per service."""

    name: str
    conditions: tuple[Condition, ...]
    weights: tuple[float, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The descriptors it looks at, factors instead of derived ones."""
        return descriptors_of(self.conditions)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the classifier reads off the named descriptors together: log-odds per service."""

    name: str
    fields: tuple[str, ...]
    weights: tuple[float, ...]


class Classifier:
    """Predicts from stored numbers; immutable. `base` is the log-odds per service before anything is known.

    A service that it was not trained on is as rare as the rarest, and no feature says anything of it.
    A service is plausible from its share in `plausible_at_least` of the highest probability on: where little is known
    and all probabilities are low, many are. `beside` holds the other files of the model folder, by name; they are read
    when they are first asked for.
    """

    def __init__(self, stored: Mapping[str, Any], facts: Facts, beside: Mapping[str, bytes] | None = None) -> None:
        self._facts = facts
        self._beside = beside or {DECISIONS: b'{"decisions": []}', RIVALS: b"{}"}
        self._services = stored.get("services", SERVICES)
        self.base: tuple[float, ...] = _row(stored, "base", self._services)
        self.temperature = _number(stored, "temperature", above=0.0)
        self.plausible_at_least = _row(stored, "plausible_at_least", self._services)
        if not all(0 < share <= 1 for share in self.plausible_at_least):
            raise ModelError(f"plausible_at_least {list(self.plausible_at_least)} must lie above 0 and not above 1")
        self._rule_weights = _rule_weights(stored)
        self._chances = _chances(stored)
        self.features = tuple(_feature(entry, facts, self._services) for entry in _entries(stored))
        self.importance = self._importance()

    def rule_weight(self, effect: str, strength: str) -> float:
        """Log-odds that a fired `prefer` or `caution` rule of this strength is worth; not negative."""
        return self._rule_weights[effect, strength]

    def chance(self, rule: str) -> float:
        """How likely a rule is to fire once its descriptors are known."""
        return self._chances.get(rule, UNSEEN_RULE_PROBABILITY)

    def plausible(self, probabilities: Sequence[float]) -> frozenset[int]:
        """Numbers of the services in the conformal prediction set, the most probable one always among them."""
        top, least = max(probabilities), self.plausible_at_least
        return frozenset(n for n, p in enumerate(probabilities) if p > 0 and p >= least[n] * top)

    @cached_property
    def rivals(self) -> dict[str, Classifier]:
        """Each part of the model fitted for itself, and the majority class: what the whole is to beat."""
        stored = read_json(self._beside[RIVALS], RIVALS)
        if set(stored) != set(NAMES_OF_RIVALS):
            raise ModelError(f"{RIVALS} must hold {', '.join(NAMES_OF_RIVALS)}")
        return {name: Classifier({"services": self._services, **stored[name]}, self._facts) for name in NAMES_OF_RIVALS}

    @cached_property
    def neighbours(self) -> Neighbours:
        """The decisions it was trained on, ready to be searched; ModelError when they cannot be read."""
        try:
            entries = read_json(self._beside[DECISIONS], DECISIONS)["decisions"]
            return Neighbours(Decided(**{**entry, "values": read(entry["values"])}) for entry in entries)
        except (KeyError, TypeError, AttributeError, WorkloadError) as error:
            raise ModelError(f"{DECISIONS}: {shown(str(error))}; write it with `whichcompute train`") from None

    def _importance(self) -> dict[str, float]:
        # The most that any one feature can pull two services apart, shared among the descriptors it looks at.
        importance: dict[str, float] = {}
        for feature in self.features:
            spread = (max(feature.weights) - min(feature.weights)) / max(len(feature.fields), 1)
            for field in feature.fields:
                importance[field] = max(importance.get(field, 0.0), spread)
        return importance


def _number(stored: Mapping[str, Any], name: str, above: float | None = None) -> float:
    value = stored.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= _LARGEST:
        raise ModelError(f"{name} '{shown(value)}' must be a finite number, at most {_LARGEST:g} in size")
    if above is not None and value <= above:
        raise ModelError(f"{name} '{value}' must be above {above:g}")
    return float(value)


def _row(
    stored: Mapping[str, Any], name: str, services: Sequence[str], unseen: Callable[[Iterable[float]], float] = min
) -> tuple[float, ...]:
    """A number for each service; `unseen` gives that of services that the model was not trained on."""
    row = stored.get(name)
    if not isinstance(row, list) or len(row) != len(services):
        raise ModelError(f"{name} must hold {len(services)} numbers, one for each of {', '.join(services)}")
    numbers = {service: _number({name: value}, name) for service, value in zip(services, row, strict=True)}
    return tuple(numbers[service] if service in numbers else unseen(numbers.values()) for service in SERVICES)


def _rule_weights(stored: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    weights = {}
    for effect in ("prefer", "caution"):
        of_effect = stored.get("rule_weights", {}).get(effect, {})
        for strength in ("strong", "moderate", "weak"):
            weight = _number(of_effect, strength)
            if weight < 0:
                raise ModelError(f"rule_weights {effect} {strength} '{weight}' must not be negative")
            weights[effect, strength] = weight
    return weights


def _chances(stored: Mapping[str, Any]) -> dict[str, float]:
    told = stored.get("chances", {})
    if not isinstance(told, dict):
        raise ModelError("chances must be a table of rule ids")
    chances = {rule: _number(told, rule) for rule in told}
    if not all(0 <= chance <= 1 for chance in chances.values()):
        raise ModelError("chances must lie from 0 to 1")
    return chances


def _entries(stored: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    entries = stored.get("features")
    if not isinstance(entries, list) or len(entries) > MAX_FEATURES:
        raise ModelError(f"features must be a list of at most {MAX_FEATURES:,} entries")
    return entries


def _feature(entry: Any, facts: Facts, services: Sequence[str]) -> Feature:
    if not isinstance(entry, dict) or set(entry) != {"name", "when", "weights"}:
        raise ModelError("each feature needs name, when and weights, and nothing else")
    name, when = entry["name"], entry["when"]
    if not isinstance(name, str) or len(name) > MAX_LENGTH:
        raise ModelError(f"feature name '{shown(name)}' must be a short text")
    if not isinstance(when, list) or not when or not all(isinstance(line, str) for line in when):
        raise ModelError(f"feature {shown(name)}: when must be a list of condition lines")
    try:
        return Feature(
            name, tuple(parse(line, facts) for line in when), _row(entry, "weights", services, lambda _: 0.0)
        )
    except ConditionError as error:
        raise ModelError(f"feature {shown(name)}: {error}") from None


def load(folder: Path, facts: Facts) -> Classifier:
    """The classifier in a model folder; ModelError names the folder and why it is refused."""
    try:
        return _read_model(contents(folder), facts)
    except ModelError as error:
        raise ModelError(f"{folder}: {error}; write a sound one with `whichcompute train`") from None
    except DataError as error:
        raise ModelError(f"{error}; write a sound model with `whichcompute train`") from None
    except (AttributeError, TypeError, KeyError, OverflowError) as error:
        raise ModelError(f"{folder}: {shown(str(error))}; write a sound one with `whichcompute train`") from None


def _read_model(files: Mapping[str, bytes], facts: Facts) -> Classifier:
    stored = read_json(files[MODEL], MODEL)
    services = stored.get("services")
    known = [service for service in SERVICES if isinstance(services, list) and service in services]
    if stored.get("format") != FORMAT or not known or services != known:
        found = shown(stored.get("format"))
        raise ModelError(f"{MODEL} has format '{found}'; {FORMAT} is read, for {', '.join(SERVICES)}")
    return Classifier(stored, facts, files)
