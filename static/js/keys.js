// "/" goes to the page's search field, as its hint says; typing elsewhere is left alone.
const typing = (target) => target.closest("input, select, textarea, [contenteditable]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const field = [...document.querySelectorAll("main [type=search], [data-search]")].find((one) => one.checkVisibility());
  if (!field) return;
  event.preventDefault();
  field.focus();
});
