"""The modules of both packages."""

from helpers.places import ROOT

PACKAGES = ("amanda", "extractors")


SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
