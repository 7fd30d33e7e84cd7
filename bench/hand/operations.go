package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

type nodes[T any] struct {
	Nodes []T `json:"nodes"`
}

type object struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type named struct {
	Name string `json:"name"`
}

// inForce is the scope of a node or a relationship.
func inForce(v string) string {
	return fmt.Sprintf(`%[1]s.marking <= $clearance
  AND coalesce(%[1]s.validFrom <= $date, true) AND coalesce($date <= %[1]s.validTo, true)`, v)
}

var pointText = "MATCH (n:Node {id: $id}) WHERE n:BorderPost AND n.marking <= $clearance RETURN n.id AS id, n.name AS name"

func (g *graph) point(ctx context.Context, _ parameters) (any, error) {
	records, err := g.read(ctx, pointText, map[string]any{"id": "borderpost:4711"})
	if err != nil || len(records) == 0 {
		return map[string]any{"borderPost": nil}, err
	}
	return map[string]any{"borderPost": idAndName(records[0])}, nil
}

var listText = "MATCH (n:BorderPost) WHERE n.name IS NOT NULL AND " + inForce("n") + `
RETURN n.id AS id, n.name AS name ORDER BY n.name, n.id LIMIT $first`

func (g *graph) list(ctx context.Context, _ parameters) (any, error) {
	records, err := g.read(ctx, listText, map[string]any{"first": 100})
	if err != nil {
		return nil, err
	}
	return map[string]any{"borderPosts": nodes[object]{each(records, idAndName)}}, nil
}

var nestedText = "MATCH (s:BorderSector) WHERE s.name IS NOT NULL AND " + inForce("s") + `
WITH s ORDER BY s.name, s.id LIMIT $first
RETURN s.id AS id, s.name AS name, COLLECT {
  MATCH (s)<-[r:IN_SECTOR]-(p:BorderPost) WHERE ` + inForce("r") + " AND " + inForce("p") + `
  RETURN {id: p.id, name: p.name} AS post ORDER BY p.name, p.id, r.id LIMIT $posts
} AS posts`

type sector struct {
	object
	Posts nodes[object] `json:"posts"`
}

func (g *graph) nested(ctx context.Context, _ parameters) (any, error) {
	records, err := g.read(ctx, nestedText, map[string]any{"first": 50, "posts": 10})
	if err != nil {
		return nil, err
	}
	return map[string]any{"borderSectors": nodes[sector]{each(records, func(r *neo4j.Record) sector {
		return sector{idAndName(r), nested(value(r, "posts"), func(m map[string]any) object { return object{text(m["id"]), text(m["name"])} })}
	})}}, nil
}

var (
	firstPageText = "MATCH (n:BorderPost) WHERE n.name IS NOT NULL AND " + inForce("n") + `
RETURN n.id AS id, n.name AS name ORDER BY n.name, n.id LIMIT $first`
	nextPageText = "MATCH (n:BorderPost) WHERE n.name >= $name AND (n.name <> $name OR n.id > $id) AND " + inForce("n") + `
RETURN n.id AS id, n.name AS name ORDER BY n.name, n.id LIMIT $first`
)

func (g *graph) page(ctx context.Context, p parameters) (any, error) {
	const first = 10
	text, values := firstPageText, map[string]any{"first": first + 1}
	if p.After != nil {
		text, values["name"], values["id"] = nextPageText, p.After.Name, p.After.ID
	}
	records, err := g.read(ctx, text, values)
	if err != nil {
		return nil, err
	}
	all := each(records, idAndName)
	page := all[:min(len(all), first)]
	info := map[string]any{"hasNextPage": len(all) > first, "endCursor": nil}
	if len(page) > 0 {
		last := page[len(page)-1]
		cursor, err := json.Marshal(position{last.Name, last.ID})
		if err != nil {
			return nil, err
		}
		info["endCursor"] = string(cursor)
	}
	return map[string]any{"borderPosts": map[string]any{"nodes": page, "pageInfo": info}}, nil
}

// ofCountries is a twinning t of the post p with a unit of one of some countries.
func ofCountries(countries string) string {
	return `EXISTS {
  MATCH (p)<-[r:VIETNAM_POST]-(t:PostTwinning)-[s:COUNTERPART_UNIT]->(u:CounterpartUnit)-[q:IN_COUNTRY]->(c:Country)
  WHERE c.id IN ` + countries + " AND " + inForce("r") + " AND " + inForce("t") + " AND " + inForce("s") + " AND " + inForce("u") +
		" AND " + inForce("q") + " AND " + inForce("c") + "\n}"
}

var someNoneText = "MATCH (p:BorderPost) WHERE p.name IS NOT NULL AND " + inForce("p") + `
AND ` + ofCountries("$some") + " AND NOT " + ofCountries("$none") + `
RETURN p.id AS id, p.name AS name ORDER BY p.name, p.id LIMIT $first`

func (g *graph) someNone(ctx context.Context, _ parameters) (any, error) {
	records, err := g.read(ctx, someNoneText, map[string]any{"first": 20,
		"some": []string{"country:1", "country:2", "country:3", "country:4"}, "none": []string{"country:5", "country:6"}})
	if err != nil {
		return nil, err
	}
	return map[string]any{"borderPosts": nodes[object]{each(records, idAndName)}}, nil
}

