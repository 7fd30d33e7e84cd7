MATCH (a:Node {id: 'borderpost:11'})
CALL (a) {
  MATCH p = ANY SHORTEST (a) (()-[r WHERE inForce(r)]-(n WHERE inForce(n))){1,2} (m) WHERE m <> a
  WITH m, length(p) AS distance ORDER BY distance, m.id LIMIT 200
  RETURN collect(m) AS others
}
WITH size(others) > 199 AS truncated, [a] + others[..199] AS nodes
RETURN [truncated, [n IN nodes | [n.id, n.name, head([l IN labels(n) WHERE NOT l IN ['Node', 'Place', 'BorderProvince', 'Party', 'Unit', 'Event', 'StatisticSubject', 'DocumentSubject', 'OverviewSubject']])]],
  COLLECT { UNWIND nodes AS x MATCH (x)-[r WHERE inForce(r)]->(y) WHERE y IN nodes WITH x, r, y ORDER BY r.id RETURN [r.id, type(r), x.id, y.id] }]
