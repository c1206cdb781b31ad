# Tables in Markdown, ratios, and the budget.
# SPDX-License-Identifier: Apache-2.0
import statistics
from pathlib import Path

from processes import BenchError

# Above this share of the two cores, what others do shows in the figures.
QUIET = 0.05


def number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.2f}" if value < 100 \
        else f"{value:.1f}"


def spread(values):
    return f"{number(statistics.median(values))} [{number(min(values))}–" \
        f"{number(max(values))}]"


def ratio(values, subject, peer):
    """The median of the rounds' ratios: what drifts from round to round drops out."""
    return statistics.median(a / b for a, b in zip(values[subject], values[peer]))


def cpu_table(samples, values):
    peers = [name for name in ("nginx", "haproxy") if name in values]
    yield "| proxy | CPU µs per request | user/system | busy | requests/s " \
        "| p50 µs | p99 µs |" + "".join(f" ÷ {peer} |" for peer in peers)
    yield "|" + "---|" * (7 + len(peers))
    for name in sorted(values, key=lambda name: statistics.median(values[name])):
        def middle(figure, of=samples[name]):
            return statistics.median(figure(s) for s in of)
        yield f"| {name} | {spread(values[name])} " \
            f"| {middle(lambda s: s.user / s.requests * 1e6):.1f}/" \
            f"{middle(lambda s: s.system / s.requests * 1e6):.1f} " \
            f"| {middle(lambda s: (s.user + s.system) / s.seconds):.2f} " \
            f"| {number(middle(lambda s: s.requests / s.seconds))} " \
            f"| {number(middle(lambda s: s.p50_us))} " \
            f"| {number(middle(lambda s: s.p99_us))} |" + \
            "".join(f" {ratio(values, name, peer):.2f} |" for peer in peers)


def plain_table(unit, values):
    yield f"| what | {unit} |"
    yield "|---|---|"
    for name, figures in values.items():
        figure = spread(figures) if len(figures) > 1 else number(figures[0])
        yield f"| {name} | {figure} |"


def others_line(samples):
    """Whether the machine was quiet enough for the figures to mean something."""
    others = statistics.median(s.others for of in samples.values() for s in of)
    if others > QUIET:
        yield f"\nOthers used {others:.0%} of a core meanwhile: repeat this on a " \
            "quiet machine."


def print_row(row, samples, values):
    if not values:
        return
    print(f"\n### {row.title} (`{row.name}`)\n")
    if samples:
        lines = [*cpu_table(samples, values), *others_line(samples)]
    else:
        lines = plain_table(row.unit, values)
    print("\n".join(lines), flush=True)


def read_budget(path):
    """Lines of `row subject peer must reach`; a peer of `-` means the figure itself."""
    for at, line in enumerate(Path(path).read_text().splitlines(), 1):
        words = line.split("#", 1)[0].split()
        if words and len(words) != 5:
            raise BenchError(f"{path}:{at}: expected `row subject peer must reach`")
        if words:
            yield (*words[:3], float(words[3]), float(words[4]))


def print_verdict(path, measured):
    """The budget beside what was measured; False when something is over or missing."""
    print("\n### Budget\n\n| row | measured | must | reach | verdict |")
    print("|---|---|---|---|---|")
    is_met = True
    for row, subject, peer, must, reach in read_budget(path):
        if row not in measured:
            continue
        what = f"{row}: {subject}" + (f" ÷ {peer}" if peer != "-" else "")
        values = measured[row]
        if subject not in values or peer not in (*values, "-"):
            print(f"| {what} | — | {number(must)} | {number(reach)} "
                  "| **not measured** |")
            is_met = False
            continue
        figure = statistics.median(values[subject]) if peer == "-" \
            else ratio(values, subject, peer)
        verdict = "reached" if figure <= reach else "ok"
        if figure > must:
            is_met, verdict = False, "**over**"
        print(f"| {what} | {number(figure)} | {number(must)} | {number(reach)} "
              f"| {verdict} |")
    return is_met
