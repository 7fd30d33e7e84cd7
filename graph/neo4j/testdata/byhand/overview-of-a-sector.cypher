// Finds the sectors that it succeeded, then goes once over what is on them all, and takes each list from the kind of
// node that it is of.
MATCH (s:Node {id: 'bordersector:7'}) WHERE s:BorderSector AND s.marking <= $clearance
WITH s, inForce(s) AS active, begun(s) AS known,
  COLLECT { MATCH (s) ((t)<-[r:SUCCEEDED_BY]-(a) WHERE inForce(r) AND begun(t)){0,4} (n) RETURN DISTINCT n } AS sectors,
  COLLECT { MATCH (s)-[r:OF_BORDER]->(b) WHERE inForce(s) AND inForce(r) RETURN b } AS borders
WITH s, active, known, sectors, borders, COLLECT {
    UNWIND sectors AS t WITH t, inForce(t) AS lasting WHERE begun(t)
    MATCH (t)<-[r:IN_SECTOR]-(n) WHERE inForce(r) AND inForce(n) AND (lasting OR n:Activity)
    WITH labels(n) AS kind, collect(DISTINCT n) AS nodes RETURN [kind, nodes] } AS kinds
WITH s, active, known, borders,
  [n IN sectors WHERE n <> s AND inForce(n)] AS sectors,
  coalesce(head([k IN kinds WHERE 'BorderPost' IN k[0] | k[1]]), []) AS posts,
  coalesce(head([k IN kinds WHERE 'CounterpartUnit' IN k[0] | k[1]]), []) AS units,
  coalesce(head([k IN kinds WHERE 'PostTwinning' IN k[0] | k[1]]), []) AS undertakings,
  coalesce(head([k IN kinds WHERE 'ClusterTwinning' IN k[0] | k[1]]), []) AS clusters,
  coalesce(head([k IN kinds WHERE 'CommuneTwinning' IN k[0] | k[1]]), []) AS communes,
  coalesce(head([k IN kinds WHERE 'DistrictTwinning' IN k[0] | k[1]]), []) AS districts,
  coalesce(head([k IN kinds WHERE 'BorderGate' IN k[0] | k[1]]), []) AS gates,
  coalesce(head([k IN kinds WHERE 'BorderLiaisonOffice' IN k[0] | k[1]]), []) AS offices,
  coalesce(head([k IN kinds WHERE 'Activity' IN k[0] | k[1]]), []) AS activities,
  COLLECT { UNWIND borders AS b WITH b WHERE begun(b) MATCH (b)<-[r:GOVERNS]-(n) WHERE inForce(r) AND inForce(n)
    WITH DISTINCT n ORDER BY n.signedOn IS NULL, n.signedOn DESC, n.id RETURN n } AS ruling
WITH *,
  [n IN posts WHERE NOT EXISTS {
    MATCH (n)<-[r:VIETNAM_POST]-(t:PostTwinning WHERE t.status = 'TWINNED')-[q:COUNTERPART_UNIT]->(m) WHERE inForce(r) AND inForce(t) AND inForce(q) AND inForce(m) }] AS untwinned,
  [n IN undertakings WHERE n.status = 'TWINNED'] AS twinnings,
  [n IN undertakings WHERE n.status <> 'TWINNED'] AS others,
  [n IN activities WHERE n.status = 'HELD'] AS held
WITH *, [n IN held WHERE n.startDate IS NOT NULL] AS dated, [n IN held WHERE n.startDate IS NULL] AS undated
RETURN [
  [s.id, s.name],
  COLLECT { UNWIND borders AS n WITH n WHERE inForce(n) WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] },
  COLLECT { MATCH (s)-[r:VIETNAM_SIDE]->(n) WHERE known AND inForce(r) AND inForce(n) WITH DISTINCT n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] },
  COLLECT { MATCH (s)-[r:FOREIGN_SIDE]->(n) WHERE active AND inForce(r) AND inForce(n) WITH DISTINCT n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] },
  [size(sectors), COLLECT { UNWIND sectors AS n
    WITH n, head(COLLECT { MATCH (n)-[r:OF_BORDER]->(l) WHERE inForce(r) AND inForce(l) RETURN l.id }) AS border
    ORDER BY border, n.ordinal, n.id LIMIT 20 RETURN [n.id, n.name] }],
  [size(posts), COLLECT { UNWIND posts AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] }],
  [size(untwinned), COLLECT { UNWIND untwinned AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] }],
  [size(units), COLLECT { UNWIND units AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] }],
  [size(twinnings), COLLECT { UNWIND twinnings AS n WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name, facts(n)] }],
  [size(others), COLLECT { UNWIND others AS n WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name, n.status] }],
  [size(clusters), COLLECT { UNWIND clusters AS n WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] }],
  size(communes),
  size(districts),
  [size(gates), COLLECT { UNWIND gates AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name, n.level] }],
  [size(offices), COLLECT { UNWIND offices AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] }],
  [size(ruling), [n IN ruling[..20] | [n.id, n.name, n.signedOn]]],
  [size(dated), COLLECT { UNWIND dated AS n WITH n ORDER BY n.startDate DESC, n.id LIMIT 20 RETURN [n.id, n.name, n.kind, n.startDate] }],
  [size(undated), COLLECT { UNWIND undated AS n WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name, n.kind] }],
  COLLECT { UNWIND activities AS n WITH n WHERE n.status = 'PLANNED' AND NOT EXISTS { MATCH (n)-[r:REALISED_AS]->(a) WHERE inForce(r) AND begun(a) }
    WITH n ORDER BY n.startDate, n.id LIMIT 20 RETURN [n.id, n.name, n.startDate] },
  COLLECT { UNWIND borders AS b MATCH (b)-[r:BETWEEN]->(c) WHERE inForce(b) AND inForce(r) AND begun(c)
    MATCH (c)<-[q:APPLIES_TO]-(n:Principle) WHERE n.kind = 'MOTTO' AND inForce(q) AND inForce(n)
    WITH DISTINCT n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] }
]
