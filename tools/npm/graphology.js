// Reads a serialized graph with graphology and prints what it has as JSON: node graphology.js FILE
import { readFileSync } from 'node:fs';
import Graph from 'graphology';

const graph = Graph.from(JSON.parse(readFileSync(process.argv[2], 'utf8')));
console.log(JSON.stringify({
  nodes: graph.mapNodes((id, a) => [id, a.nodeType, a.name, a.validTo ?? '']),
  links: graph.mapEdges((id, a, source, target) => [id, source, target, a.linkType, a.statedOn ?? '']),
  undirected: graph.undirectedSize,
}));
