"""Files within a PDF (ISO 32000-2, 7.11.4): the tables of a report as CSV, for whoever wants to calculate on."""

from collections.abc import Mapping

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFDocument, PDFName, PDFStream, PDFString

from exports.blocks import Report
from exports.kinds.csv_archive import write_csv
from exports.tabular import list_parts

# The slash of text/csv as a name writes it; ReportLab's own names leave it, which ends the name.
_CSV = "/text#2Fcsv"


def csv_files(report: Report) -> dict[str, bytes]:
    """The tables of a report by the names of their files."""
    return {f"{part.name}.csv": write_csv(part) for part in list_parts(report)}


def attach(document: PDFDocument, files: Mapping[str, bytes]) -> None:
    """Put files into a document before it is written. Readers list them in a tree that is sorted by name."""
    if not files:
        return
    names: list[object] = []
    references: list[object] = []
    for name, content in sorted(files.items()):
        kind = {"Type": PDFName("EmbeddedFile"), "Subtype": _CSV}
        held = document.Reference(PDFStream(PDFDictionary(kind), content))
        said = {
            "Type": PDFName("Filespec"),
            "F": PDFString(name),
            "UF": PDFString(name),
            "EF": PDFDictionary({"F": held, "UF": held}),
            "AFRelationship": PDFName("Data"),
        }
        reference = document.Reference(PDFDictionary(said))
        names += [PDFString(name), reference]
        references.append(reference)
    catalog = document.Catalog
    # ReportLab writes only entries of the catalogue that it knows; this one is of PDF 2.0.
    catalog.__NoDefault__ = catalog.__Refs__ = [*type(catalog).__NoDefault__, "AF"]
    catalog.Names = PDFDictionary({"EmbeddedFiles": PDFDictionary({"Names": PDFArray(names)})})
    catalog.AF = PDFArray(references)
