"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const PER_PAGE = 50;
  const $ = (id) => document.getElementById(id);
  const shared = (name, row) => data.shared[name].texts[data.shared[name].rows[row]];
  const names = data.names;
  const count = data.line.length;
  const state = { sort: "line", down: false, page: 0, open: new Set(), found: [] };

  const haystack = Array(count);
  const pieces = (name, row) => data[name].rows[row].map((number) => data[name].texts[number]);
  const text = (row) => haystack[row] ??=
    [data.name[row], named(shared("answer", row)), ...pieces("known", row), ...pieces("reasons", row)].join("\n").toLowerCase();

  const element = (tag, content, className) => {
    const made = document.createElement(tag);
    if (content !== undefined) made.textContent = content;
    if (className) made.className = className;
    return made;
  };

  const key = {
    line: (row) => data.line[row],
    name: (row) => data.name[row].toLowerCase(),
    answer: (row) => shared("answer", row),
    decision: (row) => shared("decision", row),
    confidence: (row) => data.confidence[row],
    lead: (row) => data.lead[row],
    cost: (row) => data.cost[row],
  };

  function compare(a, b) {
    const x = key[state.sort](a), y = key[state.sort](b);
    if (x === y) return a - b;
    if (x === null || x === "") return 1;
    if (y === null || y === "") return -1;
    return (x < y ? -1 : 1) * (state.down ? -1 : 1);
  }

  function find() {
    const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const service = $("service").value, decision = $("decision").value, rule = $("rule").value;
    const below = Number($("sure").value || 2);
    state.found = [];
    for (let row = 0; row < count; row++) {
      if (service && shared("answer", row) !== service) continue;
      if (decision && shared("decision", row) !== decision) continue;
      if (below <= 1 && !(data.confidence[row] !== null && data.confidence[row] < below)) continue;
      if (rule && !pieces("reasons", row).some((reason) => reason.endsWith(`[${rule}]`))) continue;
      if (words.length && !words.every((word) => text(row).includes(word))) continue;
      state.found.push(row);
    }
    state.found.sort(compare);
    state.page = 0;
    show();
  }

  const percent = (share) =>
    share === null ? "" : share > 0.97 ? ">97%" : share > 0 && share < 0.005 ? "<1%" : `${Math.round(share * 100)}%`;
  const named = (list) => list.split(";").filter(Boolean).map((id) => names[id] ?? id).join(", ");

  function line(row) {
    const made = element("tr");
    const opener = element("button", data.name[row] || `row ${data.line[row]}`, "open");
    opener.type = "button";
    opener.dataset.row = row;
    opener.setAttribute("aria-expanded", state.open.has(row));
    const cell = element("td");
    cell.append(opener);
    const decision = shared("decision", row);
    const tag = element("td");
    tag.append(element("span", data.words[decision] ?? decision, `tag ${decision}`));
    made.append(element("td", data.line[row], "number"), cell, element("td", named(shared("answer", row)) || "–"), tag);
    made.append(element("td", percent(data.confidence[row]), "number"), element("td", percent(data.lead[row]), "number"));
    made.append(element("td", shared("said", row), "number"));
    return made;
  }

  function detail(row) {
    const made = element("tr", undefined, "detail"), cell = element("td"), list = element("dl");
    cell.colSpan = 7;
    const add = (title, lines) => {
      if (!lines.length) return;
      const values = element("dd");
      for (const one of lines) values.append(element("div", one));
      list.append(element("dt", title), values);
    };
    add("Reasons", pieces("reasons", row));
    add("Usually combined with", pieces("companions", row));
    add("Fits best outside", [named(shared("outside", row))].filter(Boolean));
    add("Plausible", [named(shared("plausible", row))].filter(Boolean));
    add("Runner-up", [named(shared("runner_up", row))].filter(Boolean));
    add("Ruled out", [named(shared("out", row))].filter(Boolean));
    add("Missing information", [shared("missing", row).split(";").join(", ")].filter(Boolean));
    add("Notes", [shared("notes", row)].filter(Boolean));
    add("Known", [pieces("known", row).join(" · ") || "nothing"]);
    cell.append(list);
    made.append(cell);
    return made;
  }

  function show() {
    const pages = Math.max(1, Math.ceil(state.found.length / PER_PAGE));
    const rows = state.found.slice(state.page * PER_PAGE, (state.page + 1) * PER_PAGE);
    $("rows").replaceChildren(...rows.flatMap((row) => (state.open.has(row) ? [line(row), detail(row)] : [line(row)])));
    const none = state.found.length ? "" : ": no workload fits the search and the filters; Clear shows all";
    $("found").textContent = `${state.found.length.toLocaleString("en")} of ${count.toLocaleString("en")} workloads${none}`;
    $("page").textContent = none ? "" : `page ${state.page + 1} of ${pages}`;
    $("before").disabled = state.page === 0;
    $("after").disabled = state.page >= pages - 1;
    $("save").disabled = state.found.length === 0;
    for (const head of document.querySelectorAll("th[data-sort]")) {
      const here = head.dataset.sort === state.sort;
      head.setAttribute("aria-sort", here ? (state.down ? "descending" : "ascending") : "none");
    }
  }

  // As in the scored file: no spreadsheet takes a text for a formula.
  const FORMULA = /^(?![+-][0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?$)[=+\-@\t\r]/;
  const csv = (value) => {
    const said = String(value ?? "");
    return `"${(typeof value === "string" && FORMULA.test(said) ? `'${said}` : said).replaceAll('"', '""')}"`;
  };
  const EXPORTED = {
    line: (row) => data.line[row],
    workload: (row) => data.name[row],
    answer: (row) => shared("answer", row),
    decision: (row) => shared("decision", row),
    confidence: (row) => data.confidence[row],
    lead: (row) => data.lead[row],
    monthly_cost_usd: (row) => data.cost[row],
    reasons: (row) => pieces("reasons", row).join(" "),
    missing: (row) => shared("missing", row),
    notes: (row) => shared("notes", row),
  };

  function save() {
    const columns = Object.values(EXPORTED);
    const lines = state.found.map((row) => columns.map((column) => csv(column(row))).join(","));
    const file = new Blob([`${[Object.keys(EXPORTED).join(","), ...lines].join("\r\n")}\r\n`], { type: "text/csv" });
    const link = element("a");
    link.href = URL.createObjectURL(file);
    link.download = "workloads.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // a browser may still be reading it
  }

  $("rows").addEventListener("click", (event) => {
    const opener = event.target.closest("button.open");
    if (!opener) return;
    const row = Number(opener.dataset.row);
    state.open.has(row) ? state.open.delete(row) : state.open.add(row);
    show();
    document.querySelector(`button.open[data-row="${row}"]`)?.focus();
  });
  for (const head of document.querySelectorAll("th[data-sort]")) {
    head.firstElementChild.addEventListener("click", () => {
      state.down = head.dataset.sort === state.sort ? !state.down : false;
      state.sort = head.dataset.sort;
      state.found.sort(compare);
      show();
    });
  }
  for (const button of document.querySelectorAll("button[data-rule]")) {
    button.addEventListener("click", () => {
      $("rule").value = button.dataset.rule;
      find();
      $("workloads").scrollIntoView();
      $("rule").focus();
    });
  }
  let waiting;
  $("search").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(find, 120); });
  for (const id of ["service", "decision", "sure", "rule"]) $(id).addEventListener("change", find);
  $("before").addEventListener("click", () => { state.page--; show(); });
  $("after").addEventListener("click", () => { state.page++; show(); });
  $("save").addEventListener("click", save);
  $("clear").addEventListener("click", () => {
    for (const id of ["search", "service", "decision", "sure", "rule"]) $(id).value = "";
    find();
  });
  find();
})();
