"""What is wrong with a page as it stands: barriers (axe), breaches of the policy, anything wider than its window."""

from itertools import product

from axe_playwright_python.sync_playwright import Axe

AXE = Axe()
VIOLATIONS = {"resultTypes": ["violations"]}
ALL_BUT_CONTRAST = VIOLATIONS | {"rules": {"color-contrast": {"enabled": False}}}
CONTRAST = VIOLATIONS | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
# Of texts whose elements and classes are the same up to the body, as in the rows of a table, three stand for all.
SAMPLED = """() => {
  const seen = new Map();
  const place = element => element === document.body ? ""
    : `${place(element.parentElement)}>${element.tagName}.${element.getAttribute("class")}`;
  for (const element of document.querySelectorAll("body *")) {
    element.removeAttribute("data-sampled");
    if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    const count = seen.get(place(element)) || 0;
    seen.set(place(element), count + 1);
    if (count < 3) element.setAttribute("data-sampled", "");
  }
  return seen.size;
}"""
# Of rows, entries, options and marks in one place that are built alike (elements, classes, which attributes they have),
# four stand for all: axe takes minutes for a thousand.
THINNED = """() => {
  const look = element => `${element.tagName}.${element.getAttribute("class")}`;
  const place = element => element === document.body ? "" : `${place(element.parentElement)}>${look(element)}`;
  const shape = element =>
    `${look(element)}[${[...element.attributes].map(one => one.name)}](${[...element.children].map(shape)})`;
  const seen = new Map();
  for (const element of document.querySelectorAll("tbody > tr, li, option, svg *")) {
    if (!element.isConnected) continue; // it went with what it was in
    const key = `${place(element)} ${shape(element)}`;
    const count = seen.get(key) || 0;
    seen.set(key, count + 1);
    if (count >= 4) element.remove();
  }
}"""
WIDTHS = (1440, 390)


def barriers(page, options=VIOLATIONS, context=None):
    """What axe finds, in words. Its script, half a megabyte, is put into a page once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    asked = "([context, options]) => axe.run(context || document, options)"
    found = page.evaluate(asked, [context, options])["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def overflow(page):
    """How far the page is wider than its window, in words."""
    wide, room = page.evaluate("[document.scrollingElement.scrollWidth, window.innerWidth]")
    return [f"{wide} px in a window of {room}"] if wide > room else []


def heard(page):
    """The list that fills with what the page says on its console: breaches of the policy are said there."""
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def faults(page):
    """Everything wrong with the open page at each width, in light and in dark; colours alone differ between the two."""
    broad = [f"{width} {scheme}: {fault}" for width, scheme in shown(page) for fault in overflow(page)]
    page.evaluate(THINNED)
    found = []
    for width, scheme in shown(page):
        rest = barriers(page, ALL_BUT_CONTRAST) if scheme == "light" else []
        found += [f"{width} {scheme}: {fault}" for fault in [*rest, *dull(page)]]
    return [*broad, *found]


def shown(page):
    """Show the page at each width, in light and in dark, and say which it is."""
    for width, scheme in product(WIDTHS, ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        yield width, scheme


def dull(page):
    """Texts that stand out too little from what is behind them."""
    return barriers(page, CONTRAST, "[data-sampled]") if page.evaluate(SAMPLED) else []


def opened(page, address, *expected):
    """Go there; what its scripts had to say that is not among ``expected`` and everything else that is wrong with it."""
    said = heard(page)
    page.goto(address)
    page.wait_for_timeout(200)  # what a page's scripts have to say they say at once
    found = faults(page)
    return [*(words for words in said if not any(part in words for part in expected)), *found]
