// Finds the places of the country with how far each is, then what is in them and what is on its sectors. Of what there
// are few it looks through all, and of twinnings too: each has few relationships, of which one must lead there.
MATCH (c:Node {id: 'country:2'}) WHERE c:Country AND c.marking <= $clearance
WITH c, COLLECT {
    MATCH p = (c) ((t)<-[r:BETWEEN|IN_COUNTRY|SUCCEEDED_BY|OF_BORDER|VIETNAM_SIDE|FOREIGN_SIDE|COMMANDS_PROVINCE]-(a:LandBorder|Province|ForeignProvince|BorderSector|Command)
      WHERE inForce(r) AND begun(t) AND (type(r) IN ['SUCCEEDED_BY', 'VIETNAM_SIDE'] OR inForce(t))){0,4} (n)
    WITH n, min(length(p)) AS steps RETURN [n, steps] } AS found
WITH c, [f IN found | f[0]] AS places, [f IN found WHERE f[1] < 4 | f[0]] AS nearer
WITH c, places, nearer, [n IN places WHERE n:BorderSector AND inForce(n)] AS sectors,
  COLLECT {
    UNWIND nearer AS t WITH t WHERE NOT t:BorderSector AND inForce(t)
    MATCH (t)<-[r:IN_PROVINCE|UNDER_COMMAND|VIETNAM_PROVINCE|IN_COUNTRY]-(n) WHERE inForce(r)
    WITH labels(n) AS kind, collect(DISTINCT n) AS nodes RETURN [kind, nodes] } AS inside
WITH c, places, nearer, sectors, inside, COLLECT {
    UNWIND sectors AS s MATCH (s)<-[r:IN_SECTOR]-(n) WHERE inForce(r)
    WITH labels(n) AS kind, collect(n) AS nodes RETURN [kind, nodes] } AS onSectors
WITH *,
  reduce(both = places, k IN inside | both + k[1]) AS near,
  coalesce(head([k IN inside WHERE 'BorderGate' IN k[0] | k[1]]), []) AS gatesInside
WITH *,
  COLLECT { UNWIND [n IN places WHERE n:Province] + COLLECT { UNWIND places AS b WITH b WHERE b:LandBorder AND inForce(b) MATCH (b)<-[r:ON_BORDER]-(n:Province) WHERE inForce(r) RETURN n } AS n
    WITH DISTINCT n WHERE inForce(n) WITH n ORDER BY n.name, n.id RETURN n } AS provinces,
  COLLECT { UNWIND places AS n WITH n WHERE n:ForeignProvince AND inForce(n) WITH n ORDER BY n.name, n.id RETURN n } AS foreign,
  head(COLLECT {
    CALL (inside, onSectors, gatesInside) {
      UNWIND inside + onSectors AS k WITH k WHERE 'BorderPost' IN k[0] UNWIND k[1] AS n RETURN n
      UNION ALL
      UNWIND gatesInside AS g WITH g WHERE inForce(g) MATCH (g)<-[r:CONTROLS_GATE]-(n) WHERE inForce(r) RETURN n
    }
    WITH collect(DISTINCT n) AS nodes RETURN [n IN nodes WHERE inForce(n)] }) AS posts,
  head(COLLECT {
    UNWIND inside + onSectors AS k WITH k WHERE 'CounterpartUnit' IN k[0] UNWIND k[1] AS n
    WITH collect(DISTINCT n) AS nodes RETURN [n IN nodes WHERE inForce(n)] }) AS units,
  COLLECT { MATCH (n:BorderGate) WHERE inForce(n) AND EXISTS { MATCH (n)-[r:IN_PROVINCE|IN_SECTOR|ON_BORDER|PAIRED_WITH_GATE_IN]->(x)
      WHERE x IN CASE type(r) WHEN 'IN_PROVINCE' THEN nearer ELSE places END AND inForce(r) AND inForce(x) } RETURN n } AS gates,
  COLLECT { MATCH (n:Agreement) WHERE inForce(n) AND EXISTS { MATCH (n)-[r:PARTY|INVOLVES_COUNTRY|COUNTERPART_PROVINCE|GOVERNS|CONCERNS]->(x)
      WHERE x IN near AND inForce(r) AND begun(x) } RETURN n } AS agreements,
  COLLECT { MATCH (n:Activity) WHERE n.status = 'HELD' AND n.startDate IS NOT NULL AND inForce(n) AND EXISTS {
      MATCH (n)-[r:HAS_PARTICIPANT|INVOLVES_COUNTRY|VIETNAM_UNIT|COUNTERPART_UNIT|COUNTERPART_PROVINCE|ORGANISED_BY|HELD_IN|ON_BORDER|IN_SECTOR]->(x)
      WHERE x IN near AND inForce(r) AND begun(x) } RETURN n } AS activities
