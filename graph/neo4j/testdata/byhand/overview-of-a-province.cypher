// Finds the province, its commands and sectors with how far each is, then what is in them and what is on the sectors,
// each by its kind. Of what there are few it looks through all.
MATCH (p:Node {id: 'province:19'}) WHERE p:Province AND p.marking <= $clearance
WITH p, inForce(p) AS active, COLLECT {
    MATCH w = (p) ((t)<-[r:SUCCEEDED_BY|VIETNAM_SIDE|COMMANDS_PROVINCE]-(a)
      WHERE inForce(r) AND begun(t) AND (type(r) <> 'COMMANDS_PROVINCE' OR inForce(t))){0,4} (n)
    WITH n, min(length(w)) AS steps RETURN [n, steps] } AS found
WITH p, active, [f IN found | f[0]] AS places, [f IN found WHERE f[1] < 4 | f[0]] AS nearer
WITH p, active, places, [n IN places WHERE n:BorderSector AND inForce(n)] AS sectors, [n IN places WHERE n:Command AND inForce(n)] AS commands,
  COLLECT {
    UNWIND nearer AS t WITH t WHERE NOT t:BorderSector AND inForce(t)
    MATCH (t)<-[r:IN_PROVINCE|UNDER_COMMAND|VIETNAM_PROVINCE]-(n) WHERE inForce(r)
    WITH labels(n) AS kind, collect(DISTINCT n) AS nodes RETURN [kind, nodes] } AS inside
WITH p, active, places, sectors, commands, inside,
  reduce(both = places, k IN inside | both + k[1]) AS near,
  coalesce(head([k IN inside WHERE 'BorderPost' IN k[0] | k[1]]), []) AS postsInside,
  coalesce(head([k IN inside WHERE 'PostTwinning' IN k[0] | k[1]]), []) AS twinningsInside,
  coalesce(head([k IN inside WHERE 'BorderGate' IN k[0] | k[1]]), []) AS gatesInside,
  COLLECT {
    UNWIND sectors AS s MATCH (s)<-[r:IN_SECTOR]-(n) WHERE inForce(r)
    WITH labels(n) AS kind, collect(n) AS nodes RETURN [kind, nodes] } AS onSectors
WITH *,
  head(COLLECT {
    CALL (postsInside, onSectors, gatesInside) {
      UNWIND postsInside AS n RETURN n
      UNION ALL
      UNWIND onSectors AS k WITH k WHERE 'BorderPost' IN k[0] UNWIND k[1] AS n RETURN n
      UNION ALL
      UNWIND gatesInside AS g WITH g WHERE inForce(g) MATCH (g)<-[r:CONTROLS_GATE]-(n) WHERE inForce(r) RETURN n
    }
    WITH collect(DISTINCT n) AS nodes RETURN [n IN nodes WHERE inForce(n)] }) AS posts,
  head(COLLECT {
    UNWIND onSectors AS k WITH k WHERE 'CounterpartUnit' IN k[0] UNWIND k[1] AS n
    WITH collect(DISTINCT n) AS nodes RETURN [n IN nodes WHERE inForce(n)] }) AS units,
  head(COLLECT {
    CALL (postsInside, twinningsInside, onSectors) {
      UNWIND postsInside AS m MATCH (m)<-[r:VIETNAM_POST]-(n:PostTwinning) WHERE n.status = 'TWINNED' AND inForce(m) AND inForce(r) RETURN n
      UNION ALL
      UNWIND twinningsInside AS n WITH n WHERE n.status = 'TWINNED' RETURN n
      UNION ALL
      UNWIND onSectors AS k WITH k WHERE 'PostTwinning' IN k[0] UNWIND k[1] AS n WITH n WHERE n.status = 'TWINNED' RETURN n
    }
    WITH collect(DISTINCT n) AS nodes RETURN [n IN nodes WHERE inForce(n)] }) AS twinnings,
  COLLECT { MATCH (n:Activity) WHERE n.status IN ['HELD', 'PLANNED'] AND inForce(n) AND EXISTS {
      MATCH (n)-[r:HAS_PARTICIPANT|VIETNAM_UNIT|HELD_IN|IN_SECTOR]->(x) WHERE x IN near AND inForce(r) AND begun(x) } RETURN n } AS activities,
  COLLECT { MATCH (p)-[r:ON_BORDER]->(n:LandBorder) WHERE active AND inForce(r) AND inForce(n) WITH DISTINCT n ORDER BY n.id RETURN n } AS borders
