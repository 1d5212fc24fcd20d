// The keys of the list and of an account, and forms that are sent without loading the page anew. Without this script
// every line is a link, every outcome a button or a form, and an answer a page.
"use strict";

const main = document.getElementById("content");
const said = document.getElementById("said");
const help = document.getElementById("help");
const wide = window.matchMedia("(min-width: 1080px)");
let asked = 0;
let sending = false;
let looked = Date.now();

const lines = () => [...document.querySelectorAll("#lines .line")];
const linkOf = (line) => line.querySelector("a.go");
const currentAt = () => lines().findIndex((line) => line.classList.contains("current"));

function mark(at) {
  lines().forEach((line, other) => {
    line.classList.toggle("current", other === at);
    if (other === at) linkOf(line).setAttribute("aria-current", "true");
    else linkOf(line).removeAttribute("aria-current");
  });
}

async function choose(at) {
  const line = lines()[at];
  const link = linkOf(line);
  mark(at);
  line.scrollIntoView({ block: "nearest" });
  const mine = ++asked;
  try {
    const answer = await fetch(link.href.replace("/queue?", "/queue/panel?"), { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== asked) return; // a later key was faster
    const panel = document.getElementById("panel");
    panel.replaceChildren(...page.body.childNodes);
    panel.scrollTop = 0;
    history.replaceState(null, "", link.href);
    said.textContent = `${at + 1} of ${lines().length}: ${link.textContent}`;
  } catch {
    if (mine === asked) location.assign(link.href); // let the whole page say what is wrong
  }
}

// Sends a form and shows the page that answers it in place of this one; the list keeps its place.
async function send(form, button) {
  if (sending) return;
  sending = true;
  asked += 1; // a panel on its way comes too late
  document.body.classList.add("sending");
  const sent = new URLSearchParams(new FormData(form, button));
  try {
    const answer = await fetch(form.action, { method: "POST", body: sent, headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector(".desk, .account, #content > .empty")) throw new Error("another page");
    if (answer.redirected && !/^\/(queue|accounts)/.test(new URL(answer.url).pathname)) {
      location.assign(answer.url);
      return;
    }
    const scrolled = [".list", ".panel"].map((pane) => document.querySelector(pane)?.scrollTop ?? 0);
    const top = window.scrollY;
    document.title = page.title;
    const toast = answer.redirected ? null : main.querySelector(".toast"); // what it undoes is still the last
    main.replaceChildren(...page.getElementById("content").childNodes);
    if (toast) main.append(toast);
    document.querySelectorAll(".bar .count").forEach((count, at) => {
      count.textContent = page.querySelectorAll(".bar .count")[at]?.textContent ?? "";
    });
    if (answer.redirected) history.replaceState(null, "", answer.url);
    window.scrollTo(0, wide.matches ? top : 0);
    [".list", ".panel"].forEach((pane, at) => {
      const fresh = document.querySelector(pane);
      if (fresh && !(at && answer.redirected)) fresh.scrollTop = scrolled[at];
    });
    if (wide.matches) lines()[currentAt()]?.scrollIntoView({ block: "nearest" });
    arrive();
  } catch {
    form.requestSubmit === undefined ? form.submit() : HTMLFormElement.prototype.submit.call(form);
  } finally {
    sending = false;
    document.body.classList.remove("sending");
  }
}

// What a page says when it comes, and where the typing goes on.
function arrive() {
  document.querySelectorAll(".help").forEach((button) => { button.hidden = false; });
  const alert = main.querySelector("[role=alert]");
  const toast = main.querySelector(".toast p");
  const wrong = main.querySelector("[aria-invalid=true]");
  const name = main.querySelector("#panel h2, .account h1");
  if (alert || wrong) said.textContent = (alert ?? wrong.parentElement.querySelector(".refused-field")).textContent;
  else if (toast) said.textContent = `${toast.textContent} Now: ${name?.textContent ?? "nothing left"}`;
  if (wrong) wrong.focus();
  else if (alert) (alert.closest("details")?.querySelector("input:not([type=hidden]), select, textarea") ?? alert).focus();
}

// Whether somebody else recorded something about the account that is shown: asked when the window comes back, when a
// form opens and once a minute, so that nobody writes for nothing. A form that is too old is refused anyway.
async function lookForNews() {
  const form = document.getElementById("one-step");
  if (!form || document.hidden || sending || Date.now() - looked < 5000) return;
  looked = Date.now();
  const address = `${form.action.replace(/\/record$/, "/news")}?version=${form.elements.version.value}`;
  try {
    const answer = await fetch(address, { headers: { accept: "text/html" } });
    if (answer.status !== 200 || answer.redirected || !form.isConnected) return;
    const news = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".news");
    if (!news) return;
    document.querySelector(".outcomes .news")?.remove();
    form.before(news);
  } catch { /* the next look may be luckier */ }
}

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

function openForm(details) {
  details.open = true;
  const first = details.querySelector("input:not([type=hidden]), select, textarea");
  details.scrollIntoView({ block: "nearest" });
  first.focus();
  if (first.select) first.select();
}

function press(key) {
  const target = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
  if (!target) {
    if (key === "u") said.textContent = "Nothing to undo here.";
    return false;
  }
  if (target.matches("details")) openForm(target);
  else if (target.matches("input, select")) {
    target.focus();
    if (target.select) target.select();
  } else target.click();
  return true;
}

// Enter sends a form from a list of choices too, and from a text with Ctrl.
function isSending(event) {
  if (event.key !== "Enter" || !event.target.closest("details.outcome")) return false;
  return event.target.matches("select") || (event.target.matches("textarea") && (event.ctrlKey || event.metaKey));
}

document.addEventListener("keydown", (event) => {
  if (isSending(event)) {
    event.preventDefault();
    event.target.form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || help?.open) return;
  if (event.key === "Escape") {
    const details = event.target.closest("details.outcome[open]");
    if (details) {
      details.open = false;
      details.querySelector("summary").focus();
    } else if (isTyping(event.target)) event.target.blur();
    return;
  }
  if (isTyping(event.target)) return;
  const arrows = event.target === document.body ? { ArrowDown: "j", ArrowUp: "k" } : {};
  const key = arrows[event.key] ?? event.key.toLowerCase();
  const at = currentAt();
  const there = lines().length;
  if (key === "?" && help) help.showModal();
  else if (there && key === "j" && at < there - 1) choose(at + 1);
  else if (there && key === "k" && at > 0) choose(at - 1);
  else if (key.length > 1 || !press(key)) return;
  event.preventDefault();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || !form.closest("#content")) return;
  event.preventDefault();
  send(form, event.submitter);
});

document.addEventListener("click", (event) => {
  if (event.target.closest(".help")) help.showModal();
  const link = event.target.closest("#lines a.go");
  if (!link || !wide.matches || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  choose(lines().indexOf(link.closest(".line")));
});

document.addEventListener("change", (event) => {
  if (event.target.matches(".filter select")) event.target.form.requestSubmit();
  const open = event.target.selectedOptions?.[0]?.dataset.open;
  if (open) event.target.form.elements.amount.value = open;
});

document.addEventListener("toggle", (event) => { if (event.target.open && event.target.matches("details.outcome")) lookForNews(); }, true);
document.addEventListener("visibilitychange", lookForNews);
window.addEventListener("focus", lookForNews);
window.setInterval(lookForNews, 60000);

arrive();
