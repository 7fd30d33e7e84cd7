// Which of equally long paths are found is up to Neo4j: only lengths are compared.
MATCH (a:Node {id: 'borderpost:11'}), (b:Node {id: 'borderpost:20012'})
MATCH p = SHORTEST 4 (a) (()-[r WHERE inForce(r)]-(n WHERE inForce(n))){1,6} (b)
WITH [length(p), [n IN nodes(p) | [n.id, n.name]], [r IN relationships(p) | [r.id, type(r), startNode(r).id, endNode(r).id]]] AS path ORDER BY path[0]
WITH collect(path) AS paths
RETURN [size(paths) > 3, paths[..3]]
