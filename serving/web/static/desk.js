// The keys of the queue: J next, K previous, O opens the account's panel. Without this script every line is a link.
"use strict";

const lines = [...document.querySelectorAll("#lines .line")];
const panel = document.getElementById("panel");
const said = document.getElementById("said");
const wide = window.matchMedia("(min-width: 1080px)");
let asked = 0;

const linkOf = (line) => line.querySelector("a.go");
const currentAt = () => lines.findIndex((line) => line.classList.contains("current"));

function mark(at) {
  lines.forEach((line, other) => {
    line.classList.toggle("current", other === at);
    if (other === at) linkOf(line).setAttribute("aria-current", "true");
    else linkOf(line).removeAttribute("aria-current");
  });
}

async function choose(at) {
  const link = linkOf(lines[at]);
  mark(at);
  lines[at].scrollIntoView({ block: "nearest" });
  const mine = ++asked;
  try {
    const answer = await fetch(link.href.replace("/queue?", "/queue/panel?"), { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== asked) return; // a later key was faster
    panel.replaceChildren(...page.body.childNodes);
    panel.scrollTop = 0;
    history.replaceState(null, "", link.href);
    said.textContent = `${at + 1} of ${lines.length}: ${link.textContent}`;
  } catch {
    if (mine === asked) location.assign(link.href); // let the whole page say what is wrong
  }
}

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || lines.length === 0) return;
  const key = event.key.toLowerCase();
  const at = currentAt();
  if (key === "j" && at < lines.length - 1) choose(at + 1);
  else if (key === "k" && at > 0) choose(at - 1);
  else if (key === "o" && at >= 0) {
    if (wide.matches) panel.focus();
    else location.assign(linkOf(lines[at]).href);
  }
});

document.getElementById("lines")?.addEventListener("click", (event) => {
  const link = event.target.closest("a.go");
  if (!link || !wide.matches || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  choose(lines.indexOf(link.closest(".line")));
});
