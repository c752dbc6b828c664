"""
XML from strangers: no DTD, no entities, no network, no huge trees.

The only place that parses XML. Parts of documents are UTF-8 or UTF-16 (ECMA-376 part 2, 8.1.1);
anything else is not written by an editor.
"""

import codecs
from typing import cast

import re2
from lxml import etree

from anonymizer.documents.archive import damaged
from anonymizer.documents.limits import refuse
from anonymizer.errors import Unreadable

#: Bytes of one XML part; a tree takes about ten times as much memory.
MAX_XML_BYTES = 40_000_000
#: Elements within elements; editors stay below a hundred even in nested tables.
MAX_DEPTH = 200
_DECLARATION = re2.compile(r"\A\s*<\?xml\b[^>]*\?>")
_ENCODING = re2.compile(r"""encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_READ_ENCODINGS = frozenset("utf-8 utf8 utf-16 utf-16le utf-16be us-ascii ascii".split())
_DTD = ("<!DOCTYPE", "<!ENTITY", "<!ELEMENT", "<!ATTLIST")


def parse_xml(content: bytes) -> etree._Element:
    """The root element. Raises `Unreadable` for what is not well formed or carries a DTD."""
    if len(content) > MAX_XML_BYTES:
        raise refuse(limit="xml_bytes", most=f"parts of at most {MAX_XML_BYTES // 1_000_000} MB")
    text = _decoded(content)
    if any(one in text for one in _DTD):
        raise Unreadable(
            code="unsafe_xml",
            sentence="The file has parts that no word processor writes. Treat it with care.",
        )
    declaration = _DECLARATION.match(text)
    body = text[declaration.end() :] if declaration else text
    try:
        # A parser of its own each time: it keeps names and errors of what it has read.
        root = etree.fromstring(body.encode("utf-8"), _parser())
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from None
        raise damaged() from None
    except ValueError:
        raise damaged() from None
    _check_depth(root)
    return root


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        encoding="utf-8",
    )


def _decoded(content: bytes) -> str:
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise damaged() from None
    declaration = _DECLARATION.match(text[:500])
    encoding = _ENCODING.search(declaration.group(0)) if declaration else None
    if encoding is not None and encoding.group(1).lower() not in _READ_ENCODINGS:
        raise damaged()
    return text


def _check_depth(root: etree._Element) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise refuse(limit="depth", most=f"tables and fields at most {MAX_DEPTH} levels deep")


def is_element(node: etree._Element) -> bool:
    """False for comments and processing instructions, whose tag is a function."""
    # The stubs know elements only; comments and instructions have a function for a tag.
    return isinstance(cast("object", node.tag), str)


def local_name(node: etree._Element) -> str:
    """The name of an element without its namespace; empty for comments and instructions."""
    return node.tag.rpartition("}")[2] if is_element(node) else ""


def attribute(node: etree._Element, name: str) -> str | None:
    """An attribute by its local name, in whatever namespace."""
    plain = node.get(name)
    if plain is not None:
        return plain
    for key, value in node.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def all_text(node: etree._Element) -> list[str]:
    """Every text below an element that is not blank, comments and instructions included."""
    texts: list[str] = []
    for one in node.iter():
        texts.extend(part for part in (one.text, one.tail) if part and part.strip())
    return texts