RETURN [
  [c.id, c.name],
  COLLECT { UNWIND places AS n WITH n WHERE n:LandBorder AND inForce(n) WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] },
  [size(provinces), [n IN provinces[..20] | [n.id, n.name]]],
  [size(foreign), [n IN foreign[..20] | [n.id, n.name]]],
  [size(sectors), COLLECT { UNWIND sectors AS n
    WITH n, head(COLLECT { MATCH (n)-[r:OF_BORDER]->(l) WHERE inForce(r) AND inForce(l) RETURN l.id }) AS border
    ORDER BY border, n.ordinal, n.id LIMIT 20 RETURN [n.id, n.name] }],
  size(posts),
  size([n IN posts WHERE NOT EXISTS {
    MATCH (n)<-[r:VIETNAM_POST]-(t:PostTwinning WHERE t.status = 'TWINNED')-[q:COUNTERPART_UNIT]->(m) WHERE inForce(r) AND inForce(t) AND inForce(q) AND inForce(m) }]),
  [size(units), COLLECT { UNWIND units AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] }],
  COUNT { MATCH (n:PostTwinning) WHERE n.status = 'TWINNED' AND inForce(n) AND EXISTS {
    MATCH (n)-[r:VIETNAM_POST|COUNTERPART_UNIT|COUNTERPART_PROVINCE|INVOLVES_COUNTRY|UNDER_COMMAND|IN_SECTOR|ON_BORDER]->(x)
    WHERE x IN CASE type(r) WHEN 'UNDER_COMMAND' THEN nearer ELSE near END AND inForce(r) AND inForce(x) } },
  [size(gates), COLLECT { UNWIND gates AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name, n.level] }],
  COLLECT { UNWIND inside AS k WITH k WHERE 'CounterpartForce' IN k[0] UNWIND k[1] AS n WITH n WHERE inForce(n) WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] },
  COUNT { MATCH (n:PublicOfficial) WHERE inForce(n) AND EXISTS { MATCH (n)-[r:HOLDS_ROLE_IN]->(x) WHERE x IN places AND inForce(r) AND inForce(x) } },
  [size(agreements), COLLECT { UNWIND agreements AS n WITH n ORDER BY n.signedOn IS NULL, n.signedOn DESC, n.id LIMIT 20 RETURN [n.id, n.name, n.signedOn, facts(n)] }],
  [size(activities), COLLECT { UNWIND activities AS n WITH n ORDER BY n.startDate DESC, n.id LIMIT 20 RETURN [n.id, n.name, n.kind, n.startDate] }],
  COUNT { MATCH (n:Programme) WHERE inForce(n) AND EXISTS { MATCH (n)-[r:HAS_PARTICIPANT|RUN_BY|FUNDED_BY]->(x) WHERE x IN near AND inForce(r) AND begun(x) } },
  COUNT { MATCH (n:Statistic) WHERE inForce(n) AND NOT coalesce(n.derived, false) AND EXISTS { MATCH (n)-[r:ABOUT]->(x) WHERE x IN near AND inForce(r) AND begun(x) } },
  COLLECT { MATCH (c)<-[r:APPLIES_TO]-(n:Principle) WHERE begun(c) AND n.kind = 'MOTTO' AND inForce(r) AND inForce(n) WITH DISTINCT n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] }
]
