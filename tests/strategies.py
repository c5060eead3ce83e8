"""Hypothesis strategies: random workloads and condition lines, unknowns and boundary values included."""

from __future__ import annotations

from hypothesis import strategies as st

from whichcompute.knowledge.descriptors import DECIDING, DERIVED, DESCRIPTORS

EDGES = [0.0, 0.5, 1.0, 29.0, 60.0, 512.0, 899.0, 900.0, 901.0, 1769.0, 10240.0, 10241.0, 249856.0, 1e6, 1e9]


def values_of(name: str) -> st.SearchStrategy[float | bool | str]:
    """Values that the descriptor allows, thresholds of real rules among them."""
    descriptor = DESCRIPTORS[name]
    if descriptor.type == "boolean":
        return st.booleans()
    if descriptor.type == "choice":
        return st.sampled_from(sorted(descriptor.choices))
    fitting = [edge for edge in EDGES if edge <= descriptor.maximum and (not descriptor.integer or edge == int(edge))]
    free = (
        st.integers(0, int(min(descriptor.maximum, 1e9))).map(float)
        if descriptor.integer
        else st.floats(0, min(descriptor.maximum, 1e9), allow_nan=False)
    )
    # 0 of what nothing has 0 of is unknown, not a value.
    return st.one_of(st.sampled_from(fitting), free).filter(lambda number: number > 0 or not descriptor.positive)


def workloads(present: float = 0.4) -> st.SearchStrategy[dict[str, float | bool | str]]:
    """Known values of a workload; each descriptor is left out more often than not."""
    names = st.lists(st.sampled_from(DECIDING), unique=True, max_size=max(1, int(len(DECIDING) * present)))
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: values_of(name) for name in chosen}))


def _literal(value: float | bool | str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}'" if isinstance(value, str) else repr(value)


@st.composite
def condition_lines(draw: st.DrawFn) -> str:
    """A well-typed condition line over any deciding or derived descriptor."""
    name = draw(st.sampled_from([*DECIDING, *DERIVED]))
    if draw(st.integers(0, 9)) == 0:
        return f"{draw(st.sampled_from(['known', 'unknown']))} {name}"
    numeric = name in DERIVED or DESCRIPTORS[name].type == "number"
    value = st.sampled_from(EDGES) if name in DERIVED else values_of(name)
    op = draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in"] if numeric else ["==", "!=", "in"]))
    if op == "in":
        items = draw(st.lists(value, min_size=1, max_size=3, unique=True))
        line = f"{name} in [{', '.join(_literal(item) for item in items)}]"
    else:
        line = f"{name} {op} {_literal(draw(value))}"
    return f"unless {line}" if not numeric and op in ("==", "in") and draw(st.integers(0, 3)) == 0 else line
