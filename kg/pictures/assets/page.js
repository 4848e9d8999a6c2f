"use strict";
/* Shows the graph that stands in #data: search, expand, hide, and the evidence of every link. */
const data = JSON.parse(document.getElementById("data").textContent);
const nodes = new Map(data.nodes.map((node) => [node.id, node]));
const edges = new Map(data.edges.map((edge) => [edge.id, edge]));
const links = new Map(data.nodes.map((node) => [node.id, []]));
for (const edge of data.edges) {
  links.get(edge.source).push(edge);
  if (edge.source !== edge.target) links.get(edge.target).push(edge);
}
const hidden = new Set();
const FEW = 400;

const element = (id) => document.getElementById(id);

function make(tag, text, parent) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

function item(list, text, action) {
  const button = make("button", text, make("li", undefined, list));
  button.type = "button";
  button.addEventListener("click", action);
}

const cy = cytoscape({
  container: element("graph"),
  elements: [],
  minZoom: 0.05,
  maxZoom: 4,
  style: [
    { selector: "node", style: { label: "data(short)", "font-size": 10, "text-wrap": "wrap", "text-max-width": 110, width: 22, height: 22, "background-color": "data(colour)" } },
    { selector: "edge", style: { width: 1.5, "line-color": "#bbb", "target-arrow-color": "#bbb", "target-arrow-shape": "triangle", "curve-style": "bezier" } },
    { selector: "edge.far", style: { "curve-style": "haystack", "target-arrow-shape": "none" } },
    { selector: ":selected", style: { "border-width": 4, "border-color": "#000", "line-color": "#000", "target-arrow-color": "#000" } },
  ],
});

function put(id, x, y) {
  const node = nodes.get(id);
  if (!cy.getElementById(id).empty()) return;
  const short = node.label.length > 44 ? node.label.slice(0, 43) + "…" : node.label;
  cy.add({ group: "nodes", data: { id, short, colour: data.kinds[node.kind].colour, kind: node.kind }, position: { x, y } });
  cy.getElementById(id).style("display", hidden.has(node.kind) ? "none" : "element");
}

function join() {
  const there = new Set(cy.nodes().map((node) => node.id()));
  const added = [];
  for (const id of there) {
    for (const edge of links.get(id)) {
      if (there.has(edge.source) && there.has(edge.target) && cy.getElementById(edge.id).empty()) {
        added.push({ group: "edges", data: { id: edge.id, source: edge.source, target: edge.target } });
        cy.add(added[added.length - 1]);
      }
    }
  }
  cy.edges().toggleClass("far", cy.edges().length > FEW);
  say();
}

function around(id, others) {
  const middle = cy.getElementById(id).empty() ? { x: 0, y: 0 } : cy.getElementById(id).position();
  put(id, middle.x, middle.y);
  const fresh = others.filter((other) => cy.getElementById(other).empty());
  fresh.forEach((other, at) => {
    const ring = Math.floor(at / 18);
    const angle = (2 * Math.PI * (at % 18)) / Math.min(18, fresh.length - 18 * ring) + 0.3 * ring;
    put(other, middle.x + (150 + 90 * ring) * Math.cos(angle), middle.y + (150 + 90 * ring) * Math.sin(angle));
  });
  join();
}

const other = (edge, id) => (edge.source === id ? edge.target : edge.source);

function expand(id, kind) {
  const wanted = links.get(id).filter((edge) => kind === undefined || edge.kind === kind);
  around(id, [...new Set(wanted.map((edge) => other(edge, id)))]);
  cy.fit(cy.getElementById(id).closedNeighborhood(), 40);
}

function say() {
  element("status").textContent = `${cy.nodes().length} of ${nodes.size} things, ${cy.edges().length} of ${edges.size} links`;
}

function layout() {
  const many = cy.nodes().length > FEW;
  cy.layout(many ? { name: "concentric", concentric: (node) => node.degree(), levelWidth: () => 3, minNodeSpacing: 12, animate: false }
    : { name: "cose", randomize: false, animate: false, nodeRepulsion: () => 9000, idealEdgeLength: () => 90, numIter: 600 }).run();
}

