"""PDF: what its pages show, what it holds besides, and whether both are the same."""

from anonymizer.documents.pdf.reading import read_pdf

__all__ = ["read_pdf"]
