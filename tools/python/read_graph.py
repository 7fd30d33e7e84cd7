"""Reads a graph with networkx and prints what it has as JSON: read_graph.py gexf|graphml FILE."""
import json
import sys

import networkx

read = {"gexf": networkx.read_gexf, "graphml": networkx.read_graphml}[sys.argv[1]]
graph = read(sys.argv[2])

nodes = [[id, n["type"], n["name"], n.get("validTo", "")] for id, n in graph.nodes(data=True)]
links = [
    [key, source, target, link["type"], link.get("statedOn", "")]
    for source, target, key, link in graph.edges(keys=True, data=True)
]
json.dump({"nodes": nodes, "links": links}, sys.stdout)