var rootsText = "MATCH (n:Node) WHERE n.id IN $ids AND n:BorderPost AND n.marking <= $clearance RETURN n.id AS id, n.name AS name"

func (g *graph) roots(ctx context.Context, _ parameters) (any, error) {
	ids, posts := make([]string, 20), map[string]any{}
	for i := range ids {
		ids[i] = fmt.Sprint("borderpost:", i)
	}
	records, err := g.read(ctx, rootsText, map[string]any{"ids": ids})
	if err != nil {
		return nil, err
	}
	byID := map[string]*object{}
	for _, r := range records {
		o := idAndName(r)
		byID[o.ID] = &o
	}
	for i, id := range ids {
		posts[fmt.Sprint("post", i)] = byID[id]
	}
	return posts, nil
}

var deepText = "MATCH (s:BorderSector) WHERE s.name IS NOT NULL AND " + inForce("s") + `
WITH s ORDER BY s.name, s.id LIMIT 10
RETURN s.name AS name, COLLECT {
  MATCH (s)<-[r:IN_SECTOR]-(p:BorderPost) WHERE ` + inForce("r") + " AND " + inForce("p") + `
  WITH p, r ORDER BY p.name, p.id, r.id LIMIT 10
  RETURN {name: p.name, twinnings: COLLECT {
    MATCH (p)<-[q:VIETNAM_POST]-(t:PostTwinning) WHERE ` + inForce("q") + " AND " + inForce("t") + `
    WITH t, q ORDER BY t.name, t.id, q.id LIMIT 5
    RETURN {name: t.name, counterparts: COLLECT {
      MATCH (t)-[w:COUNTERPART_UNIT]->(u:CounterpartUnit) WHERE ` + inForce("w") + " AND " + inForce("u") + `
      WITH u, w ORDER BY u.name, u.id, w.id LIMIT 5
      RETURN {name: u.name, country: head(COLLECT {
        MATCH (u)-[x:IN_COUNTRY]->(c:Country) WHERE ` + inForce("x") + " AND " + inForce("c") + `
        RETURN c.name AS name ORDER BY x.validTo DESC, c.id, x.id LIMIT 1
      })} AS unit
    }} AS twinning
  }} AS post
} AS posts`

func (g *graph) deep(ctx context.Context, _ parameters) (any, error) {
	records, err := g.read(ctx, deepText, map[string]any{})
	if err != nil {
		return nil, err
	}
	return map[string]any{"borderSectors": nodes[deepSector]{each(records, func(r *neo4j.Record) deepSector {
		return deepSector{text(value(r, "name")), nested(value(r, "posts"), newDeepPost)}
	})}}, nil
}

type deepSector struct {
	Name  string          `json:"name"`
	Posts nodes[deepPost] `json:"posts"`
}

type deepPost struct {
	Name      string              `json:"name"`
	Twinnings nodes[deepTwinning] `json:"twinnings"`
}

type deepTwinning struct {
	Name         string          `json:"name"`
	Counterparts nodes[deepUnit] `json:"counterparts"`
}

type deepUnit struct {
	Name    string `json:"name"`
	Country *named `json:"country"`
}

func newDeepPost(m map[string]any) deepPost {
	return deepPost{text(m["name"]), nested(m["twinnings"], newDeepTwinning)}
}

func newDeepTwinning(m map[string]any) deepTwinning {
	return deepTwinning{text(m["name"]), nested(m["counterparts"], newDeepUnit)}
}

func newDeepUnit(m map[string]any) deepUnit {
	return deepUnit{text(m["name"]), newNamed(m["country"])}
}

var listNestedText = "MATCH (n:BorderPost) WHERE n.name IS NOT NULL AND " + inForce("n") + `
WITH n ORDER BY n.name, n.id LIMIT $first
RETURN n.id AS id, n.name AS name, head(COLLECT {
  MATCH (n)-[r:IN_PROVINCE]->(p:Province) WHERE ` + inForce("r") + " AND " + inForce("p") + `
  RETURN p.name AS name ORDER BY r.validTo DESC, p.id, r.id LIMIT 1
}) AS province`

type post struct {
	object
	Province *named `json:"province"`
}

func (g *graph) listNested(ctx context.Context, _ parameters) (any, error) {
	records, err := g.read(ctx, listNestedText, map[string]any{"first": 1000})
	if err != nil {
		return nil, err
	}
	return map[string]any{"borderPosts": nodes[post]{each(records, func(r *neo4j.Record) post {
		return post{idAndName(r), newNamed(value(r, "province"))}
	})}}, nil
}

func idAndName(r *neo4j.Record) object { return object{text(value(r, "id")), text(value(r, "name"))} }

func newNamed(name any) *named {
	if name == nil {
		return nil
	}
	return &named{text(name)}
}

func each[T any](records []*neo4j.Record, read func(*neo4j.Record) T) []T {
	rows := make([]T, len(records))
	for i, r := range records {
		rows[i] = read(r)
	}
	return rows
}

func nested[T any](list any, read func(map[string]any) T) nodes[T] {
	maps := list.([]any)
	rows := make([]T, len(maps))
	for i, m := range maps {
		rows[i] = read(m.(map[string]any))
	}
	return nodes[T]{rows}
}

func value(r *neo4j.Record, key string) any {
	v, _ := r.Get(key)
	return v
}

func text(v any) string {
	s, _ := v.(string)
	return s
}
