"""Builds `charts/geography/countries.json` from the Natural Earth 1:110m map of countries.

    python tools/countries.py naturalearth_lowres.shp

Natural Earth (naturalearthdata.com) is in the public domain. The outlines are projected by Equal Earth (Savric,
Patterson and Jenny 2018), scaled to a width of 1,000 and rounded to whole numbers; Antarctica is left out. States too
small for the map get a small square at their capital.
"""

import itertools
import json
import math
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytz  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 1000
SMALLEST_RING = 4

# ISO 3166 codes of two letters, with longitude and latitude of the capital.
SMALL = {
    "AD": (1.5, 42.5), "AG": (-61.8, 17.1), "BB": (-59.6, 13.1), "BH": (50.6, 26.2), "BM": (-64.8, 32.3),
    "CV": (-23.5, 14.9), "CW": (-68.9, 12.1), "DM": (-61.4, 15.3), "FM": (158.2, 6.9), "GD": (-61.7, 12.1),
    "GG": (-2.5, 49.5), "GI": (-5.4, 36.1), "HK": (114.2, 22.3), "IM": (-4.5, 54.2), "JE": (-2.1, 49.2),
    "KM": (43.3, -11.7), "KN": (-62.7, 17.3), "KY": (-81.4, 19.3), "LC": (-61.0, 14.0), "LI": (9.5, 47.1),
    "MC": (7.4, 43.7), "MO": (113.5, 22.2), "MT": (14.5, 35.9), "MU": (57.5, -20.2), "MV": (73.5, 4.2),
    "SC": (55.5, -4.6), "SG": (103.8, 1.35), "SM": (12.5, 43.9), "ST": (6.7, 0.3), "TO": (-175.2, -21.1),
    "VC": (-61.2, 13.2), "WS": (-171.8, -13.8), "KI": (173.0, 1.4), "PW": (134.5, 7.5), "MH": (171.4, 7.1),
}  # fmt: skip

# Names of the map and of the list of codes that differ.
NAMES = {
    "Bosnia and Herz.": "BA", "Brunei": "BN", "Central African Rep.": "CF", "Congo": "CG", "Cyprus": "CY",
    "Czechia": "CZ", "C\u00f4te d'Ivoire": "CI", "Dem. Rep. Congo": "CD", "Dominican Rep.": "DO", "Eq. Guinea": "GQ",
    "Falkland Is.": "FK", "Fr. S. Antarctic Lands": "TF", "Kosovo": "XK", "Laos": "LA", "Macedonia": "MK",
    "North Macedonia": "MK", "Myanmar": "MM", "N. Cyprus": "", "North Korea": "KP", "Palestine": "PS", "S. Sudan": "SS",
    "Solomon Is.": "SB", "Somaliland": "", "South Korea": "KR", "Timor-Leste": "TL",
    "Trinidad and Tobago": "TT", "United Kingdom": "GB",
    "United States of America": "US", "W. Sahara": "EH", "eSwatini": "SZ", "Antarctica": "", "Vietnam": "VN",
}  # fmt: skip


# Codes of three letters that the map lacks.
THREES = {
    "FR": "FRA", "NO": "NOR", "XK": "XKX", "SG": "SGP", "HK": "HKG", "MT": "MLT", "BH": "BHR", "MU": "MUS", "MO": "MAC",
    "LI": "LIE", "MC": "MCO", "AD": "AND", "SM": "SMR", "BB": "BRB", "BM": "BMU", "KY": "CYM", "SC": "SYC", "CV": "CPV",
}  # fmt: skip

