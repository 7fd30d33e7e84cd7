MATCH (a:Node {id: 'borderpost:0'}), (b:Node {id: 'borderpost:5'})
MATCH p = SHORTEST 4 (a) (()-[r:IN_PROVINCE WHERE inForce(r)]-(n WHERE inForce(n))){1,6} (b)
WITH [length(p), [n IN nodes(p) | [n.id, n.name]], [r IN relationships(p) | type(r)]] AS path ORDER BY path[0]
WITH collect(path) AS paths
RETURN [size(paths) > 3, paths[..3]]
