// Live parts of a page. An element with data-live-part fetches itself anew (htmx, on the event "changed") whenever the
// incident's stream says so. While the tab is hidden the stream is closed. When the stream cannot be had, the part is
// fetched every 5 s instead. Without this module the page's own "Refresh" link does the same by hand.
// While a part is being fetched and replaced, htmx hears no event for it: a change meanwhile is asked for afterwards.
const part = () => document.querySelector("[data-live-part]");
const mark = document.querySelector("[data-live-mark]");
const POLL = 5000;
let source = null;
let timer = null;
let isAsking = false;
let isStale = false;

function refresh() {
  isStale = isAsking;
  if (!isAsking) part()?.dispatchEvent(new CustomEvent("changed"));
}

const isPart = (element) => element.matches("[data-live-part]");

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isPart(event.target)) isAsking = true;
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (isPart(event.target)) answered();
});
// A refused or broken answer replaces nothing: asked again after a while, as when the stream is lost.
document.addEventListener("htmx:afterRequest", (event) => {
  if (!isPart(event.target) || event.detail.successful) return;
  isAsking = isStale = false;
  timer ??= setTimeout(poll, POLL);
});

function answered() {
  isAsking = false;
  if (isStale) refresh();
}

function say(state) {
  if (!mark) return;
  mark.hidden = false;
  mark.dataset.state = state === "live" ? "ok" : "warn";
  mark.textContent = mark.dataset[state];
}

function open() {
  if (source || !part()) return;
  source = new EventSource(part().dataset.stream);
  source.addEventListener("hello", (event) => {
    calm();
    say("live");
    if (event.data !== part().dataset.change) refresh(); // it changed between the page and the stream
  });
  source.addEventListener("changed", refresh);
  source.addEventListener("over", refresh);
  source.addEventListener("error", lost);
}

// The browser reconnects by itself after a broken stream, but never after a refusal: then it is asked for anew.
// Its own attempts come faster than the polls, so an error must not put off a poll that is due.
function lost() {
  say("polling");
  timer ??= setTimeout(poll, POLL);
}

function poll() {
  timer = null;
  refresh();
  if (source?.readyState === EventSource.CLOSED) close();
  if (source) lost();
  else open();
}

function calm() {
  clearTimeout(timer);
  timer = null;
}

function close() {
  calm();
  source?.close();
  source = null;
}

document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
addEventListener("pagehide", close);
const tidy = () => document.querySelectorAll("[data-without-script]").forEach((element) => element.remove());
document.addEventListener("htmx:afterSwap", tidy);
tidy();
if (!document.hidden) open();