WITH *,
  [n IN posts WHERE NOT EXISTS {
    MATCH (n)<-[r:VIETNAM_POST]-(t:PostTwinning WHERE t.status = 'TWINNED')-[q:COUNTERPART_UNIT]->(m) WHERE inForce(r) AND inForce(t) AND inForce(q) AND inForce(m) }] AS untwinned,
  [n IN activities WHERE n.status = 'HELD' AND n.startDate IS NOT NULL] AS held
RETURN [
  [p.id, p.name],
  [n IN borders[..20] | [n.id, n.name]],
  COLLECT { MATCH (p)<-[r:VIETNAM_SIDE]-(s)-[q:FOREIGN_SIDE]->(n) WHERE begun(p) AND inForce(r) AND inForce(s) AND inForce(q) AND inForce(n)
    WITH DISTINCT n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] },
  COLLECT { UNWIND sectors AS n
    WITH n, head(COLLECT { MATCH (n)-[r:OF_BORDER]->(l) WHERE inForce(r) AND inForce(l) RETURN l.id }) AS border
    ORDER BY border, n.ordinal, n.id LIMIT 20 RETURN [n.id, n.name] },
  COLLECT { UNWIND commands AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] },
  COLLECT { UNWIND commands AS c MATCH (c)<-[r:HOLDS_ROLE_IN]-(n) WHERE inForce(r) AND inForce(n) WITH DISTINCT n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] },
  [size(posts), COLLECT { UNWIND posts AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] }],
  [size(untwinned), COLLECT { UNWIND untwinned AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] }],
  [size(units), COLLECT { UNWIND units AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] }],
  [size(twinnings), COLLECT { UNWIND twinnings AS n WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name, facts(n)] }],
  COLLECT { UNWIND inside + onSectors AS k WITH k WHERE 'BorderGate' IN k[0] UNWIND k[1] AS n WITH DISTINCT n WHERE inForce(n)
    WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name, n.level] },
  COLLECT { UNWIND inside + onSectors AS k WITH k WHERE 'BorderLiaisonOffice' IN k[0] UNWIND k[1] AS n WITH DISTINCT n WHERE inForce(n)
    WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] },
  [size(held), COLLECT { UNWIND held AS n WITH n ORDER BY n.startDate DESC, n.id LIMIT 20 RETURN [n.id, n.name, n.kind, n.startDate] }],
  COLLECT { UNWIND activities AS n WITH n WHERE n.status = 'PLANNED' AND NOT EXISTS { MATCH (n)-[r:REALISED_AS]->(a) WHERE inForce(r) AND begun(a) }
    WITH n ORDER BY n.startDate, n.id LIMIT 20 RETURN [n.id, n.name, n.startDate] },
  COLLECT { MATCH (n:Statistic) WHERE inForce(n) AND NOT coalesce(n.derived, false) AND EXISTS { MATCH (n)-[r:ABOUT]->(x) WHERE x IN near AND inForce(r) AND begun(x) }
    WITH n ORDER BY n.unit, n.id LIMIT 20 RETURN [n.id, n.value, n.unit] },
  COLLECT { UNWIND borders AS b MATCH (b)-[r:BETWEEN]->(c) WHERE inForce(r) AND begun(c)
    MATCH (c)<-[q:APPLIES_TO]-(n:Principle) WHERE n.kind = 'MOTTO' AND inForce(q) AND inForce(n)
    WITH DISTINCT n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] }
]
