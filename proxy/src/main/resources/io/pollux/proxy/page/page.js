"use strict";

// The node's status comes as a stream of events; everything else is asked for when it is wanted.
// The token stays in this tab's session storage and goes out in a header, never as a cookie.

const SHOWN_MILLIS = 300000;
const byId = (id) => document.getElementById(id);
const lag = [];
let token = sessionStorage.getItem("pollux.token") || "";
let epoch = -1;

function put(id, text, className) {
  const element = byId(id);
  element.textContent = text;
  if (className !== undefined) {
    element.className = className;
  }
}

async function ask(path, method = "GET") {
  const answer = await fetch(path, {method, headers: {Authorization: "Bearer " + token}});
  if (!answer.ok) {
    const body = await answer.json().catch(() => ({message: answer.statusText}));
    throw Object.assign(new Error(body.message), {status: answer.status});
  }
  return answer;
}

async function json(path, method) {
  return (await ask(path, method)).json();
}

// ---- the pair

function ago(time) {
  const seconds = Math.max(0, Math.round((Date.now() - new Date(time)) / 1000));
  if (seconds < 120) {
    return seconds + " s ago";
  }
  return seconds < 7200 ? Math.round(seconds / 60) + " min ago" : new Date(time).toLocaleString();
}

function facts(status) {
  const list = [
    ["Role", status.role, ""],
    ["Activity", status.activity + ": " + status.activityReason, status.activity],
    ["Sync", status.sync + ": " + status.syncReason, status.sync],
    ["Link", status.peer ? status.peer.link + " " + ago(status.peer.since) : "no peer", status.peer ? status.peer.link : "UNKNOWN"],
    ["commit() waits for", status.commitMode.toLowerCase() + ", availability " + status.availability.toLowerCase(), ""],
    ["Epoch", status.epoch, ""],
    ["Log", "ends at " + status.end + ", on disk to " + status.forced + ", applied to " + status.applied, ""],
    ["Last verified", verified(status.verified), status.verified && !status.verified.equal ? "bad" : ""],
  ];
  if (status.copy) {
    list.push(["Full copy", percent(status.copy), "COPYING"]);
  }
  if (status.identity) {
    const days = Math.floor((new Date(status.identity.validUntil) - Date.now()) / 86400000);
    list.push(["Certificate", "valid for " + days + " days", days < 30 ? "bad" : ""]);
  }
  return list;
}

function verified(last) {
  if (!last) {
    return "not since the start";
  }
  return (last.equal ? "equal" : "NOT EQUAL") + " at record " + last.position + ", "
    + last.tables + " tables, " + last.rows + " rows, " + ago(last.at);
}

function percent(copy) {
  const part = copy.totalBytes ? Math.floor(100 * copy.bytes / copy.totalBytes) + " %, " : "";
  return copy.direction + " " + part + copy.bytes + " bytes";
}

