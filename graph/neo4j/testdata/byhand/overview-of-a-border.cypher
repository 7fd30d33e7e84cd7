// Finds the sectors, then goes once over what is on them and once over what is on the border, and takes each list
// from the kind of node that it is of.
MATCH (b:Node {id: 'landborder:1'}) WHERE b:LandBorder AND b.marking <= $clearance
WITH b, inForce(b) AS active, begun(b) AS known
WITH b, active, known, COLLECT { MATCH (b) ((t)<-[r:OF_BORDER|SUCCEEDED_BY]-(a) WHERE inForce(r) AND begun(t)){1,4} (n) WHERE active RETURN DISTINCT n } AS sectors
WITH b, active, known, sectors, COLLECT {
    CALL (b, active, known, sectors) {
      MATCH (b)<-[r:ON_BORDER]-(n) WHERE known AND inForce(r) AND inForce(n) AND (active OR n:Activity) RETURN n
      UNION ALL
      UNWIND sectors AS s WITH s, inForce(s) AS lasting WHERE begun(s)
      MATCH (s)<-[r:IN_SECTOR]-(n) WHERE inForce(r) AND inForce(n) AND (lasting OR n:Activity) RETURN n
    }
    WITH labels(n) AS kind, collect(DISTINCT n) AS nodes RETURN [kind, nodes] } AS kinds
WITH b, active, known,
  [n IN sectors WHERE inForce(n)] AS sectors,
  coalesce(head([k IN kinds WHERE 'Province' IN k[0] | k[1]]), []) AS provinces,
  coalesce(head([k IN kinds WHERE 'BorderPost' IN k[0] | k[1]]), []) AS posts,
  coalesce(head([k IN kinds WHERE 'CounterpartUnit' IN k[0] | k[1]]), []) AS units,
  [n IN coalesce(head([k IN kinds WHERE 'PostTwinning' IN k[0] | k[1]]), []) WHERE n.status = 'TWINNED'] AS twinnings,
  coalesce(head([k IN kinds WHERE 'ClusterTwinning' IN k[0] | k[1]]), []) AS clusters,
  coalesce(head([k IN kinds WHERE 'BorderGate' IN k[0] | k[1]]), []) AS gates,
  coalesce(head([k IN kinds WHERE 'Activity' IN k[0] | k[1]]), []) AS activities,
  COLLECT { MATCH (b)<-[r:GOVERNS|CONCERNS]-(n:Agreement) WHERE known AND inForce(r) AND inForce(n) WITH n, collect(type(r)) AS ways ORDER BY n.signedOn IS NULL, n.signedOn DESC, n.id RETURN [n, ways] } AS agreements
WITH *,
  [n IN posts WHERE NOT EXISTS {
    MATCH (n)<-[r:VIETNAM_POST]-(t:PostTwinning WHERE t.status = 'TWINNED')-[q:COUNTERPART_UNIT]->(m) WHERE inForce(r) AND inForce(t) AND inForce(q) AND inForce(m) }] AS untwinned,
  [n IN activities WHERE n.status = 'HELD' AND n.startDate IS NOT NULL] AS held,
  [a IN agreements WHERE 'GOVERNS' IN a[1] | a[0]] AS ruling
RETURN [
  [b.id, b.name],
  COLLECT { UNWIND provinces AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] },
  COLLECT { MATCH (b)<-[q:OF_BORDER]-(s)-[r:FOREIGN_SIDE]->(n) WHERE active AND inForce(q) AND inForce(s) AND inForce(r) AND inForce(n)
    WITH DISTINCT n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] },
  [size(sectors), COLLECT { UNWIND sectors AS n
    WITH n, head(COLLECT { MATCH (n)-[r:OF_BORDER]->(l) WHERE inForce(r) AND inForce(l) RETURN l.id }) AS border
    ORDER BY border, n.ordinal, n.id LIMIT 20 RETURN [n.id, n.name] }],
  [size(posts), COLLECT { UNWIND posts AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] }],
  [size(untwinned), COLLECT { UNWIND untwinned AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] }],
  [size(units), COLLECT { UNWIND units AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] }],
  [size(twinnings), COLLECT { UNWIND twinnings AS n WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name, facts(n)] }],
  [size(clusters), COLLECT { UNWIND clusters AS n WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] }],
  [size(gates), COLLECT { UNWIND gates AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name, n.level] }],
  [size(agreements), [a IN agreements[..20] | [a[0].id, a[0].name, a[0].signedOn]]],
  [size(ruling), [n IN ruling[..20] | [n.id, n.name, n.signedOn, facts(n)]]],
  [size(held), COLLECT { UNWIND held AS n WITH n ORDER BY n.startDate DESC, n.id LIMIT 20 RETURN [n.id, n.name, n.kind, n.startDate] }],
  COLLECT { UNWIND activities AS n WITH n WHERE n.status = 'PLANNED' AND NOT EXISTS { MATCH (n)-[r:REALISED_AS]->(a) WHERE inForce(r) AND begun(a) }
    WITH n ORDER BY n.startDate, n.id LIMIT 20 RETURN [n.id, n.name, n.startDate] },
  COLLECT { MATCH (b)<-[r:ABOUT]-(n) WHERE known AND inForce(r) AND inForce(n) AND NOT coalesce(n.derived, false) WITH DISTINCT n ORDER BY n.unit, n.id LIMIT 20 RETURN [n.id, n.value, n.unit] },
  COLLECT { MATCH (b)-[r:BETWEEN]->(c) WHERE active AND inForce(r) AND begun(c)
    MATCH (c)<-[q:APPLIES_TO]-(n:Principle) WHERE n.kind = 'MOTTO' AND inForce(q) AND inForce(n)
    WITH DISTINCT n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] }
]
