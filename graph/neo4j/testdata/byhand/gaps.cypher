// Finds the sectors, then goes once over what is on them and on the border, and takes each list from the kinds of node
// that it is of. Sources of the last five years are looked up once, for all that may be stale.
MATCH (b:Node {id: 'landborder:1'}) WHERE b.marking <= $clearance
WITH b, inForce(b) AS active, begun(b) AS known
WITH b, active, known,
  COLLECT { MATCH (b) ((t)<-[r:OF_BORDER|SUCCEEDED_BY]-(a) WHERE inForce(r) AND begun(t)){1,4} (n) WHERE active RETURN DISTINCT n } AS sectors,
  COLLECT { MATCH (s:Source) WHERE s.marking <= $clearance AND s.publishedOn <= $date
    AND s.publishedOn >= CASE s.publishedOnPrecision WHEN 'DAY' THEN '2021-01-15' ELSE '2021-01-01' END RETURN s.id } AS recent
WITH b, known, recent, COLLECT {
    CALL (b, active, known, sectors) {
      MATCH (b)<-[r:ON_BORDER]-(n) WHERE known AND inForce(r) AND inForce(n) AND (active OR n:Activity) RETURN n
      UNION ALL
      UNWIND sectors AS s WITH s, inForce(s) AS lasting WHERE begun(s)
      MATCH (s)<-[r:IN_SECTOR]-(n) WHERE inForce(r) AND inForce(n) AND (lasting OR n:Activity) RETURN n
    }
    WITH labels(n) AS kind, collect(DISTINCT n) AS nodes RETURN [kind, nodes] } AS kinds
WITH b, known, recent,
  coalesce(head([k IN kinds WHERE 'BorderPost' IN k[0] | k[1]]), []) AS posts,
  coalesce(head([k IN kinds WHERE 'CounterpartUnit' IN k[0] | k[1]]), []) AS units,
  coalesce(head([k IN kinds WHERE 'BorderGate' IN k[0] | k[1]]), []) AS gates,
  coalesce(head([k IN kinds WHERE 'PostTwinning' IN k[0] | k[1]]), []) AS undertakings,
  coalesce(head([k IN kinds WHERE 'Activity' IN k[0] | k[1]]), []) AS activities,
  reduce(all = [], k IN kinds | CASE WHEN any(l IN k[0] WHERE l ENDS WITH 'Twinning') THEN all + k[1] ELSE all END) AS twinnings,
  COLLECT { MATCH (b)<-[r:GOVERNS|CONCERNS]-(n:Agreement) WHERE known AND inForce(r) AND inForce(n) RETURN DISTINCT n } AS agreements,
  COLLECT { MATCH (b)<-[r:ABOUT]-(n) WHERE known AND inForce(r) AND inForce(n)
    WITH DISTINCT n, COLLECT { MATCH (n)-[q:CONFLICTS_WITH]-(m) WHERE inForce(q) AND inForce(m) WITH m, q ORDER BY m.id, q.id RETURN [m.id, m.value] } AS others
    WHERE size(others) > 0
    WITH n, others ORDER BY n.unit, n.id RETURN [n.id, n.value, n.unit, others[..20]] } AS conflicts
WITH b, activities, gates, conflicts,
  [n IN activities WHERE n.status = 'HELD' AND n.startDate IS NULL] AS undated,
  [n IN twinnings WHERE n.validFrom IS NULL] AS undatedTwinnings,
  [n IN undertakings WHERE NOT EXISTS { MATCH (n)-[r:VIETNAM_POST]->(m) WHERE inForce(r) AND inForce(m) }
    OR NOT EXISTS { MATCH (n)-[r:COUNTERPART_UNIT]->(m) WHERE inForce(r) AND inForce(m) }] AS withoutParty,
  [n IN twinnings + activities + agreements WHERE restsOnOne(n)] AS singleSource,
  [n IN twinnings WHERE none(s IN n.sources WHERE s IN recent)] AS stale,
  [n IN posts WHERE NOT EXISTS {
    MATCH (n)<-[r:VIETNAM_POST]-(t:PostTwinning WHERE t.status = 'TWINNED')-[q:COUNTERPART_UNIT]->(m) WHERE inForce(r) AND inForce(t) AND inForce(q) AND inForce(m) }] AS untwinned,
  [n IN units WHERE NOT EXISTS {
    MATCH (n)<-[r:COUNTERPART_UNIT]-(t:PostTwinning WHERE t.status = 'TWINNED')-[q:VIETNAM_POST]->(m) WHERE inForce(r) AND inForce(t) AND inForce(q) AND inForce(m) }] AS untwinnedUnits
RETURN [
  [size(undated), COLLECT { UNWIND undated AS n WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] }],
  [size(undatedTwinnings), COLLECT { UNWIND undatedTwinnings AS n WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] }],
  COLLECT { UNWIND activities AS n
    WITH n WHERE NOT EXISTS { MATCH (n)-[r:HAS_PARTICIPANT|VIETNAM_UNIT|COUNTERPART_UNIT]->(m) WHERE inForce(r) AND begun(m) }
    WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] },
  [size(withoutParty), COLLECT { UNWIND withoutParty AS n WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] }],
  [size(singleSource), COLLECT { UNWIND singleSource AS n WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] }],
  COLLECT { UNWIND activities AS n WITH n WHERE n.status = 'PLANNED' AND coalesce(n.startDate < $date, true)
      AND NOT EXISTS { MATCH (n)-[r:REALISED_AS]->(a) WHERE inForce(r) AND begun(a) }
    WITH n ORDER BY n.startDate, n.id LIMIT 20 RETURN [n.id, n.name, n.startDate] },
  [size(conflicts), conflicts[..20]],
  [size(stale), COLLECT { UNWIND stale AS n WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] }],
  COLLECT { UNWIND gates AS n WITH n WHERE NOT EXISTS { MATCH (n)-[r:IN_SECTOR]->(s) WHERE inForce(r) AND inForce(s) }
    WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] },
  COLLECT { UNWIND gates AS n WITH n WHERE n.level = 'UNKNOWN' WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] },
  [size(untwinned), COLLECT { UNWIND untwinned AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] }],
  [size(untwinnedUnits), COLLECT { UNWIND untwinnedUnits AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] }]
]
