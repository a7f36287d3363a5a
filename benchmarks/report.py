"""How figures are printed: one row a supervisor, each with its ratio to ours."""

import os
import statistics
from collections.abc import Mapping, Sequence


def print_ratios(title: str, unit: str, figures: Mapping[str, Sequence[float]], *, ours: str = "orchestratord") -> None:
    """Median, spread and ratio of each; a ratio above 1 says that the peer needs more than we do."""
    load = os.getloadavg()[0]
    print(f"\n{title} ({unit}; median, least to most, of {len(figures[ours])}; load {load:.1f})")
    base = statistics.median(figures[ours])
    for name, values in figures.items():
        middle = statistics.median(values)
        ratio = f"{middle / base:6.2f} x" if base else "     -"
        print(f"  {name:<16} {middle:>10.2f}   {min(values):.2f} to {max(values):.2f}   {ratio}")
