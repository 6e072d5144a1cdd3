"""The measured results: which machine is shown, and how figures are looked up."""
import os

import measuring

HERE = os.path.dirname(os.path.abspath(__file__))


class Results:
    """The rows of one file that come from the machine measured last."""

    def __init__(self, name, directory=HERE):
        rows = measuring.read_csv(os.path.join(directory, name))
        latest = max(rows, key=lambda row: row["date"], default=None)
        self.rows = [row for row in rows
                     if (row["cpu"], row["cores"]) == (latest["cpu"], latest["cores"])]

    def machine(self):
        """A line for a caption; empty without results."""
        if not self.rows:
            return ""
        runs = sorted({int(row["runs"]) for row in self.rows})
        dates = sorted({row["date"] for row in self.rows})
        return (f"{self.rows[0]['cpu']}, {self.rows[0]['cores']} cores, "
                f"{' to '.join(sorted({dates[0], dates[-1]}))}, "
                f"median of {' or '.join(map(str, runs))} runs")

    def where(self, **wanted):
        return [row for row in self.rows
                if all(row[name] == str(value) for name, value in wanted.items())]

    def values(self, name):
        """The different values of a column, in the order of the file."""
        return list(dict.fromkeys(row[name] for row in self.rows))
