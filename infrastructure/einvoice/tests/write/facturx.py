"""Opens Factur-X files with a program of other people. Prints for each: the profile, or why it does not hold."""

import sys

import facturx

for path in sys.argv[1:]:
    with open(path, "rb") as file:
        content = file.read()
    try:
        name, xml = facturx.get_xml_from_pdf(content, check_xsd=True, check_schematron=False)
        level = facturx.get_level(facturx.etree.fromstring(xml)) if hasattr(facturx, "get_level") else "read"
        print(f"{name} {level}")
    except Exception as error:
        print(f"refused: {error}")