function show(status) {
  document.title = status.name + " " + status.activity + " · Pollux";
  put("name", status.name);
  put("own-name", status.name);
  put("own-activity", status.activity, "badge " + status.activity);
  put("own-reason", status.activityReason);
  const peer = status.peer;
  put("peer-name", peer ? peer.name : "no peer");
  put("peer-activity", peer && peer.activity ? peer.activity : "unknown", "badge " + (peer && peer.activity || "UNKNOWN"));
  put("peer-reason", peer ? peer.reason : "");
  put("link", peer ? peer.link.toLowerCase() : "alone", peer ? peer.link : "UNKNOWN");
  put("wire", peer && peer.link === "CONNECTED" ? "━━━" : "━ ╳ ━");
  byId("warnings").replaceChildren(...status.warnings.map((text) => element("li", text)));
  byId("facts").replaceChildren(...facts(status).flatMap(([name, value, kind]) => {
    const definition = element("dd", value);
    definition.className = kind;
    return [element("dt", name), definition];
  }));
  byId("tables-section").hidden = !status.tables.length;
  byId("tables").replaceChildren(...status.tables.map((table) =>
    row(table.table, table.state + (table.detail ? ": " + table.detail : ""), table.position, ago(table.at),
      table.rows + (table.differing ? ", " + table.differing + " differ" : ""))));
  put("behind", status.behindRecords === undefined ? "unknown" : status.behindRecords);
  chart(status.behindRecords);
  if (status.epoch !== epoch) {
    epoch = status.epoch;
    switches();
  }
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function chart(behind) {
  const now = Date.now();
  if (behind !== undefined) {
    lag.push([now, behind]);
  }
  while (lag.length && lag[0][0] < now - SHOWN_MILLIS) {
    lag.shift();
  }
  const most = Math.max(1, ...lag.map(([, value]) => value));
  byId("line").setAttribute("points", lag.map(([at, value]) =>
    (300 - 300 * (now - at) / SHOWN_MILLIS).toFixed(1) + "," + (58 - 55 * value / most).toFixed(1)).join(" "));
  byId("chart").setAttribute("aria-label", "records behind, at most " + most + " in the last five minutes");
}

// ---- events

async function follow() {
  const reader = (await ask("/v1/events")).body.pipeThrough(new TextDecoderStream()).getReader();
  put("live", "live", "good");
  let rest = "";
  for (;;) {
    const {done, value} = await reader.read();
    if (done) {
      throw new Error("the node has closed the stream");
    }
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    lines.filter((line) => line.startsWith("data: ")).forEach((line) => show(JSON.parse(line.slice(6))));
  }
}

async function keepFollowing() {
  for (;;) {
    try {
      await follow();
    } catch (failure) {
      if (failure.status === 401) {
        return logout(failure.message);
      }
      put("live", "no answer: " + failure.message + "; what is shown is old", "bad");
    }
    await new Promise((resume) => setTimeout(resume, 2000));
  }
}

// ---- the log

function row(...cells) {
  const line = document.createElement("tr");
  line.append(...cells.map((text) => element("td", text)));
  return line;
}

async function switches() {
  const found = await json("/v1/log/search?kind=REIGN&newest=true&limit=10");
  byId("switches").replaceChildren(...found.records.reverse().map((record) =>
    row(new Date(record.at).toLocaleString(), record.node, record.epoch, record.text)));
}

function what(record) {
  if (!record.changes) {
    return [record.type, record.table, record.text].filter(Boolean).join(" ");
  }
  return record.changes.map((change) =>
    [change.kind, change.table, change.rows === undefined ? "" : "(" + change.rows + ")", change.sql].filter(Boolean).join(" ")).join("; ");
}

function who(record) {
  const client = record.client || {};
  return [client.user, client.application, client.thread].filter(Boolean).join(" / ") || record.node || "";
}

byId("audit").addEventListener("submit", async (event) => {
  event.preventDefault();
  const wanted = new URLSearchParams([...new FormData(event.target)].filter(([, value]) => value));
  wanted.set("limit", "100");
  wanted.set("newest", "true");
  put("found", "searching…", "");
  try {
    const found = await json("/v1/log/search?" + wanted);
    put("found", found.finding ? "the log is damaged: " + found.finding.text : found.records.length + " records, the newest first", found.finding ? "bad" : "");
    byId("records").replaceChildren(...found.records.reverse().map((record) =>
      row(record.position, record.at ? new Date(record.at).toLocaleString() : "", who(record), what(record))));
  } catch (failure) {
    put("found", failure.message, "bad");
  }
});

// ---- actions

function confirmed(question) {
  const dialog = byId("confirm");
  put("question", question);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((answer) => dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), {once: true}));
}

byId("actions").addEventListener("click", async (event) => {
  const {command, ask: question} = event.target.dataset;
  if (!command || !await confirmed(question)) {
    return;
  }
  put("outcome", command + "…", "");
  try {
    const done = await json("/v1/" + command, "POST");
    const unequal = done.equal === false;
    put("outcome", command + (unequal ? ": NOT EQUAL" : ": done"), unequal ? "bad" : "good");
  } catch (failure) {
    put("outcome", command + ": " + failure.message, "bad");
  }
});

// ---- the token

async function login() {
  const {role} = await json("/v1/role");
  sessionStorage.setItem("pollux.token", token);
  byId("login").hidden = true;
  byId("main").hidden = false;
  byId("actions").hidden = role !== "OPERATOR";
  keepFollowing();
}

function logout(message) {
  sessionStorage.removeItem("pollux.token");
  byId("login").hidden = false;
  byId("main").hidden = true;
  put("refused", message);
  put("live", "not connected", "");
}

byId("login").addEventListener("submit", (event) => {
  event.preventDefault();
  token = byId("token").value.trim();
  login().catch((failure) => logout(failure.message));
});

if (token) {
  login().catch((failure) => logout(failure.message));
}
