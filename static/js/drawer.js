// The event drawer, a neighbour of the table. J and K walk the rows, Enter opens, Escape closes and gives the focus
// back. Without this module a row's link loads the page with the drawer open.
const rows = [...document.querySelectorAll("[data-row]")];
const links = rows.map((row) => row.querySelector("[data-drawer-link]"));
const drawer = () => document.querySelector("[data-drawer]");
let current = rows.findIndex((row) => row.classList.contains("selected"));

if (rows.length) {
  document.querySelector("[data-drawer-hints]").hidden = false;
  links.forEach((link, index) => link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(index);
  }));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close]")) return;
    event.preventDefault();
    close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && !drawer().hidden) close();
    if (event.key === "j") select(current + 1);
    if (event.key === "k") select(current - 1);
  });
}

function select(index) {
  if (current >= 0) {
    rows[current].classList.remove("selected");
    links[current].removeAttribute("aria-current");
  }
  current = Math.max(0, Math.min(rows.length - 1, index));
  rows[current].classList.add("selected");
  links[current].setAttribute("aria-current", "true");
  links[current].focus();
}

async function open(index) {
  select(index);
  const link = links[index];
  const answer = await fetch(link.dataset.drawerLink, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return location.assign(link.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  drawer().replaceWith(document.adoptNode(page.querySelector("[data-drawer]")));
  history.replaceState(null, "", link.href.split("#")[0]);
  drawer().focus({ preventScroll: true });
}

function close() {
  drawer().hidden = true;
  const address = new URL(location.href);
  address.searchParams.delete("event");
  history.replaceState(null, "", address.pathname + address.search);
  if (current >= 0) links[current].focus();
}
