MATCH (a:Node {id: 'borderpost:11'})
MATCH p = ANY SHORTEST (a) (()-[r WHERE inForce(r)]-(n WHERE inForce(n))){1,3} (m:CounterpartUnit)
WITH m, length(p) AS distance ORDER BY distance, m.name, m.id LIMIT 21
WITH collect([distance, [m.id, m.name]]) AS found
RETURN [size(found) > 20, found[..20]]
