// Goes from the unit, and over each relationship of it once: what lies on its sectors is taken for posts,
// gates and offices alike, its twinnings for undertakings and posts, its activities for all kinds of them.
MATCH (u:Node {id: 'counterpartunit:32'}) WHERE u:CounterpartUnit AND u.marking <= $clearance
WITH u, inForce(u) AS active, begun(u) AS known
WITH u, active, known,
  COLLECT { MATCH (u) ((a:CounterpartUnit)-[r:PART_OF]->(b) WHERE inForce(r) AND inForce(b)){1,3} (n) WHERE active RETURN DISTINCT n } AS above,
  COLLECT { MATCH (u)<-[r:COUNTERPART_UNIT]-(n:PostTwinning) WHERE active AND inForce(r) AND inForce(n) WITH DISTINCT n ORDER BY n.id RETURN n } AS undertakings,
  COLLECT { MATCH (u)-[r:IN_SECTOR]->(s) WHERE active AND inForce(r) AND inForce(s)
    MATCH (s)<-[q:IN_SECTOR]-(n:BorderPost|BorderGate|BorderLiaisonOffice) WHERE inForce(q) AND inForce(n)
    WITH DISTINCT n ORDER BY n.name, n.id RETURN n } AS onSectors,
  COLLECT { MATCH (u)<-[r:COUNTERPART_UNIT|HAS_PARTICIPANT]-(n:Activity) WHERE known AND inForce(r) AND inForce(n) RETURN DISTINCT n } AS activities,
  COLLECT { MATCH (u)-[r:IN_COUNTRY]->(c) WHERE active AND inForce(r) AND begun(c) RETURN c } AS countries,
  COLLECT { MATCH (u)-[r:IN_PROVINCE]->(p) WHERE active AND inForce(r) AND begun(p) RETURN p } AS provinces
WITH *,
  COLLECT { UNWIND undertakings AS t WITH t WHERE t.status = 'TWINNED'
    MATCH (t)-[r:VIETNAM_POST]->(n) WHERE inForce(r) AND inForce(n)
    WITH DISTINCT n ORDER BY n.name, n.id RETURN n } AS twinned,
  COLLECT { UNWIND onSectors AS n WITH n WHERE n:BorderPost AND NOT EXISTS {
      MATCH (n)<-[r:VIETNAM_POST]-(t:PostTwinning WHERE t.status = 'TWINNED')-[q:COUNTERPART_UNIT]->(m) WHERE inForce(r) AND inForce(t) AND inForce(q) AND inForce(m) }
    RETURN n } AS untwinned,
  COLLECT { UNWIND countries AS c MATCH (c)<-[r:INVOLVES_COUNTRY]-(n:Agreement) WHERE inForce(r) AND inForce(n)
    WITH DISTINCT n, COLLECT { MATCH (n)-[q:COUNTERPART_PROVINCE]->(p) WHERE inForce(q) AND begun(p) RETURN p } AS others
    WHERE size(others) = 0 OR any(p IN others WHERE p IN provinces)
    WITH n ORDER BY n.signedOn IS NULL, n.signedOn DESC, n.id RETURN n } AS agreements,
  COLLECT { UNWIND undertakings + activities + COLLECT { MATCH (u)<-[r:PARTY]-(n:Agreement) WHERE known AND inForce(r) AND inForce(n) RETURN n } AS n
    WITH DISTINCT n WHERE n.validFrom IS NULL OR restsOnOne(n)
    WITH n ORDER BY n.id RETURN n } AS doubts
RETURN [
  [u.id, u.name, u.kind,
    head(COLLECT { MATCH (u)-[r:IN_COUNTRY]->(c) WHERE inForce(r) AND inForce(c) RETURN [c.id, c.name] LIMIT 1 }),
    head(COLLECT { MATCH (u)-[r:IN_PROVINCE]->(p) WHERE inForce(r) AND inForce(p) RETURN [p.id, p.name] LIMIT 1 })],
  COLLECT { UNWIND above AS n WITH n WHERE n:CounterpartUnit WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] },
  COLLECT { UNWIND above AS n WITH n WHERE n:CounterpartForce WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] },
  [size(undertakings), [n IN undertakings[..20] | [n.id, n.name, n.status, facts(n)]]],
  [size(twinned), [n IN twinned[..20] | [n.id, n.name]]],
  [size(untwinned), [n IN untwinned[..20] | [n.id, n.name]]],
  COLLECT { UNWIND activities AS n WITH n WHERE n.status = 'HELD' AND n.kind = 'TALKS' AND n.startDate IS NOT NULL
    WITH n ORDER BY n.startDate DESC, n.id LIMIT 20 RETURN [n.id, n.name, n.startDate] },
  COLLECT { UNWIND activities AS n WITH n WHERE n.status = 'HELD' AND n.kind = 'JOINT_PATROL' AND n.startDate IS NOT NULL
    WITH n ORDER BY n.startDate DESC, n.id LIMIT 20 RETURN [n.id, n.name, n.startDate] },
  COLLECT { UNWIND activities AS n WITH n WHERE n.status = 'HELD' AND NOT n.kind IN ['TALKS', 'JOINT_PATROL'] AND n.startDate IS NOT NULL
    WITH n ORDER BY n.startDate DESC, n.id LIMIT 20 RETURN [n.id, n.name, n.kind, n.startDate] },
  COLLECT { UNWIND activities AS n WITH n WHERE n.status = 'PLANNED' AND NOT EXISTS { MATCH (n)-[r:REALISED_AS]->(a) WHERE inForce(r) AND begun(a) }
    WITH n ORDER BY n.startDate, n.id LIMIT 20 RETURN [n.id, n.name, n.startDate] },
  [size(agreements), [n IN agreements[..20] | [n.id, n.name, n.signedOn, facts(n)]]],
  COLLECT { UNWIND countries AS c MATCH (c)<-[r:APPLIES_TO]-(n:Principle) WHERE n.kind = 'MOTTO' AND inForce(r) AND inForce(n)
    WITH DISTINCT n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] },
  [n IN [n IN onSectors WHERE n:BorderGate][..20] | [n.id, n.name, n.level]],
  [n IN [n IN onSectors WHERE n:BorderLiaisonOffice][..20] | [n.id, n.name]],
  COLLECT { MATCH (u)<-[r:ABOUT]-(n) WHERE known AND inForce(r) AND inForce(n) AND NOT coalesce(n.derived, false) WITH DISTINCT n ORDER BY n.unit, n.id LIMIT 20 RETURN [n.id, n.value, n.unit] },
  [size(doubts), [n IN doubts[..20] | [n.id, n.name]]]
]
