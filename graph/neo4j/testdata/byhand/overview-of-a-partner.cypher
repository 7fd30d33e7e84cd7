// Nothing lies in a partner: goes once over what concerns it, and takes each list from the kind of node that it is of.
MATCH (p:Node {id: 'internationalpartner:7'}) WHERE p:InternationalPartner AND p.marking <= $clearance
WITH p, COLLECT {
    MATCH (p)<-[r:PARTY|HAS_PARTICIPANT|RUN_BY|FUNDED_BY|ABOUT|CONCERNS]-(n) WHERE begun(p) AND inForce(r) AND inForce(n)
    WITH labels(n) AS kind, collect(DISTINCT n) AS nodes RETURN [kind, nodes] } AS kinds
WITH p,
  coalesce(head([k IN kinds WHERE 'Agreement' IN k[0] | k[1]]), []) AS agreements,
  coalesce(head([k IN kinds WHERE 'Activity' IN k[0] | k[1]]), []) AS activities,
  coalesce(head([k IN kinds WHERE 'Programme' IN k[0] | k[1]]), []) AS programmes,
  [n IN coalesce(head([k IN kinds WHERE 'Statistic' IN k[0] | k[1]]), []) WHERE NOT coalesce(n.derived, false)] AS statistics,
  coalesce(head([k IN kinds WHERE 'Document' IN k[0] | k[1]]), []) AS documents
WITH *, [n IN activities WHERE n.status = 'HELD'] AS held
WITH *, [n IN held WHERE n.startDate IS NOT NULL] AS dated, [n IN held WHERE n.startDate IS NULL] AS undated
RETURN [
  [p.id, p.name],
  [size(agreements), COLLECT { UNWIND agreements AS n WITH n ORDER BY n.signedOn IS NULL, n.signedOn DESC, n.id LIMIT 20 RETURN [n.id, n.name, n.signedOn, facts(n)] }],
  [size(dated), COLLECT { UNWIND dated AS n WITH n ORDER BY n.startDate DESC, n.id LIMIT 20 RETURN [n.id, n.name, n.kind, n.startDate] }],
  [size(undated), COLLECT { UNWIND undated AS n WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name, n.kind] }],
  COLLECT { UNWIND activities AS n WITH n WHERE n.status = 'PLANNED' AND NOT EXISTS { MATCH (n)-[r:REALISED_AS]->(a) WHERE inForce(r) AND begun(a) }
    WITH n ORDER BY n.startDate, n.id LIMIT 20 RETURN [n.id, n.name, n.startDate] },
  [size(programmes), COLLECT { UNWIND programmes AS n WITH n ORDER BY n.name, n.id LIMIT 20 RETURN [n.id, n.name] }],
  [size(statistics), COLLECT { UNWIND statistics AS n WITH n ORDER BY n.unit, n.id LIMIT 20 RETURN [n.id, n.value, n.unit] }],
  [size(documents), COLLECT { UNWIND documents AS n WITH n ORDER BY n.issuedOn IS NULL, n.issuedOn DESC, n.id LIMIT 20 RETURN [n.id, n.name, n.issuedOn] }]
]
