// Uploads with their progress, a running import that is seen to go on, and a mapping that is read anew as it is changed.
// Without this script a form uploads, the page loads itself anew, and a button reads the mapping.
"use strict";

const POLL = 1000;

// Shows an import as it stands until it asks or has ended; what is being filled in elsewhere on the page stays.
async function follow() {
  const live = document.getElementById("live");
  if (!live?.hasAttribute("data-moving")) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("live");
    if (answer.ok && fresh) {
      live.replaceWith(fresh);
      for (const part of [".im-head", "#history", "#mappings"]) {
        const [past, now] = [document, page].map((one) => one.querySelector(part));
        if (past && now) past.replaceWith(now);
      }
    }
  } catch {
    // the desk does not answer; the import goes on, and the next look may see it
  }
  setTimeout(follow, POLL);
}

function upload(form) {
  const bar = form.querySelector("progress");
  const said = form.querySelector("output");
  const send = new XMLHttpRequest();
  const fail = (text) => {
    bar.hidden = true;
    said.className = "warns";
    said.textContent = text;
    form.querySelector("[type=submit]").disabled = false;
  };
  send.open("POST", form.action);
  send.setRequestHeader("accept", "application/json");
  send.setRequestHeader("x-form-key", form.elements.form_key.value);
  send.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = (100 * event.loaded) / event.total;
    said.textContent = `${Math.floor(bar.value)} % of ${Math.ceil(event.total / 1024).toLocaleString("en")} KB`;
  });
  send.addEventListener("load", () => {
    if (send.status < 400) location.assign(send.responseURL);
    else {
      let problem = {};
      try { problem = JSON.parse(send.responseText); } catch { /* not ours */ }
      fail(problem.detail ?? `The desk answered ${send.status}. Nothing was imported.`);
    }
  });
  send.addEventListener("error", () => fail("The connection ended before the file was there. Nothing of it was kept."));
  bar.hidden = false;
  bar.value = 0;
  said.className = "";
  said.textContent = "Uploading";
  form.querySelector("[type=submit]").disabled = true;
  send.send(new FormData(form));
}

document.addEventListener("submit", (event) => {
  if (event.target.enctype !== "multipart/form-data") return;
  event.preventDefault();
  upload(event.target);
});

document.addEventListener("change", (event) => {
  if (event.target.matches(".im-edit select, .im-how select")) event.target.form.requestSubmit(document.querySelector(".im-again button"));
});

setTimeout(follow, POLL);
