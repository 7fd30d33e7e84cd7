// A relationship changed if it was in force on one of the two days only; its programme may have ended.
WITH '2019-12-31' AS d1, '2024-12-31' AS d2
RETURN [COLLECT {
  MATCH (n:PostTwinning) WHERE n.id IS NOT NULL AND n.marking <= $clearance
    AND coalesce(n.validFrom <= d2, true) AND coalesce(d2 <= n.validTo, true) AND NOT (coalesce(n.validFrom <= d1, true) AND coalesce(d1 <= n.validTo, true))
  WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] },
COLLECT {
  MATCH (n:PostTwinning) WHERE n.id IS NOT NULL AND n.marking <= $clearance
    AND coalesce(n.validFrom <= d1, true) AND coalesce(d1 <= n.validTo, true) AND NOT (coalesce(n.validFrom <= d2, true) AND coalesce(d2 <= n.validTo, true))
  WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] },
COLLECT {
  MATCH (n:PostTwinning) WHERE n.id IS NOT NULL AND n.marking <= $clearance
    AND coalesce(n.validFrom <= d1, true) AND coalesce(d1 <= n.validTo, true) AND coalesce(n.validFrom <= d2, true) AND coalesce(d2 <= n.validTo, true)
    AND EXISTS { MATCH (n)-[r]->(m) WHERE r.marking <= $clearance AND m.marking <= $clearance
      AND (coalesce(r.validFrom <= d1, true) AND coalesce(d1 <= r.validTo, true) AND coalesce(m.validFrom <= d1, true) AND (coalesce(d1 <= m.validTo, true) OR type(r) = 'UNDER_PROGRAMME'))
       <> (coalesce(r.validFrom <= d2, true) AND coalesce(d2 <= r.validTo, true) AND coalesce(m.validFrom <= d2, true) AND (coalesce(d2 <= m.validTo, true) OR type(r) = 'UNDER_PROGRAMME')) }
  WITH n ORDER BY n.id LIMIT 20
  WITH n, COLLECT { MATCH (n)-[r]->(m) WHERE r.marking <= $clearance AND m.marking <= $clearance
    WITH r, m,
      coalesce(r.validFrom <= d1, true) AND coalesce(d1 <= r.validTo, true) AND coalesce(m.validFrom <= d1, true) AND (coalesce(d1 <= m.validTo, true) OR type(r) = 'UNDER_PROGRAMME') AS before,
      coalesce(r.validFrom <= d2, true) AND coalesce(d2 <= r.validTo, true) AND coalesce(m.validFrom <= d2, true) AND (coalesce(d2 <= m.validTo, true) OR type(r) = 'UNDER_PROGRAMME') AS after
    WHERE before <> after
    WITH * ORDER BY m.id, r.id RETURN [before, [type(r), m.id]] } AS changed
  RETURN [n.id, [c IN changed WHERE c[0] | c[1]][..5], [c IN changed WHERE NOT c[0] | c[1]][..5]] }]
