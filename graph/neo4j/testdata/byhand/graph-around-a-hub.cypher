MATCH (a:Node {id: 'province:0'})
CALL (a) {
  MATCH (a)-[r WHERE inForce(r)]-(n WHERE inForce(n))
  WITH DISTINCT n ORDER BY n.id LIMIT 200
  RETURN collect(n) AS others
}
WITH size(others) > 199 AS truncated, [a] + others[..199] AS nodes
RETURN [truncated, [n IN nodes | [n.id, n.name, head([l IN labels(n) WHERE NOT l IN ['Node', 'Place', 'BorderProvince', 'Party', 'Unit', 'Event', 'StatisticSubject', 'DocumentSubject', 'OverviewSubject']])]],
  COLLECT { UNWIND nodes AS x MATCH (x)-[r WHERE inForce(r)]->(y) WHERE y IN nodes WITH x, r, y ORDER BY r.id RETURN [r.id, type(r), x.id, y.id] }]
