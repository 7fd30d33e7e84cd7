// Finds the sectors, counts what is on them and on the border by kind, and takes figures from the few that are about the border.
MATCH (b:Node {id: 'landborder:1'}) WHERE b.marking <= $clearance
WITH b, inForce(b) AS active, begun(b) AS known
WITH b, active, known, COLLECT { MATCH (b) ((t)<-[r:OF_BORDER|SUCCEEDED_BY]-(a) WHERE inForce(r) AND begun(t)){1,4} (n) WHERE active RETURN DISTINCT n } AS sectors
WITH b, known, COLLECT {
    CALL (b, active, known, sectors) {
      MATCH (b)<-[r:ON_BORDER]-(n:BorderGate|BorderMarker|ClusterTwinning|CommuneTwinning|Activity) WHERE known AND inForce(r) AND inForce(n) AND (active OR n:Activity) RETURN n
      UNION ALL
      UNWIND sectors AS s WITH s, inForce(s) AS lasting WHERE begun(s)
      MATCH (s)<-[r:IN_SECTOR]-(n:BorderGate|BorderMarker|BorderLiaisonOffice|ClusterTwinning|CommuneTwinning|Activity) WHERE inForce(r) AND inForce(n) AND (lasting OR n:Activity) RETURN n
    }
    RETURN DISTINCT n } AS found,
  COLLECT { MATCH (b)<-[r:ABOUT]-(n) WHERE known AND inForce(r) AND inForce(n) AND NOT coalesce(n.derived, false) WITH DISTINCT n ORDER BY n.id RETURN n } AS stated
WITH b, known, found, stated, [n IN found WHERE n:Activity AND n.status = 'HELD'] AS held
RETURN [
  size([n IN found WHERE n:BorderGate]),
  [n IN [n IN stated WHERE n.unit = 'gates'][..20] | [n.id, n.value, n.qualifier, n.period]],
  size([n IN found WHERE n:BorderMarker]),
  [n IN [n IN stated WHERE n.unit = 'markers'][..20] | [n.id, n.value, n.qualifier, n.period]],
  size([n IN found WHERE n:ClusterTwinning OR n:CommuneTwinning]),
  [n IN [n IN stated WHERE n.unit IN ['pairs', 'clusters', 'hamlets', 'villages', 'areas']][..20] | [n.id, n.value, n.qualifier, n.period]],
  COUNT { MATCH (b)<-[r:GOVERNS|CONCERNS]-(n:Agreement) WHERE known AND inForce(r) AND inForce(n) RETURN DISTINCT n },
  [n IN [n IN stated WHERE n.unit = 'agreements'][..20] | [n.id, n.value, n.qualifier, n.period]],
  size([n IN held WHERE n.kind IN ['BORDER_DEFENCE_FRIENDSHIP_EXCHANGE', 'BORDER_FRIENDSHIP_EXCHANGE', 'YOUNG_OFFICERS_EXCHANGE', 'POLITICAL_WORK_EXCHANGE', 'SUB_MEKONG_EXCHANGE']]),
  [n IN [n IN stated WHERE n.unit = 'exchanges'][..20] | [n.id, n.value, n.qualifier, n.period]],
  size([n IN held WHERE n.kind = 'JOINT_PATROL']),
  [n IN [n IN stated WHERE n.unit = 'patrols'][..20] | [n.id, n.value, n.qualifier, n.period]],
  size([n IN held WHERE n.kind = 'TALKS']),
  [n IN [n IN stated WHERE n.unit IN ['talks', 'meetings']][..20] | [n.id, n.value, n.qualifier, n.period]]
]
