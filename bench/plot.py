#!/usr/bin/env python3
"""Draws throughput-threads.svg and throughput-size.svg from bench/sweep.csv."""
import argparse
import os
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

from results import Results  # noqa: E402

# Told apart by those who see few colours, and by their marks in print.
STYLES = [("#0072b2", "o"), ("#d55e00", "s"), ("#009e73", "^"), ("#cc79a7", "D"), ("#56b4e9", "v"),
          ("#e69f00", "P"), ("#000000", "X")]
SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "rdbproof", "font.family": "sans-serif",
            "font.size": 11, "axes.grid": True, "grid.color": "#dddddd",
            "axes.spines.top": False, "axes.spines.right": False}


def points(rows, column, unit):
    pairs = sorted((int(row[column]), float(row["bytes_per_second"]) / 1e9) for row in rows)
    return [x / unit for x, _ in pairs], [y for _, y in pairs]


def draw_profiles(axes, results, column, unit):
    for (color, mark), profile in zip(STYLES, results.values("profile")):
        axes.plot(*points(results.where(profile=profile, program="rdbproof"), column, unit),
                  color=color, marker=mark, label=profile)


def draw_cores(axes, results):
    cores = int(results.rows[0]["cores"])
    axes.axvline(cores, color="#888888", linestyle=":", zorder=0)
    axes.annotate(f"{cores} cores", (cores, 0), xytext=(4, 6), textcoords="offset points",
                  color="#555555")


def finish(figure, axes, path, title, label, results):
    # A logarithmic axis whose ticks are what was measured.
    axes.set_xscale("log", base=2)
    ticks = sorted({x for line in axes.get_lines() if len(line.get_xdata()) > 2
                    for x in line.get_xdata()})
    axes.set_xticks(ticks, [f"{x:g}" for x in ticks])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.set_xlabel(label)
    axes.set_ylabel("GB/s of the file")
    axes.set_title(f"{title}\n", loc="left", fontsize=12)
    axes.text(0, 1.02, results.machine(), transform=axes.transAxes, fontsize=8.5, color="#555555")
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    figure.savefig(path, bbox_inches="tight", facecolor="white", metadata={"Date": None})
    plt.close(figure)


def plot(sweep, column, unit, path, title, label):
    results = Results("sweep.csv")
    results.rows = results.where(sweep=sweep)
    if not results.rows:
        raise RuntimeError(f"sweep.csv has no rows of the sweep over {sweep}")
    figure, axes = plt.subplots(figsize=(6.4, 4))
    draw_profiles(axes, results, column, unit)
    if sweep == "threads":
        draw_cores(axes, results)
    finish(figure, axes, path, title, label, results)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", metavar="DIRECTORY", help="where to put them: docs")
    options = parser.parse_args()
    try:
        with plt.rc_context(SETTINGS):
            plot("threads", "threads", 1, os.path.join(options.directory, "throughput-threads.svg"),
                 "Throughput of rdbproof verify by threads", "threads")
            plot("size", "bytes", 10**6, os.path.join(options.directory, "throughput-size.svg"),
                 "Throughput of rdbproof verify by size of the file, all threads", "MB")
    except (OSError, RuntimeError) as error:
        print(f"plot.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
