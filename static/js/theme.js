// Theme: system -> light -> dark. The choice is kept in a cookie, so that the server can
// write data-theme into <html> and the first paint is already right.
const root = document.documentElement;
const order = ["system", "light", "dark"];
const read = () => document.cookie.match(/(?:^|; )theme=(\w+)/)?.[1] ?? "system";

function apply(theme, button) {
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  if (button) button.setAttribute("aria-label", `${button.dataset.label}: ${theme}`);
}

const button = document.querySelector("[data-theme-toggle]");
if (button) button.hidden = false; // without this module the button would do nothing
apply(read(), button);
button?.addEventListener("click", () => {
  const next = order[(order.indexOf(read()) + 1) % order.length];
  document.cookie = `theme=${next}; path=/; max-age=31536000; SameSite=Lax`;
  apply(next, button);
});
