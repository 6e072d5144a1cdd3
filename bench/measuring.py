"""What the benchmark scripts share: the machine, dumps, runs of programs, files of results."""
import csv
import datetime
import os
import shutil
import statistics
import subprocess
import sys
import time

PROFILES = ["small-strings", "mixed", "huge-collections", "json-lzf"]
UNITS = {"MB": 10**6, "GB": 10**9}
SAMPLE_SECONDS = 0.002


def cpu_model():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.lower().startswith(("model name", "hardware")):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return os.uname().machine


def cores():
    return len(os.sched_getaffinity(0))


def machine():
    """The columns that begin every row of results."""
    return {"date": datetime.date.today().isoformat(), "cpu": cpu_model(), "cores": cores()}


def warn_if_busy():
    """To be called before anything is measured, for that is work too."""
    load = os.getloadavg()[0]
    if load > 0.25 * cores():
        print(f"The machine is busy (load {load:.1f}): figures will be too low.", file=sys.stderr)


def available_bytes():
    with open("/proc/meminfo", encoding="ascii") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvail"))


def parse_size(text):
    """64MB, 1GB or bytes."""
    unit = UNITS.get(text[-2:].upper())
    return int(float(text[:-2]) * unit) if unit else int(text)


def size_text(size):
    name, unit = ("GB", 10**9) if size >= 0.9995e9 else ("MB", 10**6)
    return f"{size / unit:.3g} {name}"


class GeneratedDump:
    """A dump of a profile that exists within a with statement, in the page cache and on the disk."""

    def __init__(self, generator, directory, profile, size):
        self.command = [generator, "--profile", profile, "--size", str(size)]
        self.path = os.path.join(directory, f"{profile}.rdb")

    def __enter__(self):
        os.makedirs(os.path.dirname(self.path) or ".", exist_ok=True)
        subprocess.run(self.command + ["--output", self.path], check=True)
        # Else the system writes it out while others are being measured.
        with open(self.path, "rb") as file:
            os.fsync(file.fileno())
        return self.path

    def __exit__(self, *_):
        os.unlink(self.path)


def warm(path):
    """Reads the file once, so that the page cache holds it for the first program too."""
    with open(path, "rb", buffering=0) as file:
        buffer = bytearray(1 << 22)
        while file.readinto(buffer):
            pass


class Program:
    """A program that is given a file, and how long it took each time."""

    def __init__(self, name, threads, command):
        self.name = name
        self.threads = threads
        self.command = command
        self.seconds = []

    def measure(self, path):
        start = time.monotonic()
        done = subprocess.run(self.command + [path], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False)
        self.seconds.append(time.monotonic() - start)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(self.command)} {path}: exit status {done.returncode}")

    def peaks_kib(self, path):
        """Peak resident memory with and without pages of mapped files, in a run that is not timed.
        Both are sampled; only the first is a peak that the system keeps."""
        with subprocess.Popen(self.command + [path], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as child:
            peaks = (0, 0)
            while child.poll() is None:
                peaks = tuple(map(max, peaks, memory_kib(child.pid)))
                time.sleep(SAMPLE_SECONDS)
        return peaks


def memory_kib(pid):
    """Peak of resident memory, and anonymous memory now; zeros once the process has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8") as lines:
            fields = dict(line.split(":", 1) for line in lines)
        return tuple(int(fields[name].split()[0]) for name in ("VmHWM", "RssAnon"))
    except (OSError, KeyError):
        return (0, 0)


class Limit:
    """What the machine can do with a file at best. The program times itself, without its start."""

    KINDS = ("read", "crc64")

    def __init__(self, path, threads, kinds=KINDS):
        self.path = path
        self.threads = threads
        self.kinds = kinds
        self.measured = {kind: [] for kind in kinds}

    def measure(self, path):
        output = subprocess.run([self.path, path, "1", str(self.threads)], check=True,
                                stdout=subprocess.PIPE, text=True)
        for kind, value in map(str.split, output.stdout.splitlines()):
            if kind in self.measured:
                self.measured[kind].append(float(value))


def rdbproof(path, threads):
    return Program("rdbproof", threads, [path, "verify", "--threads", str(threads)])


def thread_counts(most):
    """1, 2, 4 ... and `most`."""
    return sorted({1 << shift for shift in range(most.bit_length())} | {most})


def in_turn(contestants, path, runs):
    """One after the other, again and again: noise of the machine meets all of them."""
    warm(path)
    for _ in range(runs):
        for contestant in contestants:
            contestant.measure(path)


def speed_columns(seconds, size):
    median = statistics.median(seconds)
    return {"seconds_median": f"{median:.4f}", "seconds_min": f"{min(seconds):.4f}",
            "bytes_per_second": round(size / median), "runs": len(seconds)}


def read_csv(path):
    if not os.path.exists(path):
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def replace_rows(path, fields, rows, same):
    """Puts rows in the place of older ones that equal one of them in the columns `same`; at the end
    if there are none."""
    def identity(row):
        return tuple(str(row[name]) for name in same)

    replaced = {identity(row) for row in rows}
    old = read_csv(path)
    place = next((i for i, row in enumerate(old) if identity(row) in replaced), len(old))
    later = [row for row in old[place:] if identity(row) not in replaced]
    partial = path + ".partial"
    with open(partial, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fields, lineterminator="\n")
        writer.writeheader()
        writer.writerows(old[:place] + rows + later)
    os.replace(partial, path)


def add_common_options(parser, directory_required):
    parser.add_argument("--rdbproof", required=True, metavar="PATH")
    parser.add_argument("--generator", metavar="PATH", required=directory_required,
                        help="rdbproof-generate")
    parser.add_argument("--limit", metavar="PATH", help="rdbproof-limit; left out if not given")
    parser.add_argument("--runs", type=positive, default=5, help="of each program (default: 5)")
    parser.add_argument("--profiles", nargs="+", default=PROFILES, metavar="PROFILE",
                        help=f"to generate (default: {' '.join(PROFILES)})")
    parser.add_argument("--csv", metavar="FILE", help="where to put the results")


def positive(text):
    value = int(text)
    if value < 1:
        raise ValueError
    return value


def default_reference():
    return shutil.which("redis-check-rdb")