function showNode(id) {
  const node = nodes.get(id);
  const details = element("details");
  details.replaceChildren();
  make("h2", node.label, details);
  const facts = make("dl", undefined, details);
  for (const [name, value] of [["kind", data.kinds[node.kind].title], ["name", id], ...Object.entries(node.facts)]) {
    make("dt", name, facts);
    make("dd", value, facts);
  }
  const row = make("p", undefined, details);
  for (const [text, action] of [["Expand", () => expand(id)], ["Remove", () => { cy.getElementById(id).remove(); say(); }]]) {
    const button = make("button", text, row);
    button.type = "button";
    button.dataset.action = text.toLowerCase();
    button.addEventListener("click", action);
    row.append(" ");
  }
  make("h3", "Links", details);
  const list = make("ul", undefined, details);
  const grouped = new Map();
  for (const edge of links.get(id)) {
    const words = edge.source === id ? data.edgeKinds[edge.kind].forward : data.edgeKinds[edge.kind].backward;
    grouped.set(words, [...(grouped.get(words) || []), edge]);
  }
  for (const [words, found] of [...grouped].sort()) {
    item(list, `${words} (${found.length})`, () => { expand(id, found[0].kind); listLinks(id, words, found); });
  }
}

function listLinks(id, words, found) {
  const details = element("details");
  make("h3", words, details);
  const list = make("ul", undefined, details);
  for (const edge of found) item(list, nodes.get(other(edge, id)).label, () => showEdge(edge.id));
}

function showEdge(id) {
  const edge = edges.get(id);
  const details = element("details");
  details.replaceChildren();
  make("h2", `${nodes.get(edge.source).label} ${data.edgeKinds[edge.kind].forward} ${nodes.get(edge.target).label}`, details);
  make("h3", "Evidence", details);
  for (const [statement, record, place, value] of edge.receipts) {
    const receipt = make("div", undefined, details);
    receipt.className = "receipt";
    make("div", statement, receipt);
    make("div", `${record} at ${place}`, receipt);
    make("q", value, receipt);
  }
  if (edge.more) make("p", `and ${edge.more} more`, details);
  const list = make("ul", undefined, details);
  for (const end of [edge.source, edge.target]) item(list, nodes.get(end).label, () => choose(end));
}

function choose(id) {
  if (cy.getElementById(id).empty()) {
    around(id, []);
  }
  cy.elements().unselect();
  cy.getElementById(id).select();
  cy.center(cy.getElementById(id));
  showNode(id);
}

function search() {
  const words = element("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const list = element("results");
  list.replaceChildren();
  if (!words.length) return;
  const found = data.nodes.filter((node) => words.every((word) => node.names.includes(word)));
  const rank = (node) => (node.label.toLowerCase().startsWith(words[0]) ? 0 : 1) * 1000 + node.label.length;
  found.sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
  for (const node of found.slice(0, 30)) item(list, `${node.label} (${data.kinds[node.kind].title})`, () => choose(node.id));
  if (found.length > 30) make("li", `and ${found.length - 30} more`, list);
  if (!found.length) make("li", "nothing found", list);
}

for (const [kind, { title, colour, count }] of Object.entries(data.kinds)) {
  const label = make("label", undefined, element("kinds"));
  const box = make("input", undefined, label);
  box.type = "checkbox";
  box.checked = true;
  box.addEventListener("change", () => {
    if (box.checked) hidden.delete(kind);
    else hidden.add(kind);
    cy.nodes().filter((node) => node.data("kind") === kind).style("display", box.checked ? "element" : "none");
  });
  const dot = make("span", undefined, label);
  dot.className = "dot";
  dot.style.background = colour;
  label.append(`${title} (${count})`);
}
element("search").addEventListener("input", search);
element("all").addEventListener("click", () => { data.nodes.forEach((node, at) => put(node.id, 30 * (at % 40), 30 * Math.floor(at / 40))); join(); layout(); });
element("clear").addEventListener("click", () => { cy.elements().remove(); element("details").replaceChildren(); say(); });
element("layout").addEventListener("click", layout);
element("save").addEventListener("click", () => {
  const link = make("a");
  link.href = cy.png({ full: true, scale: 2, bg: "#fff" });
  link.download = "myositis.png";
  link.click();
});
cy.on("tap", "node", (event) => showNode(event.target.id()));
cy.on("dbltap", "node", (event) => expand(event.target.id()));
cy.on("tap", "edge", (event) => showEdge(event.target.id()));
say();
requestAnimationFrame(() => {
  cy.resize();
  for (const start of data.start) expand(start);
  if (data.start.length) choose(data.start[0]);
  cy.fit(undefined, 30);
});
window.page = { cy, choose, expand, showEdge };
