// The page of `shunt graph`: zoom, search, light, details. Text from the configuration only ever becomes text nodes.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const svg = $("picture"), view = $("view"), panel = $("panel");
  const kinds = ["bind", "frontend", "backend"], severities = ["notice", "warning", "error"];
  const outcomes = ["goes-on", "ends", "leads", "closes"], signs = ["·", "✓", "→", "✕"];
  const boxes = [...view.querySelectorAll(".box")];
  const arrows = new Map([...view.querySelectorAll(".arrow")].map((g) => [Number(g.dataset.arrow), g]));
  const many = (n, noun) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes))
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  // ---- what is where
  const boxOf = [], lineOf = new Map(), out = data.nodes.map(() => []), into = data.nodes.map(() => []);
  data.boxes.forEach((box, b) => {
    for (const node of box.n) boxOf[node] = b;
    if (box.n.length === 1) box.l.forEach((line, l) => line[1].forEach((row) => lineOf.set(`${box.n[0]}/${row}`, l)));
  });
  for (const [from, row, to, arrow] of data.edges) {
    out[from].push({ row, to, arrow });
    into[to].push({ from, row, arrow });
  }
  const lineElement = (node, row) => boxes[boxOf[node]].querySelector(`[data-line="${lineOf.get(`${node}/${row}`)}"]`);

  // ---- place and size of the picture
  const eye = { x: 0, y: 0, k: 1 };
  let framed = true;  // all is shown, and stays so when the window changes
  function show() {
    view.setAttribute("transform", `translate(${eye.x} ${eye.y}) scale(${eye.k})`);
    svg.style.backgroundPosition = `${eye.x}px ${eye.y}px`;
    svg.dataset.zoom = eye.k.toFixed(3);
  }
  function zoom(factor, x = svg.clientWidth / 2, y = svg.clientHeight / 2) {
    framed = false;
    const k = Math.min(4, Math.max(0.04, eye.k * factor));
    eye.x = x - (x - eye.x) * (k / eye.k);
    eye.y = y - (y - eye.y) * (k / eye.k);
    eye.k = k;
    show();
  }
  function fit() {
    framed = true;
    const margin = 36, width = svg.clientWidth, height = svg.clientHeight;
    eye.k = Math.min((width - 2 * margin) / data.width, (height - 2 * margin) / data.height, 1.25);
    eye.k = Math.max(eye.k, 0.04);
    eye.x = (width - data.width * eye.k) / 2;
    eye.y = (height - data.height * eye.k) / 2;
    show();
  }
  function move(x, y) { framed = false; eye.x += x; eye.y += y; show(); }
  function centre(box) {
    framed = false;
    const at = view.getScreenCTM().inverse().multiply(boxes[box].getScreenCTM());
    eye.k = Math.max(eye.k, 0.8);
    eye.x = svg.clientWidth / 2 - (at.e + data.boxes[box].w / 2) * eye.k;
    eye.y = svg.clientHeight / 2 - (at.f + Math.min(data.boxes[box].h, svg.clientHeight / eye.k) / 2) * eye.k;
    show();
  }

  const pointers = new Map();
  let dragged = false;
  const inList = (event) => event.target.closest && event.target.closest(".list");
  svg.addEventListener("wheel", (event) => {
    if (inList(event)) return;
    event.preventDefault();
    const frame = svg.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), event.clientX - frame.left, event.clientY - frame.top);
  }, { passive: false });
  svg.addEventListener("pointerdown", (event) => {
    if (inList(event)) return;
    dragged = false;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, fromX: event.clientX, fromY: event.clientY });
  });
  window.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    if (Math.hypot(event.clientX - before.fromX, event.clientY - before.fromY) > 4) dragged = true;
    const other = [...pointers].find(([id]) => id !== event.pointerId);
    if (other) {
      const far = (point) => Math.hypot(point.x - other[1].x, point.y - other[1].y) || 1;
      const frame = svg.getBoundingClientRect();
      zoom(far({ x: event.clientX, y: event.clientY }) / far(before), other[1].x - frame.left, other[1].y - frame.top);
    } else if (dragged) {
      svg.classList.add("held");
      move(event.clientX - before.x, event.clientY - before.y);
    }
    Object.assign(before, { x: event.clientX, y: event.clientY });
  });
  for (const end of ["pointerup", "pointercancel"])
    window.addEventListener(end, (event) => { pointers.delete(event.pointerId); svg.classList.remove("held"); });

  // ---- light
  function dark() {
    svg.classList.remove("lit");
    for (const element of view.querySelectorAll(".taken, .passed")) element.classList.remove("taken", "passed");
  }
  // The way on from a node (or one row of it), or back to where it begins.
  function walk(start, row, back, lit) {
    const open = [start], seen = new Set([start]);
    while (open.length) {
      const at = open.pop();
      lit.nodes.add(at);
      for (const edge of (back ? into : out)[at]) {
        if (!back && at === start && row >= 0 && edge.row !== row) continue;
        lit.arrows.add(edge.arrow);
        if (back && edge.row >= 0) lit.rows.push([edge.from, edge.row]);
        const next = back ? edge.from : edge.to;
        if (!seen.has(next)) { seen.add(next); open.push(next); }
      }
    }
  }
  function light(node, row = -1) {
    dark();
    const lit = { nodes: new Set(), arrows: new Set(), rows: [] };
    walk(node, row, false, lit);
    if (data.nodes[node].k !== 0 || into[node].length) walk(node, -1, true, lit);
    if (row >= 0) lit.rows.push([node, row]);
    svg.classList.add("lit");
    for (const each of lit.nodes) boxes[boxOf[each]].classList.add("taken");
    for (const each of lit.arrows) arrows.get(each)?.classList.add("taken");
    for (const [of, each] of lit.rows) lineElement(of, each)?.classList.add("taken");
  }
  function lightPath() {
    dark();
    svg.classList.add("lit");
    const taken = new Set();
    for (const [node, row, glow] of data.path.spots) {
      if (glow === 2) taken.add(`${node}/${row}`);
      const element = row < 0 ? boxes[boxOf[node]] : lineElement(node, row);
      element?.classList.add(glow === 2 ? "taken" : "passed");
    }
    for (const [from, row, to, arrow] of data.edges)
      if (taken.has(`${from}/${row}`) && taken.has(`${to}/-1`)) arrows.get(arrow)?.classList.add("taken");
  }
  const glowAt = (node, row) => data.path?.spots.find((spot) => spot[0] === node && spot[1] === row)?.[2];

  // ---- details
  let chosen = null;
  function open(...content) {
    panel.replaceChildren(...content.filter(Boolean));
    panel.hidden = false;
    panel.scrollTop = 0;
    if (framed) fit();
  }
  function close() {
    panel.hidden = true;
    if (framed) fit();
    $("findings").setAttribute("aria-expanded", "false");
  }
  const closer = () => make("button", { class: "close", type: "button", "aria-label": "Close", onclick: back }, "✕");
  function entry(node, row) {
    const [text, target, written, outcome, , patterns] = data.nodes[node].r[row];
    const glow = glowAt(node, row);
    const leads = target && outcome === 2 && data.nodes[node].r[row][4] !== 6;
    return make("button", {
      class: `entry ${outcomes[outcome]}${glow === 2 ? " taken" : glow === 1 ? " passed" : ""}`, type: "button",
      title: patterns ? `${written}\n${patterns}` : written, onclick: () => choose(node, row),
    }, make("span", {}, make("i", { class: "sign" }, `${signs[outcome]} `), text), make("span", {}, leads ? `→ ${target}` : target));
  }
  // A part of many entries at a time; the filter looks at all of them.
  function list(items, texts, draw, label) {
    const rows = make("div", { class: "rows" });
    const step = 250;
    let found = items, shown = 0;
    const more = make("button", { class: "more", type: "button", onclick: () => add() });
    function add() {
      more.remove();
      rows.append(...found.slice(shown, shown + step).map(draw));
      shown = Math.min(shown + step, found.length);
      if (shown < found.length) { more.textContent = `${many(found.length - shown, "more").replace(/s$/, "")}`; rows.append(more); }
    }
    function refill(words) {
      found = words ? items.filter((item) => texts(item).toLowerCase().includes(words)) : items;
      shown = 0;
      rows.replaceChildren();
      add();
      if (!found.length) rows.append(make("p", { class: "none" }, "nothing found"));
    }
    refill("");
    const filter = items.length > 12 ? make("input", { type: "search", placeholder: `Filter ${label}`, "aria-label": `Filter ${label}`,
      oninput: (event) => refill(event.target.value.trim().toLowerCase()) }) : null;
    return [filter, rows].filter(Boolean);
  }
  const rowText = (node) => (row) => data.nodes[node].r[row].slice(0, 3).join(" ") + (data.nodes[node].r[row][5] || "");
  const nodeText = (node) => `${data.nodes[node].t} ${(data.nodes[node].r || []).map((row) => row[0]).join(" ")}`;
  function finding(number) {
    const each = data.findings[number];
    return make("button", { class: `finding ${severities[each.s]}`, type: "button", "data-finding": number,
      onclick: () => { if (each.n !== null) { choose(each.n, each.w === null ? -1 : each.w); centre(boxOf[each.n]); } } },
    make("b", {}, each.c), each.m, each.r ? make("small", {}, each.r) : null, each.p ? make("small", {}, each.p) : null);
  }
  function findingsOf(node, row) {
    const own = data.nodes[node].x || [], rows = data.nodes[node].r || [];
    return row >= 0 ? rows[row][6] || [] : own.concat(...rows.map((each) => each[6] || []));
  }
  function head(what, title, place, kind) {
    return make("header", {}, make("div", { style: "flex:1", class: kind || "" }, make("p", { class: "what" }, what), make("h2", {}, title),
      place ? make("p", { class: "place" }, place) : null), closer());
  }
  function describeRow(node, row) {
    const [, target, written, , part, patterns] = data.nodes[node].r[row];
    const next = out[node].filter((edge) => edge.row === row);
    open(head(data.parts[part], data.nodes[node].t, data.nodes[node].p, kinds[data.nodes[node].k]),
      make("h3", {}, "As written"), make("pre", {}, written),
      patterns ? make("h3", {}, "Compared with") : null, patterns ? make("pre", {}, patterns) : null,
      next.length ? make("h3", {}, "Leads to") : target ? make("h3", {}, target) : null,
      ...(next.length ? list(next.map((edge) => edge.to), nodeText, nodeEntry, "names") : []),
      ...findingsOf(node, row).map(finding));
  }
  const nodeEntry = (node) => make("button", { class: "entry", type: "button", onclick: () => choose(node) },
    make("span", {}, data.nodes[node].t), make("span", {}, `${kinds[data.nodes[node].k]} · ${data.nodes[node].p}`));
  function describeNode(node) {
    const each = data.nodes[node], rows = each.r || [], parts = [];
    data.parts.forEach((title, part) => {
      const own = rows.map((row, at) => at).filter((at) => rows[at][4] === part);
      if (own.length) parts.push(make("h3", {}, `${title} · ${own.length.toLocaleString("en")}`), ...list(own, rowText(node), (at) => entry(node, at), title));
    });
    open(head(kinds[each.k], each.t, each.p, kinds[each.k]),
      each.g ? make("div", { class: "chips" }, ...each.g.map((tag) => make("span", {}, tag))) : null,
      each.f ? make("dl", {}, ...each.f.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])) : null,
      ...findingsOf(node, -1).map(finding), ...parts);
  }
  function describeBox(box) {
    const all = data.boxes[box].n;
    open(head("alike", data.boxes[box].t, "", kinds[data.nodes[all[0]].k]),
      make("p", {}, "They look the same and their ways come from and lead to the same places, so they share a box."),
      ...list(all, nodeText, nodeEntry, "names"));
  }
  function describePath() {
    open(head("explained connection", data.path.t, ""), make("h3", {}, "What happens"), make("pre", {}, data.path.story.join("\n")));
  }
  function describeFindings() {
    open(head("findings", many(data.findings.length, "finding"), ""),
      ...data.findings.map((each, at) => at).sort((a, b) => data.findings[b].s - data.findings[a].s).slice(0, 500).map(finding));
    $("findings").setAttribute("aria-expanded", "true");
  }

  function mark(box) {
    for (const each of boxes) each.classList.toggle("chosen", each === boxes[box]);
  }
  function choose(node, row = -1) {
    chosen = { node, row };
    $("findings").setAttribute("aria-expanded", "false");
    mark(boxOf[node]);
    light(node, row);
    if (row >= 0) describeRow(node, row);
    else describeNode(node);
    reveal(node);
    history.replaceState(null, "", `#${encodeURIComponent(data.nodes[node].i)}`);
  }
  function chooseBox(box) {
    if (data.boxes[box].n.length === 1) return choose(data.boxes[box].n[0]);
    chosen = { box };
    mark(box);
    dark();
    const lit = { nodes: new Set(), arrows: new Set(), rows: [] };
    for (const node of data.boxes[box].n) { walk(node, -1, false, lit); walk(node, -1, true, lit); }
    svg.classList.add("lit");
    for (const each of lit.nodes) boxes[boxOf[each]].classList.add("taken");
    for (const each of lit.arrows) arrows.get(each)?.classList.add("taken");
    describeBox(box);
  }
  // A node that is out of sight is brought into it.
  function reveal(node) {
    const frame = svg.getBoundingClientRect(), at = boxes[boxOf[node]].getBoundingClientRect();
    if (at.right < frame.left + 40 || at.left > frame.right - 40 || at.bottom < frame.top + 40 || at.top > frame.bottom - 40) centre(boxOf[node]);
  }
  function back() {
    chosen = null;
    close();
    mark(-1);
    history.replaceState(null, "", location.pathname + location.search);
    if (data.path) lightPath();
    else dark();
  }

  // ---- unfolding: a list over the box
  function fold(line) {
    line.setAttribute("aria-expanded", "false");
    line.closest(".box").querySelector(`foreignObject[data-of="${line.dataset.line}"]`)?.remove();
    line.querySelector(".sign").textContent = "▸";
  }
  function unfold(line) {
    for (const other of view.querySelectorAll(".line[aria-expanded=true]")) fold(other);
    const group = line.closest(".box"), box = data.boxes[Number(group.dataset.box)], [kind, rows, middle] = box.l[Number(line.dataset.line)];
    const count = kind === 3 ? box.n.length : rows.length;
    const place = document.createElementNS("http://www.w3.org/2000/svg", "foreignObject");
    const height = Math.min(360, 60 + count * 24);
    for (const [name, value] of Object.entries({ x: 8, y: middle + 14, width: Math.max(box.w - 16, 380), height, "data-of": line.dataset.line }))
      place.setAttribute(name, value);
    const content = kind === 3 ? list(box.n, nodeText, nodeEntry, `${many(count, "name")}`)
      : list(rows, rowText(box.n[0]), (row) => entry(box.n[0], row), many(count, box.l.length ? "row" : ""));
    place.append(make("div", { class: "list", onclick: (event) => event.stopPropagation(), onkeydown: (event) => {
      if (event.key === "Escape") { fold(line); line.focus(); }
      event.stopPropagation();
    } }, ...content));
    group.append(place);
    group.parentNode.append(group);
    line.setAttribute("aria-expanded", "true");
    line.querySelector(".sign").textContent = "▾";
    const frame = svg.getBoundingClientRect(), at = place.getBoundingClientRect();
    move(Math.min(0, frame.right - 12 - at.right), Math.min(0, frame.bottom - 12 - at.bottom));
  }
  const toggle = (line) => (line.getAttribute("aria-expanded") === "true" ? fold(line) : unfold(line));

  boxes.forEach((group, box) => {
    group.setAttribute("tabindex", "0");
    group.setAttribute("role", "button");
    for (const line of group.querySelectorAll(".line")) {
      if (!line.matches(".run, .members")) continue;
      line.setAttribute("tabindex", "0");
      line.setAttribute("role", "button");
      line.setAttribute("aria-expanded", "false");
    }
    const act = (target) => {
      const line = target.closest(".line");
      if (!line) return chooseBox(box);
      if (line.matches(".run, .members")) return toggle(line);
      choose(data.boxes[box].n[0], data.boxes[box].l[Number(line.dataset.line)][1][0]);
    };
    group.addEventListener("click", (event) => { if (!dragged) act(event.target); event.stopPropagation(); });
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      act(event.target);
    });
  });
  svg.addEventListener("click", () => { if (!dragged) back(); });

  // ---- search
  const field = $("search"), results = $("results");
  let index = null, hits = [], active = -1;
  function prepare() {
    index = [];
    data.nodes.forEach((node, at) => {
      index.push({ node: at, row: -1, text: [node.t, kinds[node.k], ...(node.g || []), ...(node.f || []).flat(), node.p].join(" ").toLowerCase() });
      (node.r || []).forEach((row, number) => index.push({ node: at, row: number, text: `${row[0]} ${row[1]} ${row[2]} ${row[5] || ""}`.toLowerCase() }));
    });
  }
  function search() {
    const words = field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    for (const element of view.querySelectorAll(".hit")) element.classList.remove("hit");
    svg.classList.toggle("searching", words.length > 0);
    hits = [];
    if (words.length) {
      if (!index) prepare();
      hits = index.filter((each) => words.every((word) => each.text.includes(word)));
      // Names that begin with what was typed come first.
      const rank = (hit) => (hit.row < 0 ? (data.nodes[hit.node].t.toLowerCase().startsWith(words[0]) ? 0 : 1) : 2);
      hits.sort((a, b) => rank(a) - rank(b));
      for (const hit of hits) {
        boxes[boxOf[hit.node]].classList.add("hit");
        if (hit.row >= 0) lineElement(hit.node, hit.row)?.classList.add("hit");
      }
    }
    active = hits.length ? 0 : -1;
    results.hidden = !words.length;
    results.replaceChildren(make("p", { role: "status" }, hits.length ? `${hits.length.toLocaleString("en")} found` : "nothing found"),
      ...hits.slice(0, 40).map((hit, at) => {
        const node = data.nodes[hit.node], row = hit.row >= 0 ? node.r[hit.row] : null;
        return make("div", { class: "option", role: "option", "aria-selected": at === active ? "true" : "false", onclick: () => take(at) },
          row ? row[0] : node.t, make("small", {}, row ? `${data.parts[row[4]]} in ${node.t}` : `${kinds[node.k]} · ${node.p}`));
      }));
  }
  function take(at) {
    const hit = hits[at];
    if (!hit) return;
    results.hidden = true;
    svg.classList.remove("searching");
    choose(hit.node, hit.row);
    centre(boxOf[hit.node]);
  }
  field.addEventListener("input", search);
  field.addEventListener("focus", () => { if (field.value) search(); });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") return take(active);
    if (event.key === "Escape") { field.value = ""; search(); field.blur(); return; }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    active = Math.max(0, Math.min(Math.min(hits.length, 40) - 1, active + (event.key === "ArrowDown" ? 1 : -1)));
    results.querySelectorAll(".option").forEach((option, at) => {
      option.setAttribute("aria-selected", at === active ? "true" : "false");
      if (at === active) option.scrollIntoView({ block: "nearest" });
    });
  });
  document.addEventListener("pointerdown", (event) => {
    if (event.target.closest(".finder")) return;
    results.hidden = true;
  });

  // ---- theme
  const stored = { get: () => { try { return localStorage.getItem("shunt-theme"); } catch { return null; } },
    set: (value) => { try { localStorage.setItem("shunt-theme", value); } catch { /* a page from a file may not store */ } } };
  function setTheme(name) { document.documentElement.dataset.theme = name; }
  function switchTheme() {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const next = (document.documentElement.dataset.theme || system) === "dark" ? "light" : "dark";
    setTheme(next);
    stored.set(next);
  }
  if (["light", "dark"].includes(stored.get())) setTheme(stored.get());

  // ---- buttons and keys
  const button = $("findings"), worst = Math.max(-1, ...data.findings.map((each) => each.s));
  button.textContent = data.findings.length ? `⚠ ${many(data.findings.length, "finding")}` : "No findings";
  button.dataset.worst = worst;
  button.disabled = !data.findings.length;
  const toggleFindings = () => (button.getAttribute("aria-expanded") === "true" ? back() : describeFindings());
  button.addEventListener("click", toggleFindings);
  $("in").addEventListener("click", () => zoom(1.3));
  $("out").addEventListener("click", () => zoom(1 / 1.3));
  $("fit").addEventListener("click", fit);
  $("theme").addEventListener("click", switchTheme);
  const keys = {
    "/": () => { field.focus(); field.select(); }, "+": () => zoom(1.3), "=": () => zoom(1.3), "-": () => zoom(1 / 1.3), 0: fit,
    t: switchTheme, f: () => { if (data.findings.length) toggleFindings(); }, Escape: back,
    ArrowLeft: () => move(60, 0), ArrowRight: () => move(-60, 0), ArrowUp: () => move(0, 60), ArrowDown: () => move(0, -60),
  };
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  window.addEventListener("resize", () => { if (framed) fit(); });

  fit();
  const named = decodeURIComponent(location.hash.slice(1)), start = named ? data.nodes.findIndex((node) => node.i === named) : -1;
  if (start >= 0) choose(start);
  else if (data.path) { lightPath(); describePath(); }
})();