# Names as readers expect them, where the list of codes writes them oddly.
OWN_NAMES = {
    "BN": "Brunei", "CD": "Congo, Democratic Republic", "CG": "Congo", "CI": "C\u00f4te d'Ivoire", "CZ": "Czechia",
    "GB": "United Kingdom", "KP": "North Korea", "KR": "South Korea", "MM": "Myanmar", "SZ": "Eswatini",
    "TL": "Timor-Leste",
    "VN": "Vietnam", "WS": "Samoa", "XK": "Kosovo", "TR": "Türkiye", "EH": "Western Sahara", "PS": "Palestine",
}  # fmt: skip


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """Equal Earth, equations 1 to 4 of the paper, in radians of arc."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    slope = a1 + 3 * a2 * theta**2 + theta**6 * (7 * a3 + 9 * a4 * theta**2)
    x = 2 * math.radians(longitude) * math.cos(theta) / (math.sqrt(3) * slope)
    return x, theta * (a1 + a2 * theta**2 + theta**6 * (a3 + a4 * theta**2))


def read_shapes(path: Path) -> Iterator[list[list[tuple[float, float]]]]:
    """The rings of each record of a shapefile of polygons, as ESRI describes it."""
    data = path.read_bytes()
    at = 100
    while at < len(data):
        length = struct.unpack(">i", data[at + 4 : at + 8])[0] * 2
        body = data[at + 8 : at + 8 + length]
        parts, points = struct.unpack("<2i", body[36:44])
        starts = [*struct.unpack(f"<{parts}i", body[44 : 44 + 4 * parts]), points]
        flat = struct.unpack(f"<{2 * points}d", body[44 + 4 * parts : 44 + 4 * parts + 16 * points])
        pairs = list(zip(flat[::2], flat[1::2], strict=True))
        yield [pairs[first:last] for first, last in itertools.pairwise(starts)]
        at += 8 + length


def read_column(path: Path, wanted: str) -> Iterator[str]:
    """A column of a dBASE table."""
    data = path.read_bytes()
    count, head, size = struct.unpack("<IHH", data[4:12])
    offset, place = 1, 32
    while data[place] != 0x0D:
        column, width = data[place : place + 11].rstrip(b"\0").decode(), data[place + 16]
        if column == wanted:
            break
        offset += width
        place += 32
    for row in range(count):
        start = head + row * size + offset
        yield data[start : start + width].decode("latin-1").strip()


def ring(points: list[tuple[float, float]], scale: float) -> list[int]:
    """A ring as whole numbers x, y, x, y, without points that fall together."""
    flat: list[tuple[int, int]] = []
    for longitude, latitude in points:
        x, y = project(longitude, latitude)
        pair = (round(x * scale + WIDTH / 2), round(y * scale))
        if not flat or flat[-1] != pair:
            flat.append(pair)
    return [number for pair in flat for number in pair]


def main() -> None:
    """Write the file."""
    path = Path(sys.argv[1])
    scale = WIDTH / (2 * project(180, 0)[0])
    codes = {name: code for code, name in pytz.country_names.items()}
    countries: dict[str, list[list[int]]] = {}
    unknown: list[list[int]] = []
    table = path.with_suffix(".dbf")
    threes: dict[str, str] = {}
    names, letters = list(read_column(table, "name")), list(read_column(table, "iso_a3"))
    for name, three, rings in zip(names, letters, read_shapes(path), strict=True):
        code = NAMES.get(name, codes.get(name, "?"))
        if code == "?":
            raise SystemExit(f"{name!r} has no code; add it to NAMES")
        kept = [one for one in (ring(points, scale) for points in rings) if len(one) >= 2 * SMALLEST_RING]
        if name == "Antarctica":
            continue
        if code:
            countries.setdefault(code, []).extend(kept)
            threes[code] = three
        else:
            unknown += kept
    for code, place in SMALL.items():
        if code not in countries:
            x, y = project(*place)
            x, y = round(x * scale + WIDTH / 2), round(y * scale)
            countries[code] = [[x - 3, y - 3, x + 3, y - 3, x + 3, y + 3, x - 3, y + 3, x - 3, y - 3]]
    target = ROOT / "charts" / "geography" / "countries.json"
    threes |= THREES
    known = {
        code: {"name": _name(code), "three": threes.get(code, ""), "rings": rings}
        for code, rings in sorted(countries.items())
    }
    content = {"source": "Natural Earth 1:110m, public domain", "countries": known, "other": unknown}
    target.write_text(json.dumps(content, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(known)} countries, {target.stat().st_size:,} bytes\n")


def _name(code: str) -> str:
    return OWN_NAMES.get(code) or str(pytz.country_names[code]).replace("&", "and")


if __name__ == "__main__":
    main()
