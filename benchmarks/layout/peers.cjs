// Lays out the graphs on standard input with elkjs or dagre: boxes of 130 x 100 px, left to right.
const fs = require("fs");
const name = process.argv[2];
const peer = require(name === "elkjs" ? "elkjs/lib/elk.bundled.js" : name);

let elk;

async function withElk(graph) {
  elk = elk || new peer();
  const options = {
    "elk.algorithm": "layered",
    "elk.direction": "RIGHT",
    "elk.spacing.nodeNode": "100",
    "elk.layered.spacing.nodeNodeBetweenLayers": "180",
  };
  const children = Array.from({ length: graph.size }, (_, at) => ({ id: `n${at}`, width: 130, height: 100 }));
  const edges = graph.links.map(([a, b], at) => ({ id: `e${at}`, sources: [`n${a}`], targets: [`n${b}`] }));
  const done = await elk.layout({ id: "root", layoutOptions: options, children, edges });
  return done.children.map((node) => [node.x, node.y]);
}

function withDagre(graph) {
  const drawn = new peer.graphlib.Graph();
  drawn.setGraph({ rankdir: "LR", nodesep: 100, ranksep: 180 });
  drawn.setDefaultEdgeLabel(() => ({}));
  for (let at = 0; at < graph.size; at++) drawn.setNode(at, { width: 130, height: 100 });
  for (const [a, b] of graph.links) drawn.setEdge(a, b);
  peer.layout(drawn);
  return Array.from({ length: graph.size }, (_, at) => [drawn.node(at).x - 65, drawn.node(at).y - 50]);
}

async function main() {
  const graphs = JSON.parse(fs.readFileSync(0, "utf8"));
  const place = name === "elkjs" ? withElk : withDagre;
  const start = process.cpuUsage();
  const corners = [];
  for (const graph of graphs) corners.push(await place(graph));
  const seconds = process.cpuUsage(start).user / 1e6;
  process.stdout.write(JSON.stringify({ corners, seconds }));
}

main();
