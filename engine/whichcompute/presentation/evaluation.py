"""The figures of an evaluation as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ROWS = {"majority": "majority class", "rules_alone": "rules alone", "classifier_alone": "classifier alone"}


def words(figures: Mapping[str, Any]) -> str:
    """The figures for a reader at a terminal."""
    low, high = figures["accuracy_interval"]
    macro, outside = figures["macro_recall"], figures["outside_accuracy"]
    lines = [
        f"{figures['n']} cases" + _seen(figures),
        "",
        f"recommended = label            {figures['accuracy']:.3f}   (95 % interval {low:.3f} to {high:.3f})",
        f"mean recall of the answers     {macro:.3f}",
        f"label or acceptable            {figures['accuracy_acceptable']:.3f}",
        f"log loss                       {figures['log_loss']:.3f}",
        f"mean confidence                {figures['mean_confidence']:.3f}",
        f"calibration error              {figures['ece']:.3f}   (chance alone gives up to {figures['ece_noise']:.3f})",
        f"impossible answer recommended  {figures['exclusions_broken']}",
        f"plausible set holds the label  {figures['set_coverage']:.3f}   (mean size {figures['mean_set_size']:.2f})",
        *([] if outside is None else [f"place outside named            {outside:.3f}"]),
        "",
        *_services(figures["per_service"]),
        "",
        *_ablation(figures["ablation"]),
        "",
        _differs(figures["classifier_otherwise"]),
    ]
    return "\n".join(lines)


def _seen(figures: Mapping[str, Any]) -> str:
    seen = figures["trained_on"]
    if not seen:
        return ", none of which the classifier was trained on"
    return f"; the classifier was trained on {seen} of them, which flatters it: the model card has held-out figures"


def _services(table: Mapping[str, Mapping[str, Any]]) -> list[str]:
    lines = [f"{'answer':<12}{'cases':>6}{'precision':>11}{'recall':>8}{'acceptable':>12}{'in the set':>12}"]
    for answer, row in table.items():
        cells = [_rate(row[key]) for key in ("precision", "recall", "recall_acceptable", "set_coverage")]
        lines.append(f"{answer:<12}{row['n']:>6}{cells[0]:>11}{cells[1]:>8}{cells[2]:>12}{cells[3]:>12}")
    return lines


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _ablation(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    lines = [f"{'':<18}{'exact':>7}{'acceptable':>12}{'log loss':>10}{'broken':>8}   both gain (exact, 95 % interval)"]
    for name, row in rows.items():
        gain = row["gain_of_both"]
        low, high = gain["accuracy_interval"]
        gained = "" if name == "both" else f"   {gain['accuracy']:+.3f} ({low:+.3f} to {high:+.3f})"
        lines.append(
            f"{_ROWS.get(name, 'both together'):<18}{row['accuracy']:>7.3f}{row['accuracy_acceptable']:>12.3f}"
            f"{row['log_loss']:>10.3f}{row['exclusions_broken']:>8}{gained}"
        )
    return lines


def _differs(counts: Mapping[str, int]) -> str:
    otherwise = f"The classifier alone would choose otherwise on {counts['n']} cases"
    out = f"{counts['ruled_out']} times a service that is ruled out"
    label = f"the recommendation is the label {counts['recommendation_is_label']} times"
    return f"{otherwise} ({out}); there {label}, its choice {counts['classifier_is_label']} times."
