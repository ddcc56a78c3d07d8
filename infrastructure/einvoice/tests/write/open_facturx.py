"""Opens Factur-X files with a program of other people. Prints for each the name of the XML inside, or why the file does not hold.

The XML is held against the schema of its profile; its rules are tested elsewhere, with an engine that does not pass bad files.
"""

import sys

import facturx

for path in sys.argv[1:]:
    with open(path, "rb") as file:
        content = file.read()
    try:
        name, _ = facturx.get_xml_from_pdf(content, check_xsd=True, check_schematron=False)
        print(f"holds {name}" if name else "refused: no invoice inside")
    except Exception as error:
        print(f"refused: {' '.join(str(error).split())}")
