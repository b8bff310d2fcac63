"""JATS -> an HTML page set as PubMed Central sets its pages, with a site around it. No real page may be shipped, and none is at hand."""

from __future__ import annotations

import html

from lxml import etree

INLINE = {"italic": "em", "bold": "strong", "sup": "sup", "sub": "sub", "underline": "u", "sc": "span"}
LEFT_OUT = {"graphic", "inline-graphic", "disp-formula", "inline-formula", "media", "fig"}
KEPT_ATTRIBUTES = ("colspan", "rowspan", "style", "align")


def name(element: etree._Element) -> str | None:
    return etree.QName(element).localname if isinstance(element.tag, str) else None


def escaped(text: str | None) -> str:
    return html.escape(text or "", quote=False)


def inline(element: etree._Element) -> str:
    out = [escaped(element.text)]
    for child in element:
        tag = name(child)
        if tag == "xref":
            out.append(f'<a href="#{child.get("rid")}" class="usa-link xref-{child.get("ref-type")}">{inline(child)}</a>')
        elif tag in INLINE:
            out.append(f"<{INLINE[tag]}>{inline(child)}</{INLINE[tag]}>")
        elif tag == "break":
            out.append("<br>")
        elif tag == "p":
            out.append(f"<p>{inline(child)}</p>")
        elif tag == "table-wrap":
            out.append(f"</p>{table(child)}<p>")  # a page has no table inside a paragraph
        elif tag is not None and tag not in LEFT_OUT:
            out.append(inline(child))
        out.append(escaped(child.tail))
    return "".join(out)


def cells(element: etree._Element) -> str:
    tag = name(element)
    if tag not in ("table", "thead", "tbody", "tfoot", "tr", "td", "th"):
        return ""
    attributes = "".join(f' {key}="{html.escape(value)}"' for key, value in element.attrib.items() if key in KEPT_ATTRIBUTES)
    content = inline(element) if tag in ("td", "th") else "".join(cells(child) for child in element)
    return f"<{tag}{attributes}>{content}</{tag}>"


def table(wrap: etree._Element) -> str:
    label = "".join(inline(c) for c in wrap if name(c) == "label")
    caption = "".join(f'<div class="caption p">{inline(c)}</div>' for c in wrap if name(c) == "caption")
    grids = "".join(f'<div class="tbl-box p" tabindex="0">{cells(t)}</div>' for t in wrap.iter() if name(t) == "table")
    foot = "".join(inline(c) for c in wrap if name(c) == "table-wrap-foot")
    return (
        f'<section class="tw xbox font-sm" id="{wrap.get("id")}"><h4 class="obj_head">{label}</h4>{caption}{grids}'
        f'<div class="p text-right"><a href="table/{wrap.get("id")}/">Open in a new tab</a></div><div class="tw-foot p">{foot}</div></section>'
    )


def section(element: etree._Element, level: int) -> str:
    out = []
    for child in element:
        tag = name(child)
        if tag == "title":
            out.append(f"<h{level}>{inline(child)}</h{level}>")
        elif tag == "sec":
            out.append(section(child, min(level + 1, 6)))
        elif tag == "p":
            out.append(f"<p>{inline(child)}</p>")
        elif tag == "table-wrap":
            out.append(table(child))
        elif tag is not None and tag != "fig":
            out.append(section(child, level))
    return f"<section>{''.join(out)}</section>"


def to_html(data: bytes) -> bytes:
    root = etree.fromstring(data, parser=etree.XMLParser(recover=True, load_dtd=False, no_network=True, resolve_entities=False))

    def all_of(tag: str) -> list[etree._Element]:
        return [element for element in root.iter() if name(element) == tag]

    titles = all_of("article-title")
    meta = html.escape(" ".join("".join(titles[0].itertext()).split())) if titles else ""
    abstract = "".join(f'<section class="abstract"><h2>Abstract</h2>{section(a, 3)}</section>' for a in all_of("abstract")[:1])
    body = "".join(section(b, 1) for b in all_of("body")[:1])
    floats = "".join(table(w) for group in all_of("floats-group") + all_of("floats-wrap") for w in group.iter() if name(w) == "table-wrap")
    references = "".join(f"<li>{escaped(' '.join(''.join(r.itertext()).split()))}</li>" for r in all_of("ref"))
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="citation_title" content="{meta}"></head><body>'
        '<header class="usa-header">A site</header><nav>Menu 12 (3%)</nav><div id="cookie-banner">We use 3 cookies</div>'
        f"<main><article><h1>{inline(titles[0]) if titles else ''}</h1>{abstract}{body}{floats}"
        f'<section class="ref-list"><h2>References</h2><ul>{references}</ul></section></article></main>'
        "<aside>Similar articles</aside><footer>Foot</footer></body></html>"
    ).encode()
